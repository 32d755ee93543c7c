"""The only network a page has: the files of its own folder, and the library store."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from benchmark.capture.browser import ORIGIN
from benchmark.capture.result import CaptureRefused

LARGEST_FILE = 64_000_000

# A table of our own: the system's differs from machine to machine.
TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".apng": "image/apng",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".bmp": "image/bmp",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".ogv": "video/ogg",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".ogg": "audio/ogg",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".wasm": "application/wasm",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
    ".glb": "model/gltf-binary",
    ".gltf": "model/gltf+json",
}

PAGES = (".html", ".htm", ".xhtml", ".svg")


@dataclass(frozen=True)
class Answer:
    """What a request is answered with."""

    status: int
    headers: dict[str, str]
    body: bytes


class Folder:
    """A page and the files beside it, served under the made-up origin; nothing outside its folder.

    ``source`` is an HTML or SVG file, or a folder with an ``index.html``. Raises `CaptureRefused`.
    """

    def __init__(self, source: Path) -> None:
        page = source / "index.html" if source.is_dir() else source
        if not page.is_file():
            raise CaptureRefused(
                f"There is no page at {source}; give an HTML file or a folder with an index.html."
            )
        if not os.access(page, os.R_OK):
            raise CaptureRefused(f"The page {page} can't be read; give it to this user.")
        if page.suffix.lower() not in PAGES:
            raise CaptureRefused(f"{page.name} is no page; its name must end in {', '.join(PAGES)}.")
        self.origin = ORIGIN
        self.page = page.resolve()
        self.root = page.parent.resolve()
        # The page may itself be a link; what counts is the folder it was named in.
        self.url = f"{ORIGIN}/{quote(page.name)}"
        self._page_name = page.name

    def answer(self, url: str, headers: dict[str, str]) -> Answer | None:
        """The file ``url`` names, or None where there is none that may be served."""
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != ORIGIN:
            return None
        path = self._file(unquote(parts.path))
        if path is None:
            return None
        try:
            if path.stat().st_size > LARGEST_FILE:
                return None
            body = path.read_bytes()
        except OSError:
            return None
        return _ranged(body, _content_type(path, body), headers)

    def _file(self, name: str) -> Path | None:
        name = name.lstrip("/")
        return self.page if name == self._page_name else file_below(self.root, name)


def file_below(root: Path, name: str) -> Path | None:
    """The file that ``name``, which a page made up, stands for below ``root``; None for anything else."""
    try:
        path = (root / name).resolve()  # follows links, so that one leading out is seen to
        return path if path.is_relative_to(root.resolve()) and path.is_file() else None
    except (OSError, ValueError, RuntimeError):  # too long a name, one with a NUL, a ring of links
        return None


def _content_type(path: Path, body: bytes) -> str:
    kind = TYPES.get(path.suffix.lower(), "application/octet-stream")
    if kind != "text/html":
        return kind
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return kind  # an older encoding, which the page may declare itself
    return f"{kind}; charset=utf-8"


def _ranged(body: bytes, kind: str, headers: dict[str, str]) -> Answer:
    """The whole body, or the part asked for: media elements seek by range."""
    answer = {"Content-Type": kind, "Cache-Control": "no-store", "Accept-Ranges": "bytes"}
    wanted = next((value for name, value in headers.items() if name.lower() == "range"), "")
    match = re.fullmatch(r"bytes=(\d{1,18})-(\d{0,18})", wanted)
    if match:
        first, last = int(match[1]), min(int(match[2] or len(body)), len(body) - 1)
        if first <= last:
            answer["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
            return Answer(206, answer, body[first : last + 1])
    return Answer(200, answer, body)


def fulfil_params(request_id: str, answer: Answer) -> dict[str, object]:
    """``answer`` as the parameters of Fetch.fulfillRequest."""
    return {
        "requestId": request_id,
        "responseCode": answer.status,
        "responseHeaders": [{"name": name, "value": value} for name, value in answer.headers.items()],
        "body": base64.b64encode(answer.body).decode(),
    }
