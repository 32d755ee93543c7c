"""The door `python -m benchmark.capture`."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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
        ("index.html",),
    ],
)
def test_it_refuses_bad_input_with_one_sentence(arguments, page, tmp_path):
    named = [tmp_path / each if each.endswith((".html", ".mp4", ".")) else each for each in arguments]
    done = run(*named)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.strip().endswith(".")
    assert not (tmp_path / "out.mp4").exists()


def test_it_says_which_browser_is_missing(page, tmp_path, monkeypatch):
    monkeypatch.setenv("DIPTYCH_BROWSER", "no-such-browser")
    done = run(page, tmp_path / "out.mp4")
    assert done.returncode == 2
    assert "no-such-browser" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
