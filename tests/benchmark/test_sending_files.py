"""Files leave the house in ranges, with validators, and without telling more than their bytes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.http import Http404
from django.test import Client, RequestFactory

from benchmark.models import Clip
from benchmark.views.files import CHUNK, send_file

BYTES = bytes(range(256)) * 1000


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "secret-system-name.mp4"
    path.write_bytes(BYTES)
    return path


def ask(path: Path, method: str = "get", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = getattr(RequestFactory(), method)("/x", headers=named)
    return send_file(request, path, "video/mp4")


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_it_sends_the_whole_file_in_chunks(stored):
    response = ask(stored)
    chunks = list(response.streaming_content)
    assert response.status_code == 200
    assert b"".join(chunks) == BYTES
    assert max(len(chunk) for chunk in chunks) <= CHUNK
    assert response["Content-Length"] == str(len(BYTES))
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Type"] == "video/mp4"


@pytest.mark.parametrize(
    ("header", "expected", "said"),
    [
        ("bytes=0-0", BYTES[:1], "0-0"),
        ("bytes=10-19", BYTES[10:20], "10-19"),
        ("bytes=255990-", BYTES[255990:], "255990-255999"),
        ("bytes=-5", BYTES[-5:], "255995-255999"),
        ("bytes=-999999999", BYTES, "0-255999"),
        ("bytes=100-999999999", BYTES[100:], "100-255999"),
    ],
)
def test_it_sends_one_range(stored, header, expected, said):
    response = ask(stored, Range=header)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {said}/{len(BYTES)}"
    assert response["Content-Length"] == str(len(expected))
    assert body(response) == expected


@pytest.mark.parametrize("header", ["bytes=256000-", "bytes=300000-300001", "bytes=-0"])
def test_it_refuses_a_range_behind_the_end(stored, header):
    response = ask(stored, Range=header)
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{len(BYTES)}"
    assert not response.has_header("Cache-Control")


@pytest.mark.parametrize(
    "header", ["bytes=5-2", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,4-5", "bytes=1"]
)
def test_it_sends_everything_when_a_range_makes_no_sense(stored, header):
    response = ask(stored, Range=header)
    assert response.status_code == 200
    assert body(response) == BYTES


def test_an_empty_file_has_no_ranges(tmp_path):
    path = tmp_path / "empty"
    path.touch()
    assert body(ask(path)) == b""
    assert ask(path, Range="bytes=0-").status_code == 416
    assert ask(path, Range="bytes=-1").status_code == 416


def test_a_browser_that_has_the_file_is_told_so(stored):
    etag = ask(stored)["ETag"]
    for header in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        response = ask(stored, If_None_Match=header)
        assert response.status_code == 304
        assert body(response) == b""
        assert response["ETag"] == etag
    assert ask(stored, If_None_Match='"other"').status_code == 200


def test_a_range_of_another_version_gives_the_whole_file(stored):
    etag = ask(stored)["ETag"]
    assert ask(stored, Range="bytes=0-9", If_Range=etag).status_code == 206
    stored.write_bytes(BYTES + b"more")
    assert ask(stored, Range="bytes=0-9", If_Range=etag).status_code == 200
    assert ask(stored, Range="bytes=0-9", If_Range="Sun, 22 Nov 2026 10:00:00 GMT").status_code == 200


def test_head_says_the_length_and_sends_nothing(stored):
    response = ask(stored, "head", Range="bytes=0-9")
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(BYTES))
    assert body(response) == b""


def test_the_headers_tell_nothing_about_the_file_but_its_bytes(stored):
    response = ask(stored)
    assert "secret-system-name" not in str(response.headers)
    assert not response.has_header("Last-Modified")
    assert not response.has_header("Content-Disposition")
    assert re.fullmatch(r'"[0-9a-f]+"', response["ETag"])


def test_only_the_browser_itself_may_keep_it(stored):
    assert ask(stored)["Cache-Control"] == "private, max-age=31536000, immutable"


def test_a_missing_file_is_not_found(tmp_path):
    with pytest.raises(Http404):
        ask(tmp_path / "nothing")
    with pytest.raises(Http404):
        ask(tmp_path)


def test_the_file_is_closed_with_the_response(db, stored):
    def is_open() -> bool:
        return str(stored) in {file.path for file in psutil.Process().open_files()}

    response = ask(stored)
    assert is_open()
    response.close()
    assert not is_open()
    for headers in ({"If_None_Match": "*"}, {"Range": "bytes=999999999-"}):
        ask(stored, **headers)
        assert not is_open()


def test_nginx_sends_what_lies_in_the_data_folder(settings, tmp_path):
    settings.ACCEL_PREFIX = "/protected/"
    path = Path(settings.DATA) / "clips" / "a b.mp4"
    path.parent.mkdir()
    path.write_bytes(b"x")
    response = ask(path)
    assert response["X-Accel-Redirect"] == "/protected/clips/a%20b.mp4"
    assert response["Content-Type"] == "video/mp4"
    assert "private" in response["Cache-Control"]
    assert body(response) == b""


def test_files_elsewhere_are_sent_by_django_even_behind_nginx(settings, stored):
    settings.ACCEL_PREFIX = "/protected/"
    assert body(ask(stored)) == BYTES


@pytest.fixture
def clip(db) -> Clip:
    clip = Clip.objects.create(
        sha256="ab" * 32, frames=30, fps=30, width=64, height=48, duration=1, codec="h264"
    )
    clip.folder.mkdir(parents=True)
    clip.playable.write_bytes(b"playable")
    clip.poster.write_bytes(b"poster")
    return clip


def test_researchers_see_clips(signed_in: Client, clip: Clip):
    response = signed_in.get(f"/benchmark/clips/{clip.sha256}/playable/", headers={"Range": "bytes=0-3"})
    assert response.status_code == 206
    assert body(response) == b"play"
    assert signed_in.get(f"/benchmark/clips/{clip.sha256}/poster/")["Content-Type"] == "image/png"


@pytest.mark.parametrize("address", ["{}/manifest/", "{}/master/", "0/playable/", "../x/"])
def test_what_a_clip_does_not_have_is_not_found(signed_in: Client, clip: Clip, address: str):
    assert signed_in.get("/benchmark/clips/" + address.format(clip.sha256)).status_code == 404


def test_clips_are_not_for_strangers(client: Client, clip: Clip):
    response = client.get(f"/benchmark/clips/{clip.sha256}/playable/")
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_clips_are_only_read(signed_in: Client, clip: Clip):
    assert signed_in.post(f"/benchmark/clips/{clip.sha256}/playable/").status_code == 405
