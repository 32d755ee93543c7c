"""What lies behind, what shows together and how thin it is are neither looks of a thing nor its motion."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmark.metrics import score
from benchmark.metrics.extractors.segments import segment
from benchmark.metrics.scene import understand
from benchmark.video.encode import Encoder

SIZE = 640, 480
COLOURS = [(214, 73, 51), (48, 99, 142), (237, 174, 73), (42, 143, 91), (120, 60, 160)]


def glow(level: int) -> np.ndarray:
    """A page that is dark at its border and lighter towards its middle."""
    down, along = np.mgrid[: SIZE[1], : SIZE[0]]
    far = np.hypot(along - SIZE[0] / 2, down - SIZE[1] / 2) / 320
    shade = level + 60 * np.clip(1 - far, 0, 1)
    return np.repeat(shade[..., None], 3, axis=2).round().astype(np.uint8)


def film(path: Path, page: np.ndarray, shown, moments: int = 45) -> Path:
    """`shown(t)` lists (x, y, colour) of discs at moment t."""
    with Encoder(path, fps=30, size=SIZE, kind="master") as encoder:
        for t in range(moments):
            frame = page.copy()
            for x, y, colour in shown(t):
                cv2.circle(frame, (round(16 * x), round(16 * y)), 16 * 26, colour, -1, cv2.LINE_AA, shift=4)
            encoder.write(frame)
    return path


def around(t: int) -> list[tuple[float, float, tuple[int, int, int]]]:
    return [
        (
            320 + 150 * math.cos(0.14 * t + 1.26 * k),
            240 + 150 * math.sin(0.14 * t * (1 + k % 2) + 1.26 * k),
            COLOURS[k],
        )
        for k in range(5)
    ]


def test_a_page_that_glows_where_things_move_is_found():
    frames = np.stack([glow(30)] * 45)
    for t, frame in enumerate(frames):
        for x, y, colour in around(t):
            cv2.circle(frame, (round(x), round(y)), 26, colour, -1, cv2.LINE_AA)
    scene = understand(frames)
    wrong = np.abs(scene.background.astype(int) - glow(30)).max(axis=2)
    assert np.percentile(wrong, 99) <= 6


def test_another_glow_is_no_other_motion(tmp_path):
    clips = [film(tmp_path / f"{level}.mp4", glow(level), around) for level in (30, 150)]
    assert score(*clips, metrics=["trajectory"])["trajectory"].value >= 0.97


@pytest.fixture
def row(tmp_path):
    """row(starts) → a clip of discs that come and go, each at its own moment."""
    page = np.full((SIZE[1], SIZE[0], 3), 245, np.uint8)

    def made(starts: list[int | None]) -> Path:
        def shown(t: int) -> list[tuple[float, float, tuple[int, int, int]]]:
            return [
                (80 + 120 * k, 240 + 4 * (t - start), COLOURS[k])
                for k, start in enumerate(starts)
                if start is not None and 0 <= t - start < 20
            ]

        return film(tmp_path / f"{'-'.join(map(str, starts))}.mp4", page, shown, 100)

    return made


def test_what_comes_one_by_one_looks_like_what_comes_at_once(row):
    together, apart, mixed = row([5] * 5), row([2, 20, 38, 56, 74]), row([10, 2, 26, 18, 50])
    for other in (apart, mixed):
        assert score(together, other, metrics=["object-appearance"])["object-appearance"].value >= 0.97


def test_what_never_comes_is_missed(row):
    whole = row([2, 20, 38, 56, 74])
    values = [
        score(whole, row(starts), metrics=["object-appearance"])["object-appearance"].value
        for starts in ([2, 20, 38, 56, None], [2, 20, 38, None, None], [2, 20, None, None, None])
    ]
    assert values == sorted(values, reverse=True)
    assert values[0] < 0.98, "it was one of five, and its shape is the others'"
    assert values[-1] < 0.93


@pytest.mark.parametrize("width", [4, 7, 12])
def test_a_stroke_is_parted_where_its_colour_changes(width):
    page = np.full((240, 320, 3), 20, np.uint8)
    frames = np.stack([page] * 24)
    for t, frame in enumerate(frames):
        cv2.ellipse(frame, (160, 120), (70, 70), 0, 0, 360, COLOURS[1], width, cv2.LINE_AA)
        cv2.ellipse(frame, (160, 120), (70, 70), 15 * t, 0, 100, COLOURS[2], width, cv2.LINE_AA)
    scene = understand(frames)
    things = segment(scene, frames[5], threshold=20, close=3, least=6, most=24, parted=True)
    assert len(things) == 2
    apart = np.abs(things.colour[:, None] - np.array([COLOURS[1], COLOURS[2]])).max(axis=2)
    assert apart.min(axis=0).max() < 60, "each of the two is one of the colours"
