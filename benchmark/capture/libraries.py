"""Well-known libraries from a local, versioned store, so that a page that asks a public CDN for one still runs.

The operator fills the store from npm::

    python -m benchmark.capture.libraries data/libraries gsap@3.12.5 jquery@3.6.0 three@0.128.0

What is not there, in exactly the version asked for, is refused and named.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from benchmark.capture.origin import TYPES, file_below

LONGEST_PATH = 500
"""Characters: no CDN has longer ones, and what a page makes up is not read further."""

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

# Names that differ between cdnjs (and Google's CDN) and npm.
RENAMED = {
    "three.js": "three",
    "threejs": "three",
    "bodymovin": "lottie-web",
    "p5.js": "p5",
    "anime": "animejs",
    "mo-js": "@mojs/core",
    "gsap-latest-beta.min.js": "gsap",
}

PACKAGE = r"(?P<name>(?:@[\w.-]+/)?[\w.-]+)(?:@(?P<version>[^/]+))?(?:/(?P<path>.*))?"
LIBS = r"ajax/libs/(?P<name>[^/]+)/(?P<version>[^/]+)/(?P<path>.+)"
ADDRESSES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # host, path, and the fields of package.json that name what stands for the package alone
    ("cdn.jsdelivr.net", rf"npm/{PACKAGE}", ("jsdelivr", "browser", "main")),
    ("unpkg.com", PACKAGE, ("unpkg", "main")),
    ("unpkg.co", PACKAGE, ("unpkg", "main")),
    ("esm.sh", PACKAGE, ("module", "main")),
    ("cdn.skypack.dev", PACKAGE, ("module", "main")),
    ("cdnjs.cloudflare.com", LIBS, ()),
    ("ajax.googleapis.com", LIBS, ()),
    ("code.jquery.com", r"(?P<path>(?P<name>jquery)-(?P<version>[\d.]+\d)(?:\.slim)?(?:\.min)?\.js)", ()),
    ("d3js.org", r"(?P<path>(?P<name>d3)\.v(?P<version>\d+)(?:\.min)?\.js)", ()),
)


@dataclass(frozen=True)
class Wanted:
    """What a CDN address asks for."""

    name: str
    version: str
    """As written there: exact, a prefix (``3``, ``3.12``), ``^3.1``, ``~3.1``, ``latest`` or empty."""
    path: str
    """Inside the package; empty for the package alone."""
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Library:
    """One file of one version of an npm package."""

    name: str
    version: str
    path: Path

    @property
    def label(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Content-Type": TYPES.get(self.path.suffix.lower(), "application/octet-stream"),
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": "no-store",
        }

    def body(self) -> bytes:
        return self.path.read_bytes()


def parse_address(url: str) -> Wanted | None:
    """What ``url`` asks a well-known CDN for, or None for any other address.

    >>> parse_address("https://cdnjs.cloudflare.com/ajax/libs/three.js/r128/three.min.js")
    Wanted(name='three', version='0.128.0', path='three.min.js', fields=())
    >>> parse_address("https://unpkg.com/gsap@3/dist/gsap.min.js").version
    '3'
    """
    parts = urlsplit(url)
    path = unquote(parts.path).lstrip("/")
    if len(path) > LONGEST_PATH or "\0" in path:
        return None
    for host, pattern, fields in ADDRESSES:
        if parts.hostname != host:
            continue
        match = re.fullmatch(pattern, path)
        if match is None:
            continue
        name, version = match["name"], match["version"] or ""
        if (revision := re.fullmatch(r"r(\d+)", version)) is not None:
            version = f"0.{revision[1]}.0"  # three.js counts so
        inside = match["path"] or ""
        if host in ("code.jquery.com", "d3js.org"):
            inside = re.sub(r"(-|\.v)[\d.]+\d|\.v\d+", "", inside, count=1)
        return Wanted(RENAMED.get(name, name), version, inside, fields)
    return None


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
            key=_numbers,
        )

    def find(self, url: str) -> Library | None:
        """The stored file that a CDN address stands for, or None."""
        wanted = parse_address(url)
        if wanted is None:
            return None
        for version in reversed(self.versions(wanted.name)):
            if not _satisfies(version, wanted.version):
                continue
            path = self._file(self.root / wanted.name / version, wanted)
            if path is not None:
                return Library(wanted.name, version, path)
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


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", version.split("-")[0]))


def _satisfies(version: str, wanted: str) -> bool:
    """Whether a stored version is what an address asks for: exactly, or within the range it names.

    >>> [_satisfies("3.12.5", each) for each in ("3.12.5", "3", "^3.2", "~3.12.1", "latest", "3.12.4", "~3.11")]
    [True, True, True, True, True, False, False]
    """
    if wanted in ("", "latest", "*"):
        return "-" not in version
    if wanted == version:
        return True
    if "-" in version:
        return False
    has, asks = _numbers(version), _numbers(wanted)
    if not asks:
        return False
    if wanted[0] == "^":
        return has[:1] == asks[:1] and has >= asks and (asks[0] > 0 or has[:2] == asks[:2])
    if wanted[0] == "~":
        return has[:2] == asks[:2] and has >= asks
    return re.fullmatch(r"[\d.x]+", wanted) is not None and len(asks) < 3 and has[: len(asks)] == asks


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
