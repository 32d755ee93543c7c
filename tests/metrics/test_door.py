"""python -m benchmark.metrics, without Django being configured."""

from __future__ import annotations

import json
import os
import subprocess
import sys


def run(*arguments):
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "benchmark.metrics", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)


def test_it_prints_one_object_with_the_embedded_pair(clip):
    done = run(clip("spin"), clip("travel"))
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)["scores"]
    assert {name: one["dimension"] for name, one in scores.items()} == {
        "object-appearance": "appearance",
        "trajectory": "motion",
    }
    for one in scores.values():
        assert 0 <= one["value"] <= 1
        assert one["reason"] is None
        assert one["version"]


def test_it_prints_the_metric_that_was_asked_for(clip):
    done = run(clip("spin"), clip("spin"), "--metric", "histogram-dtw")
    assert json.loads(done.stdout)["scores"]["histogram-dtw"]["value"] == 1.0


def test_bad_input_is_one_sentence_and_status_2(clip, tmp_path):
    for arguments in (
        (clip("spin"), tmp_path / "no.mp4"),
        (clip("spin"), clip("spin"), "--metric", "no-such"),
        (clip("spin"), clip("spin"), "--metric", "cotracker3-chamfer"),
        (clip("spin"),),
    ):
        done = run(*arguments)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
