"""A page that changes its colour as a whole is what things move in front of, not a thing."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmark.metrics import score
from benchmark.metrics.scene import steadied, understand
from benchmark.video.encode import Encoder

SIZE = 640, 480
MOMENTS = 45
DAWN, DAY, DUSK = (
    ((91, 75, 138), (255, 176, 138)),
    ((154, 215, 245), (233, 248, 255)),
    ((30, 40, 60), (90, 60, 90)),
)
PLUM, MINT = ((120, 40, 90), (190, 120, 160)), ((150, 230, 190), (220, 250, 235))
HILL = (63, 125, 115)

Sky = tuple[tuple[int, int, int], tuple[int, int, int]]


def sky(t: int, first: Sky, second: Sky) -> np.ndarray:
    """From the one to the other and back, over hills that stay as they are."""
    share = (1 - math.cos(2 * math.pi * t / MOMENTS)) / 2
    top, bottom = (np.array(a) + share * (np.array(b) - a) for a, b in zip(first, second, strict=True))
    down = np.linspace(0, 1, SIZE[1])[:, None, None]
    page = np.broadcast_to(top + down * (bottom - top), (SIZE[1], SIZE[0], 3)).round().astype(np.uint8).copy()
    page[380:] = HILL
    return page


def frames(
    page: Callable[[int], np.ndarray], pace: float = 1.0, colour: tuple[int, int, int] = (200, 60, 50)
) -> np.ndarray:
    """Two discs that cross before a page."""
    made = []
    for t in range(MOMENTS):
        frame = page(t).copy()
        u = pace * t / MOMENTS
        cv2.circle(
            frame,
            (round(80 + 400 * u), round(260 - 160 * math.sin(math.pi * u))),
            34,
            colour,
            -1,
            cv2.LINE_AA,
        )
        cv2.circle(frame, (round(540 - 300 * u), 90), 22, colour[::-1], -1, cv2.LINE_AA)
        made.append(frame)
    return np.stack(made)


def clip(path: Path, pictures: np.ndarray) -> Path:
    with Encoder(path, fps=30, size=SIZE, kind="master") as encoder:
        for picture in pictures:
            encoder.write(picture)
    return path


@pytest.fixture(scope="module")
def morning(tmp_path_factory) -> Path:
    return clip(tmp_path_factory.mktemp("sky") / "morning.mp4", frames(lambda t: sky(t, DAWN, DAY)))


def test_the_page_is_told_at_every_moment_from_what_moves_before_it():
    film = frames(lambda t: sky(t, DAWN, DAY))
    scene = understand(film)
    found = steadied(film, scene)
    assert scene.box[2] == SIZE[0]  # the whole sky
    assert found.box[3] < 300  # the discs' way, above the hills
    for t in (0, 11, 22, 40):
        wrong = np.abs(found.at(t).background.astype(int) - sky(t, DAWN, DAY)).max(axis=2)
        assert np.percentile(wrong, 99) <= 6, t


@pytest.mark.parametrize(("first", "second"), [(DUSK, DAWN), (PLUM, MINT), (DAY, DAWN)])
def test_motion_is_the_same_under_another_sky(tmp_path, morning, first, second):
    other = clip(tmp_path / "other.mp4", frames(lambda t: sky(t, first, second), colour=(240, 200, 60)))
    found = score(morning, other, ["trajectory"])["trajectory"]
    assert found.diagnostics["motion"] >= 0.95


def test_another_motion_is_told_under_the_same_sky(tmp_path, morning):
    slow = clip(tmp_path / "slow.mp4", frames(lambda t: sky(t, DAWN, DAY), pace=0.5))
    found = score(morning, slow)
    assert found["trajectory"].diagnostics["motion"] <= 0.5
    assert found["object-appearance"].value >= 0.95


def test_a_sky_of_other_colours_costs_looks(tmp_path, morning):
    other = clip(tmp_path / "other.mp4", frames(lambda t: sky(t, PLUM, MINT), colour=(60, 160, 60)))
    assert score(morning, other)["object-appearance"].value <= 0.85


def test_a_page_before_which_nothing_moves_is_compared_by_its_change(tmp_path):
    alone = np.stack([sky(t, DAWN, DAY) for t in range(MOMENTS)])
    scene = understand(alone)
    assert steadied(alone, scene) is scene
    late = np.roll(alone, MOMENTS // 3, axis=0)
    paths = clip(tmp_path / "alone.mp4", alone), clip(tmp_path / "late.mp4", late)
    assert score(*paths)["trajectory"].value <= 0.7


def test_a_page_that_keeps_its_colour_and_a_panel_that_slides_over_it_are_what_they_were():
    kept = frames(lambda t: sky(0, DAWN, DAY))
    scene = understand(kept)
    assert steadied(kept, scene) is scene
    panel = np.stack([sky(0, DAWN, DAY)] * MOMENTS)
    for t, frame in enumerate(panel):
        frame[:, : 14 * t] = (40, 90, 160)
    scene = understand(panel)
    assert steadied(panel, scene) is scene


def test_pictures_too_small_to_tell_are_what_they_were():
    tiny = np.stack([cv2.resize(picture, (24, 18)) for picture in frames(lambda t: sky(t, DAWN, DAY))])
    scene = understand(tiny)
    assert steadied(tiny, scene) is scene
