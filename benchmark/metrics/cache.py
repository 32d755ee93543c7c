"""Features on disk, so that a reference is never extracted twice, not even by two processes at once.

A file's name is its key: clip sha256, extractor, version and parameters. Files appear whole (written aside, then
renamed), so any number of processes may share the folder; the least recently used go when it grows beyond its bound.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.metrics.base import Extractor, Features, MetricRefused

FACTS = "facts.json"


class FeatureCache:
    """A folder of features bounded to `limit` bytes. `hits` and `misses` count what this object was asked for."""

    def __init__(self, folder: Path | str, limit: int = 4 * 1024**3) -> None:
        self.folder = Path(folder)
        self.limit = limit
        self.hits = 0
        self.misses = 0

    def path(self, sha256: str, extractor: Extractor) -> Path:
        name = f"{sha256}-{extractor.name}-{extractor.version}-{extractor.digest}.npz"
        return self.folder / sha256[:2] / name

    def get(self, sha256: str, extractor: Extractor) -> Features | None:
        """The features kept under that key, or None. A damaged file is removed and counts as absent."""
        path = self.path(sha256, extractor)
        try:
            features = _loads(path.read_bytes())
            os.utime(path)
        except FileNotFoundError:  # never written, or pruned by another process a moment ago
            self.misses += 1
            return None
        except (zipfile.BadZipFile, KeyError, ValueError, EOFError):
            path.unlink(missing_ok=True)
            self.misses += 1
            return None
        self.hits += 1
        return features

    def put(self, sha256: str, extractor: Extractor, features: Features) -> None:
        """Keeps features; whoever writes the same key last wins, and both wrote the same."""
        path = self.path(sha256, extractor)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_dumps(features))
            os.replace(aside, path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
        self.prune()

    @contextlib.contextmanager
    def alone(self, sha256: str) -> Iterator[None]:
        """Keeps other processes from extracting the same clip's features meanwhile; what they wait for is then there.

        Clips whose sha256 begin alike share a lock: at worst one waits for another's features. The lock goes with its
        process, however that ends.
        """
        folder = self.folder / sha256[:2]
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def size(self) -> int:
        """Bytes on disk."""
        return sum(size for _, size, _ in self._files())

    def prune(self) -> None:
        """Removes the least recently used files until the folder is within its bound."""
        files = sorted(self._files())
        total = sum(size for _, size, _ in files)
        for _, size, path in files:
            if total <= self.limit:
                return
            path.unlink(missing_ok=True)
            total -= size

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self.folder.glob("*/*.npz"):
            with contextlib.suppress(FileNotFoundError):  # another process pruned it
                status = path.stat()
                found.append((status.st_mtime, status.st_size, path))
        return found


def _dumps(features: Features) -> bytes:
    for name, array in features.arrays.items():
        if np.asarray(array).dtype.hasobject:  # it could be written, but never read back
            raise MetricRefused(
                f"The features {name} hold Python objects; an extractor gives arrays of numbers."
            )
    buffer = io.BytesIO()
    facts = np.frombuffer(json.dumps(dict(features.facts)).encode(), dtype=np.uint8)
    arrays: dict[str, Any] = {FACTS: facts, **features.arrays}
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def _loads(data: bytes) -> Features:
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files if name != FACTS}
        facts = json.loads(stored[FACTS].tobytes())
    return Features(arrays, facts)
