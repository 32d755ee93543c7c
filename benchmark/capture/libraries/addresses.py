"""What the addresses of well-known CDNs ask for, and which versions are meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

LONGEST_PATH = 500
"""Characters: no CDN has longer ones, and what a page makes up is not read further."""

# Names that differ between cdnjs (and Google's CDN) and npm.
RENAMED = {
    "three.js": "three",
    "threejs": "three",
    "bodymovin": "lottie-web",
    "p5.js": "p5",
    "anime": "animejs",
    "mo-js": "@mojs/core",
    "tween.js": "@tweenjs/tween.js",
}

PACKAGE = r"(?P<name>(?:@[\w.-]+/)?[\w.-]+)(?:@(?P<version>[^/]+))?(?:/(?P<path>.*))?"
LIBS = r"ajax/libs/(?P<name>[^/]+)/(?P<version>[^/]+)/(?P<path>.+)"
ADDRESSES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # host, path, and the fields of package.json that name what stands for the package alone
    ("cdn.jsdelivr.net", rf"npm/{PACKAGE}", ("jsdelivr", "browser", "main")),
    ("cdn.jsdelivr.net", r"gh/[\w.-]+/(?P<name>[\w.-]+)@v?(?P<version>[^/]+)/(?P<path>.+)", ("main",)),
    ("unpkg.com", PACKAGE, ("unpkg", "main")),
    ("unpkg.co", PACKAGE, ("unpkg", "main")),
    ("esm.sh", PACKAGE, ("module", "main")),
    ("cdn.skypack.dev", PACKAGE, ("module", "main")),
    ("cdnjs.cloudflare.com", LIBS, ()),
    ("ajax.googleapis.com", LIBS, ()),
    ("code.jquery.com", r"(?P<path>(?P<name>jquery)-(?P<version>[\d.]+\d)(?:\.slim)?(?:\.min)?\.js)", ()),
    ("d3js.org", r"(?P<path>(?P<name>d3)\.v(?P<version>\d+)(?:\.min)?\.js)", ()),
)


# They send whoever names a package alone to the file that stands for it, where its own imports then lead from.
SENDING_ON = frozenset({"unpkg.com", "unpkg.co", "esm.sh", "cdn.skypack.dev"})


@dataclass(frozen=True)
class Wanted:
    """What a CDN address asks for."""

    name: str
    version: str
    """As written there: exact, a prefix (``3``, ``3.12``), ``^3.1``, ``~3.1``, ``latest`` or empty."""
    path: str
    """Inside the package; empty for the package alone."""
    fields: tuple[str, ...]
    base: str = ""
    """Where the package's files lie for one who is sent on from its name alone; empty at other CDNs."""


def parse_address(url: str) -> Wanted | None:
    """What ``url`` asks a well-known CDN for, or None for any other address.

    >>> parse_address("https://cdnjs.cloudflare.com/ajax/libs/three.js/r128/three.min.js")
    Wanted(name='three', version='0.128.0', path='three.min.js', fields=(), base='')
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
        sends = host in SENDING_ON and not inside
        base = f"https://{host}/{path.rstrip('/')}" if sends else ""
        return Wanted(RENAMED.get(name, name), version, inside, fields, base)
    return None


def numbers(version: str) -> tuple[int, ...]:
    """A version's numbers, to be compared."""
    return tuple(int(each) for each in re.findall(r"\d+", version.split("-")[0]))


def satisfies(version: str, wanted: str) -> bool:
    """Whether a stored version is what an address asks for: exactly, or within the range it names.

    >>> [satisfies("3.12.5", each) for each in ("3.12.5", "3", "^3.2", "~3.12.1", "latest", "3.12.4", "~3.11")]
    [True, True, True, True, True, False, False]
    """
    if wanted in ("", "latest", "*"):
        return "-" not in version
    if wanted == version:
        return True
    if "-" in version:
        return False
    has, asks = numbers(version), numbers(wanted)
    if not asks:
        return False
    if wanted[0] == "^":
        return has[:1] == asks[:1] and has >= asks and (asks[0] > 0 or has[:2] == asks[:2])
    if wanted[0] == "~":
        return has[:2] == asks[:2] and has >= asks
    return re.fullmatch(r"[\d.x]+", wanted) is not None and len(asks) < 3 and has[: len(asks)] == asks
