"""Fills the library store from npm.

python -m benchmark.capture.libraries data/libraries gsap@3.12.5 jquery@3.6.0 three@0.128.0
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmark.capture.libraries.store import LibraryStore


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmark.capture.libraries", description="Fill the library store from npm."
    )
    parser.add_argument("store", type=Path)
    parser.add_argument("packages", nargs="+", metavar="NAME@VERSION")
    options = parser.parse_args(arguments)
    store = LibraryStore(options.store)
    for package in options.packages:
        try:
            print(store.add(package))
        except ValueError as refusal:
            print(refusal, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
