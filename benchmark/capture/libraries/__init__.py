"""Libraries that pages ask public CDNs for, answered from a store that the operator fills from npm."""

from __future__ import annotations

from benchmark.capture.libraries.store import Library, LibraryStore

__all__ = ["Library", "LibraryStore"]
