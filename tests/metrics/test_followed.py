"""What is followed from frame to frame is one thing; what was taken for another is left out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmark.metrics.clip import Clip
from benchmark.metrics.extractors.movers import Movers, _Chain, _without_mistaken, energy
from benchmark.video.encode import Encoder

SIZE = 640, 480
MOMENTS = 40
PAGE, CARD, INK = (240, 238, 230), (48, 99, 142), (60, 60, 70)


@pytest.fixture
def speeds(tmp_path):
    """speeds(draw) → (T, K) px per second of what `draw(frame, t)` draws, NaN where there is nothing."""

    def of(draw) -> np.ndarray:
        path = Path(tmp_path) / "clip.mp4"
        with Encoder(path, fps=30, size=SIZE, kind="master") as encoder:
            for t in range(MOMENTS):
                frame = np.full((SIZE[1], SIZE[0], 3), PAGE, np.uint8)
                draw(frame, t)
                encoder.write(frame)
        return energy(Movers().extract(Clip.open(path))["movers"])

    return of


def spot(frame: np.ndarray, x: float, y: float, radius: int, colour: tuple[int, int, int]) -> None:
    cv2.circle(frame, (round(x), round(y)), radius, colour, -1, cv2.LINE_AA)


def test_spots_that_show_one_after_another_far_apart_are_no_fast_thing(speeds):
    def draw(frame: np.ndarray, t: int) -> None:
        spot(frame, 60 + 3 * t, 400, 20, CARD)  # something that moves indeed
        if t in (10, 11, 12):
            spot(frame, 120 + 24 * (t - 10), 120, 9, INK)

    assert np.nanmax(speeds(draw)) < 200  # 24 px a frame, would be 576 working px a second


def chain(first: int, count: int, x: float, way: float, radius: float) -> _Chain:
    """What goes to the right, `way` px a moment."""
    moments = list(range(first, first + count))
    rows = [
        np.array([x + way * n, 100, radius, way, 0, 0, 0, 0, 0, 1.5 * radius, 1, 100, x + way * n, 100.0])
        for n in range(count)
    ]
    return _Chain(moments, rows)


def test_what_flies_in_on_a_card_is_kept_and_what_leaps_alone_is_not():
    card, portrait = chain(0, 12, 80, 20, 40), chain(0, 3, 60, 21, 6)
    elsewhere, slow = chain(0, 3, 300, 20, 6), chain(0, 3, 300, 4, 6)
    assert _without_mistaken([card, portrait, elsewhere, slow]) == [card, portrait, slow]
