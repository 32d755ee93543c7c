"""Where looks stand, and what it costs that two never stand in one place."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmark.metrics import Features, score
from benchmark.metrics.places import nearest
from benchmark.video.encode import Encoder

SIZE = 640, 480
RED, BLUE, GREEN = (200, 60, 60), (50, 90, 200), (40, 150, 80)


def features(*rows: tuple[int, float, float], middle: tuple[float, float] = (0.5, 0.5)) -> Features:
    """Of looks at places on a page of 4 × 3, x and y in [0, 1], one a moment."""
    seen = np.array([[(look, 0.1, x, y)] for look, x, y in rows], np.float32)
    looks = max(row[0] for row in rows) + 1
    arrays = {"seen": seen, "still": np.empty((0, 4), np.float32), "palettes": np.zeros((looks, 1, 4))}
    x, y = middle
    return Features(arrays, {"aspect": 0.75, "box": [x - 0.1, y - 0.1, 0.2, 0.2]})


def test_the_nearest_that_two_looks_ever_come_counts() -> None:
    one = features((0, 0.1, 0.4), (0, 0.5, 0.4), (1, 0.9, 0.8))
    other = features((0, 0.4, 0.4), (0, 0.4, 0.8), (1, 0.9, 0.4))
    assert nearest(one, other) == pytest.approx(np.array([[0.1, 0.4], [0.5, 0.3]]))
    assert nearest(other, one) == pytest.approx(nearest(one, other).T)


def test_a_clip_that_is_shifted_as_a_whole_stands_where_it_stood() -> None:
    one = features((0, 0.2, 0.4), (1, 0.2, 0.8), middle=(0.4, 0.4))
    other = features((0, 0.5, 0.4), (1, 0.5, 0.8), middle=(0.7, 0.4))
    assert nearest(one, other) == pytest.approx(np.array([[0, 0.3], [0.3, 0]]), abs=1e-9)


def test_a_look_that_is_never_seen_is_nowhere() -> None:
    one, other = features((0, 0.2, 0.4), (2, 0.6, 0.4)), features((0, 0.2, 0.4))
    assert nearest(one, other)[1, 0] == np.inf


def film(path: Path, colours: list[tuple[int, int, int]], bearing: float = 0.0) -> Path:
    """Tiles in a row that go out and home again, each in its turn."""
    with Encoder(path, fps=30, size=SIZE, kind="master") as encoder:
        for t in range(60):
            frame = np.full((SIZE[1], SIZE[0], 3), 245, np.uint8)
            for n, colour in enumerate(colours):
                share = min(1.0, max(0.0, (t / 60 - 0.1 - 0.2 * n) / 0.3))
                out = 60 * math.sin(math.pi * share)
                x, y = 130 + 180 * n + out * math.sin(bearing), 240 - out * math.cos(bearing)
                cv2.rectangle(
                    frame, (round(x) - 45, round(y) - 45), (round(x) + 45, round(y) + 45), colour, -1
                )
            encoder.write(frame)
    return path


def test_tiles_that_change_their_colours_with_each_other_look_otherwise(tmp_path: Path) -> None:
    one = film(tmp_path / "one.mp4", [RED, BLUE, GREEN])
    turned = film(tmp_path / "turned.mp4", [GREEN, RED, BLUE])
    downwards = film(tmp_path / "downwards.mp4", [RED, BLUE, GREEN], math.pi)

    def value(candidate: Path) -> float | None:
        return score(one, candidate, metrics=["object-appearance"])["object-appearance"].value

    assert value(turned) <= 0.75
    assert value(downwards) >= 0.98
