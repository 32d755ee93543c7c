"""The door `python -m benchmark.capture`."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from benchmark.capture.process import PREFIX
from benchmark.video import probe

ROOT = Path(__file__).resolve().parents[2]

MOVING = """<!doctype html><style>body{margin:0}
@keyframes go{to{transform:translateX(300px)}}
div{width:50px;height:50px;background:teal;animation:go 1s linear infinite}</style><div></div>"""


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO")}
    return subprocess.run(
        [sys.executable, "-m", "benchmark.capture", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=120,
        check=False,
    )


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "index.html"
    path.write_text(MOVING)
    return path


def test_it_prints_one_json_object_about_the_clip_it_wrote(page, tmp_path):
    out = tmp_path / "out.mp4"
    done = run(page, out, "--duration", "0.5", "--size", "320x240")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["status"] == "ok"
    assert (said["frames"], said["fps"], said["duration"]) == (15, 30, 0.5)
    assert (said["width"], said["height"]) == (320, 240)
    assert said["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    clip = probe(out)
    assert (clip.frames, clip.fps, clip.width, clip.height) == (15, 30, 320, 240)


def test_it_finds_the_duration_and_says_why(page, tmp_path):
    done = run(page, tmp_path / "out.mp4", "--size", "160x120")
    said = json.loads(done.stdout)
    assert said["frames"] == 30
    assert said["duration_reason"] == "one period (1 s)"


@pytest.mark.parametrize(
    "arguments",
    [
        ("missing.html", "out.mp4"),
        ("index.html", "nowhere/out.mp4"),
        ("index.html", "."),
        ("index.html", "out.mp4", "--fps", "29"),
        ("index.html", "out.mp4", "--fps", "x"),
        ("index.html", "out.mp4", "--size", "1024"),
        ("index.html", "out.mp4", "--size", "0x0"),
        ("index.html", "out.mp4", "--size", "99999x99999"),
        ("index.html", "out.mp4", "--duration", "0"),
        ("index.html", "out.mp4", "--duration", "-1"),
        ("index.html", "out.mp4", "--duration", "nan"),
        ("index.html", "out.mp4", "--duration", "1e9"),
        ("index.html", "out.mp4", "--size", "100000x100000"),
        ("index.html", "out.mp4", "--seed", "one"),
        ("index.html", "out.webm"),
        ("index.html", "index.html"),
        ("index.html", "./index.mp4"),
        ("index.html", "out.mp4", "--playable", "out.mp4"),
        ("index.html", "out.mp4", "--playable", "out.avi"),
        ("index.html", "out.mp4", "--poster", "out.xyz"),
        ("page.txt", "out.mp4"),
        ("index.html",),
    ],
)
def test_it_refuses_bad_input_with_one_sentence(arguments, page, tmp_path):
    (tmp_path / "page.txt").write_text(MOVING)
    (tmp_path / "index.mp4").symlink_to(page)
    files = (".html", ".mp4", ".", ".webm", ".avi", ".xyz", ".txt")
    named = [tmp_path / each if each.endswith(files) else each for each in arguments]
    done = run(*named)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.strip().endswith(".")
    assert not (tmp_path / "out.mp4").exists()
    assert page.read_text() == MOVING


def test_what_a_page_says_can_always_be_printed(tmp_path, monkeypatch):
    page = tmp_path / "index.html"
    page.write_text("<script>console.log('\\ud800 \\0 \\x1b[31m é');throw new Error('\\udfff')</script>")
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = run(page, tmp_path / "out.mp4", "--duration", "0.1", "--size", "64x48")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["console"][0]["text"] == "\ufffd \ufffd \ufffd[31m é"
    assert said["errors"][0].startswith("Error: \ufffd")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_leaves_nothing_when_it_is_stopped(number, status, page, tmp_path):
    command = [sys.executable, "-m", "benchmark.capture", page, tmp_path / "out.mp4", "--duration", "100"]
    # A shell makes what it starts in the background deaf to SIGINT, tests and their children included.
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )
    while not list(tmp_path.glob(".out.mp4.*.part")):  # it has begun to write
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(number)
    said = running.communicate(timeout=60)[1]
    assert running.returncode == status
    assert "Traceback" not in said
    assert {path.name for path in tmp_path.iterdir()} == {"index.html", "data"}
    assert not list(Path(tempfile.gettempdir()).glob(f"{PREFIX}{running.pid}-*"))


def test_it_says_where_the_browsers_user_may_not_go(page, tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("TMPDIR", str(closed))
    done = run(page, tmp_path / "out.mp4", "--duration", "0.1", "--size", "64x48")
    if os.geteuid() == 0:
        assert done.returncode == 2
        assert done.stderr.strip().endswith("let TMPDIR name a folder that everybody may enter, or unset it.")
    else:  # the browser runs as who started it
        assert done.returncode == 0
    assert not list(closed.iterdir())


def test_it_says_which_browser_is_missing(page, tmp_path, monkeypatch):
    monkeypatch.setenv("DIPTYCH_BROWSER", "no-such-browser")
    done = run(page, tmp_path / "out.mp4")
    assert done.returncode == 2
    assert "no-such-browser" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
