"""The formula of the paper's temporal measure, on tracks of known motion."""

from __future__ import annotations

import numpy as np
import pytest

from benchmark.metrics import Features
from benchmark.metrics.track_matching import TrackParameters, match_tracks

T = 60


def tracks(paths, kind="moving"):
    """Features of (N, T, 2) paths in a crop of 200 px."""
    paths = np.asarray(paths, np.float32)
    facts = {"kind": kind, "box": [0, 0, 200, 200], "rate": 30.0, "scale": 0.5}
    return Features({"tracks": paths, "visible": np.ones(paths.shape[:2], bool)}, facts)


def sliding(speed=2.0, start=(20, 50), lag=0, length=T):
    steps = np.maximum(np.arange(length) - lag, 0)[:, None] * (speed, 0)
    return np.array(start) + steps


def turning(direction=1, radius=50.0, length=T):
    angle = direction * 2 * np.pi * np.arange(length)[:, None] / 30 + np.linspace(
        0, 2 * np.pi, 8, endpoint=False
    )
    return (100 + radius * np.stack([np.cos(angle), np.sin(angle)], -1)).transpose(1, 0, 2)


def value(a, b):
    return match_tracks(a, b, TrackParameters()).value


def test_the_same_motion_is_one():
    assert value(tracks([sliding()]), tracks([sliding()])) == pytest.approx(1)


def test_static_points_neither_help_nor_harm():
    still = np.full((5, T, 2), 40.0)
    with_rest = tracks([*still, sliding()])
    assert value(with_rest, tracks([sliding()])) == pytest.approx(1)
    assert value(with_rest, tracks(still)) == 0.0


def test_half_the_speed_is_half():
    assert value(tracks([sliding(2)]), tracks([sliding(1)])) == pytest.approx(0.5, abs=0.01)


def test_the_other_way_is_nothing():
    assert value(tracks([sliding(2, (20, 50))]), tracks([sliding(-2, (180, 50))])) == 0.0


def test_a_reversed_turn_is_little():
    assert value(tracks(turning()), tracks(turning())) == pytest.approx(1)
    assert value(tracks(turning()), tracks(turning(-1))) < 0.35


def test_a_late_start_within_four_frames_is_forgiven_and_reported():
    result = match_tracks(tracks([sliding()]), tracks([sliding(lag=3)]), TrackParameters())
    assert result.value > 0.97
    assert result.diagnostics["lag_moments"] == 3
    assert result.diagnostics["lag_0"] < result.value


def test_what_was_compared_is_told_in_the_clips_own_pixels():
    still = np.full((2, T, 2), 40.0)
    told = match_tracks(tracks([*still, sliding(2)]), tracks([sliding(1)]), TrackParameters()).diagnostics
    assert told["crop"] == {"reference": [0, 0, 400, 400], "candidate": [0, 0, 400, 400]}
    (path,) = told["tracks"]["reference"]  # what stands still is not drawn
    assert path[:2] == [[0.0, 40.0, 100.0], [0.1, 52.0, 100.0]]
    assert told["moving"] == {"reference": 1, "candidate": 1}


def test_half_the_length_covers_part():
    assert 0.6 < value(tracks([sliding()]), tracks([sliding(length=T // 2)])) < 0.75


def test_swapping_the_arguments_changes_nothing():
    a, b = tracks([*turning(), sliding()]), tracks([*turning(radius=40), sliding(3)])
    assert value(a, b) == pytest.approx(value(b, a), abs=0.02)


def test_nothing_that_moves_is_undefined_and_blank_is_too():
    still = tracks(np.full((5, T, 2), 40.0))
    assert match_tracks(still, still, TrackParameters()).reason
    blank = tracks(np.zeros((0, T, 2)), "blank")
    assert match_tracks(blank, blank, TrackParameters()).value is None
