"""What is drawn over clips is read from whatever diagnostics a metric left: shapes that fit, and nothing else."""

from __future__ import annotations

import pytest

from benchmark.aggregate.overlays import crop, tracks, warping

PATH = [[0.0, 0.0], [0.5, 0.25]]


def test_crops_tracks_and_paths_are_read_by_role():
    seen = {
        "crop": {"reference": [1, 2, 30, 40], "candidate": [5, 6.5, 7, 8]},
        "tracks": {"reference": [[[0, 1, 2]], []], "candidate": [[[0, 3, 4]]]},
        "warping": PATH,
    }
    assert crop(seen, "reference") == [1, 2, 30, 40]
    assert crop(seen, "candidate") == [5, 6.5, 7, 8]
    assert tracks(seen, "reference") == [[[0, 1, 2]]], "an empty track is none"
    assert warping(seen) == PATH


@pytest.mark.parametrize("found", [{}, {"crop": None}, {"crop": [1, 2]}, {"crop": {"reference": [1, 2, 3]}}])
def test_what_does_not_fit_is_not_drawn(found):
    assert crop(found, "reference") is None


def test_other_peoples_diagnostics_are_left_alone():
    seen = {"tracks": [12, 9], "warping": [[0, 0, 1]], "note": "Nothing moves in either clip."}
    assert tracks(seen, "reference") == []
    assert warping(seen) == []
