"""Tests of the paper's pair. They need the optional extra `models` and are collected only where it is installed.

No real weights are used: they are made on the spot, tiny and random, in the layout that the packages' own loaders read.
"""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") and find_spec("dreamsim") else ["test_*.py"]
