"""Well-known libraries from a local, versioned store, so that a page that asks a public CDN for one still runs.

What is not there, in exactly the version asked for, is refused and named.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmark.capture.libraries.addresses import Wanted, numbers, parse_address, satisfies
from benchmark.capture.origin import TYPES, Answer, file_below

# Folders of npm packages that hold what CDNs serve under a flat name, in the order they are searched.
BUILDS = (
    "",
    "dist",
    "build",
    "lib",
    "build/player",
    "umd",
    "lib/umd",
    "dist/js",
    "dist/css",
    "css",
    "src/minified",
)


@dataclass(frozen=True)
class Library:
    """One file of one version of an npm package."""

    name: str
    version: str
    path: Path
    address: str = ""
    """Where the page is sent on to, if it is."""

    @property
    def label(self) -> str:
        return f"{self.name}@{self.version}"

    def answer(self) -> Answer:
        allowed = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
        if self.address:
            return Answer(302, {**allowed, "Location": self.address}, b"")
        kind = TYPES.get(self.path.suffix.lower(), "application/octet-stream")
        return Answer(200, {**allowed, "Content-Type": kind}, self.path.read_bytes())


class LibraryStore:
    """A folder of npm packages: ``STORE/NAME/VERSION/`` holds the package's own files."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> LibraryStore | None:
        """The store in ``DIPTYCH_LIBRARIES``, else in ``libraries`` below ``DIPTYCH_DATA``, where there is one."""
        named, data = environ.get("DIPTYCH_LIBRARIES"), environ.get("DIPTYCH_DATA")
        root = Path(named) if named else Path(data) / "libraries" if data else None
        return cls(root) if root is not None and root.is_dir() else None

    def versions(self, name: str) -> list[str]:
        """Stored versions of a package, oldest first."""
        folder = self.root / name
        try:
            if not folder.is_dir() or not folder.resolve().is_relative_to(self.root.resolve()):
                return []
        except OSError:  # a name too long for a folder
            return []
        return sorted(
            (each.name for each in folder.iterdir() if each.is_dir() and each.name[:1].isdigit()),
            key=numbers,
        )

    def find(self, url: str) -> Library | None:
        """The stored file that a CDN address stands for, or None."""
        wanted = parse_address(url)
        if wanted is None:
            return None
        for version in reversed(self.versions(wanted.name)):
            if not satisfies(version, wanted.version):
                continue
            package = self.root / wanted.name / version
            path = self._file(package, wanted)
            if path is not None:
                inside = path.relative_to(package.resolve()).as_posix()
                return Library(wanted.name, version, path, f"{wanted.base}/{inside}" if wanted.base else "")
        return None

    def add(self, package: str) -> str:
        """Fetch ``NAME[@VERSION]`` from npm into the store; returns ``NAME@VERSION``.

        Raises ValueError with one sentence when npm is missing or has no such package.
        """
        npm = shutil.which("npm")
        if npm is None:
            raise ValueError(
                "npm is not here; install Node.js, or copy the packages' folders into the store."
            )
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.root, prefix=".fetch-") as scratch:
            done = subprocess.run(
                [npm, "pack", package, "--pack-destination", scratch, "--silent"],
                capture_output=True,
                text=True,
                cwd=scratch,
                check=False,
            )
            archives = list(Path(scratch).glob("*.tgz"))
            if done.returncode or len(archives) != 1:
                raise ValueError(f"npm has no package {package}; name it as gsap@3.12.5.")
            with tarfile.open(archives[0]) as archive:
                archive.extractall(scratch, filter="data")
            archives[0].unlink()
            inner = next(path for path in Path(scratch).iterdir() if (path / "package.json").is_file())
            about = json.loads((inner / "package.json").read_text())
            target = self.root / about["name"] / about["version"]
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                inner.rename(target)
            return f"{about['name']}@{about['version']}"

    def _file(self, package: Path, wanted: Wanted) -> Path | None:
        found = (file_below(package, name) for name in self._names(package, wanted))
        return next((path for path in found if path is not None), None)

    def _names(self, package: Path, wanted: Wanted) -> list[str]:
        if wanted.path:
            asked = [wanted.path, wanted.path.replace(".min.", ".")]  # jsDelivr minifies what is not
            folders = BUILDS if not wanted.fields else ("",)
            return [f"{folder}/{name}".lstrip("/") for name in asked for folder in folders]
        try:
            about = json.loads((package / "package.json").read_text())
        except (OSError, ValueError):
            return []
        return [about[key] for key in (*wanted.fields, "main") if isinstance(about.get(key), str)] + [
            "index.js"
        ]
