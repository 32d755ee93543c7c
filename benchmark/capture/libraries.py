"""Well-known libraries from a local, versioned store, so that a page that asks a public CDN for one still runs.

The operator fills the store from npm; see docs/capture.md. What is not there is refused and named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Library:
    """One file of one version of an npm package."""

    name: str
    version: str
    path: Path
    kind: str

    @property
    def label(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Content-Type": self.kind, "Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}

    def body(self) -> bytes:
        return self.path.read_bytes()


class LibraryStore:
    """A folder of npm packages: ``STORE/NAME/VERSION/…the package's own files``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> LibraryStore | None:
        """The store in ``DIPTYCH_LIBRARIES``, or ``libraries`` below ``DIPTYCH_DATA``; None where neither is."""
        named, data = environ.get("DIPTYCH_LIBRARIES"), environ.get("DIPTYCH_DATA")
        root = Path(named) if named else Path(data) / "libraries" if data else None
        return cls(root) if root is not None and root.is_dir() else None

    def find(self, url: str) -> Library | None:
        """The stored file that a CDN address stands for, or None."""
        return None
