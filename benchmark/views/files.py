"""Sending a stored file as browsers want video sent: in ranges, cached for good, in bounded memory."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.crypto import salted_hmac
from django.utils.http import parse_etags

CHUNK = 64 * 1024
A_YEAR_S = 31_536_000
RANGE = re.compile(r"bytes=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE)


class Unsatisfiable(Exception):
    """The range asked for begins behind the end of the file."""


def send_file(
    request: HttpRequest, path: Path, content_type: str, *, max_age: int = A_YEAR_S
) -> HttpResponseBase:
    """The file, or the one byte range of it that was asked for; raises Http404 when it is not there.

    For files that never change at their path (clips lie under the hash of their content): the answer may be
    kept by the browser for `max_age` seconds, never by a shared cache. Nothing in the headers tells the name,
    age or place of the file. Answers GET and HEAD with 200, 206 (`Range`, honouring `If-Range`), 304
    (`If-None-Match`) or 416; several ranges at once, or a range that makes no sense, give the whole file, as
    RFC 9110 allows.
    """
    try:
        file = open(path, "rb")  # noqa: SIM115 (the response closes it)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise Http404("There is no such file.") from error
    try:
        response = _accelerated(path) if settings.ACCEL_PREFIX else None
        if response is None:
            response = _answer(request, file, path, content_type)
    except BaseException:
        file.close()
        raise
    if not response.streaming:
        file.close()
    if response.status_code != 416:
        response["Cache-Control"] = f"private, max-age={max_age}, immutable"
        if response.status_code != 304:
            response["Content-Type"] = content_type
    return response


def _accelerated(path: Path) -> HttpResponseBase | None:
    """nginx sends what lies in the data folder; it answers ranges and conditions itself (docs/jobs.md)."""
    try:
        inside = path.resolve().relative_to(Path(settings.DATA).resolve())
    except ValueError:
        return None
    response = HttpResponse()
    response["X-Accel-Redirect"] = f"{settings.ACCEL_PREFIX.rstrip('/')}/{quote(inside.as_posix())}"
    return response


def _answer(request: HttpRequest, file: BinaryIO, path: Path, content_type: str) -> HttpResponseBase:
    stat = os.fstat(file.fileno())
    size = stat.st_size
    # Keyed, so that a participant learns neither the clip's hash nor when it was made.
    etag = f'"{salted_hmac("benchmark.views.files", f"{path}:{size}:{stat.st_mtime_ns}").hexdigest()}"'
    response: HttpResponseBase
    if _matches(request.headers.get("If-None-Match", ""), etag):
        response = HttpResponse(status=304)
    else:
        try:
            wanted = _wanted_range(request, size, etag)
        except Unsatisfiable:
            response = HttpResponse(status=416, content_type=content_type)
            response["Content-Range"] = f"bytes */{size}"
            return response
        first, last = wanted or (0, size - 1)
        part = _Part(file, first, last - first + 1)
        response = HttpResponse() if request.method == "HEAD" else StreamingHttpResponse(part)
        response["Accept-Ranges"] = "bytes"
        response["Content-Length"] = str(last - first + 1)
        if wanted:
            response.status_code = 206
            response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["ETag"] = etag
    return response


def _matches(header: str, etag: str) -> bool:
    tags = parse_etags(header.strip()) if header else []
    return "*" in tags or any(tag.removeprefix("W/") == etag for tag in tags)


def _wanted_range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """First and last byte of the range asked for, both included; None for the whole file."""
    header = request.headers.get("Range", "")
    if not header or request.method != "GET" or request.headers.get("If-Range", etag) != etag:
        return None
    match = RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:  # the last so many bytes
        if int(last) == 0 or size == 0:
            raise Unsatisfiable
        return max(0, size - int(last)), size - 1
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable
    return int(first), min(int(last), size - 1) if last else size - 1


class _Part:
    """So many bytes of an open file from a place on, in chunks; closes it with the response."""

    def __init__(self, file: BinaryIO, first: int, length: int) -> None:
        self.file, self.left = file, length
        file.seek(first)

    def __iter__(self) -> Iterator[bytes]:
        while self.left > 0 and (chunk := self.file.read(min(CHUNK, self.left))):
            self.left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self.file.close()
