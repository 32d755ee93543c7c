"""What a clip shows where nothing passes: told from what passes before it, whatever the page looks like."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmark.metrics import score
from benchmark.metrics.clean_plate import clean_plate
from benchmark.metrics.scene import Scene, understand
from benchmark.video.encode import Encoder

SIZE = 640, 480
MOMENTS = 60
BLOCK, ROAD, PARK, POND = (232, 225, 208), (184, 178, 166), (147, 180, 140), (133, 176, 208)
VANS = [(201, 70, 92), (52, 124, 184), (214, 138, 44)]
Colour = tuple[int, int, int]


def town(block: Colour = BLOCK, road: Colour = ROAD) -> np.ndarray:
    """Streets between blocks, a park and a pond in two of these, dots along the ways."""
    page = np.full((SIZE[1], SIZE[0], 3), block, np.uint8)
    for x in (110, 320, 530):
        cv2.line(page, (x, 0), (x, SIZE[1]), road, 44)
    for y in (90, 240, 390):
        cv2.line(page, (0, y), (SIZE[0], y), road, 44)
    cv2.rectangle(page, (150, 130), (280, 200), PARK, -1)
    cv2.rectangle(page, (360, 280), (490, 350), POND, -1)
    for n, way in enumerate(WAYS):
        for (ax, ay), (bx, by) in pairwise([*way, way[0]]):
            for share in np.arange(0, 1, 15 / math.hypot(bx - ax, by - ay)):
                place = round(ax + share * (bx - ax)), round(ay + share * (by - ay))
                cv2.circle(page, place, 4, VANS[n], -1, cv2.LINE_AA)
    return page


WAYS = [
    [(110, 90), (320, 90), (320, 240), (110, 240)],
    [(530, 390), (320, 390), (320, 240), (530, 240)],
    [(110, 390), (530, 390), (530, 90), (110, 90)],
]


def along(way: list[tuple[int, int]], share: float) -> tuple[float, float]:
    corners = [*way, way[0]]
    lengths = [math.hypot(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(corners)]
    left = share % 1 * sum(lengths)
    for ((ax, ay), (bx, by)), length in zip(pairwise(corners), lengths, strict=True):
        if left <= length:
            return ax + left / length * (bx - ax), ay + left / length * (by - ay)
        left -= length
    return way[0]


def drawn(page: np.ndarray, draw: Callable[[np.ndarray, float], None]) -> Iterator[np.ndarray]:
    """Frames of one cycle."""
    for t in range(MOMENTS):
        frame = page.copy()
        draw(frame, t / MOMENTS)
        yield frame


def traffic(frame: np.ndarray, phase: float) -> None:
    for n, way in enumerate(WAYS):
        x, y = along(way, phase + 0.2 * n)
        cv2.rectangle(frame, (round(x) - 17, round(y) - 14), (round(x) + 17, round(y) + 14), VANS[n], -1)
        cv2.rectangle(frame, (round(x) - 6, round(y) - 9), (round(x) + 2, round(y) + 9), (250, 250, 250), -1)


def scene_of(page: np.ndarray, draw: Callable[[np.ndarray, float], None]) -> Scene:
    return understand(np.stack(list(drawn(page, draw))))


def wrong(scene: Scene, page: np.ndarray, within: np.ndarray | None = None) -> float:
    """The share of what may move whose background is not the page."""
    off = np.abs(scene.background.astype(int) - page).max(axis=2) > 16
    return float(off[scene.region if within is None else within].mean())


@pytest.mark.parametrize("block", [BLOCK, (60, 66, 80), ROAD], ids=["light", "dark", "one colour"])
def test_streets_and_what_lies_between_them_are_the_page(block):
    page = town(block)
    scene = scene_of(page, traffic)
    assert wrong(scene, page) < 0.01


def test_what_hangs_from_a_rail_of_its_own_colour_swings_before_the_wall():
    page = np.full((SIZE[1], SIZE[0], 3), (239, 217, 183), np.uint8)
    page[300:] = (70, 130, 140)
    cv2.rectangle(page, (100, 40), (540, 46), (115, 120, 135), -1)

    def swing(frame: np.ndarray, phase: float) -> None:
        for n in range(3):
            angle = 0.3 * math.sin(2 * math.pi * phase + n)
            end = 180 + 140 * n + 220 * math.sin(angle), 44 + 220 * math.cos(angle)
            cv2.line(
                frame, (180 + 140 * n, 44), (round(end[0]), round(end[1])), (115, 120, 135), 7, cv2.LINE_AA
            )
            cv2.circle(frame, (round(end[0]), round(end[1])), 26, (115, 120, 135), -1, cv2.LINE_AA)

    below = np.zeros(page.shape[:2], bool)
    below[90:] = True  # hardly anything swings near the rail
    scene = scene_of(page, swing)
    assert wrong(scene, page, below & scene.region) < 0.01


def test_a_boat_that_bobs_leaves_sky_and_sea_behind_it():
    """Its middle never changes, and neither sky nor sea is ever seen there."""
    page = np.full((SIZE[1], SIZE[0], 3), (206, 230, 242), np.uint8)
    page[280:] = (27, 94, 124)

    def bob(frame: np.ndarray, phase: float) -> None:
        lift, tilt = 5 * math.sin(2 * math.pi * phase), 0.07 * math.cos(2 * math.pi * phase)
        for colour, corners in (
            ((193, 57, 43), [(-60, 0), (60, 0), (40, 36), (-40, 36)]),
            ((240, 235, 220), [(0, -110), (0, -8), (-55, -8)]),
            ((248, 166, 32), [(6, -90), (6, -8), (40, -8)]),
        ):
            x, y = np.array(corners, float).T
            turned = np.column_stack([320 + x - tilt * y, 284 + lift + y + tilt * x])
            cv2.fillPoly(frame, [(16 * turned).round().astype(np.int32)], colour, cv2.LINE_AA, 4)

    assert wrong(scene_of(page, bob), page) < 0.02


def test_what_turns_over_in_its_place_and_then_rests_is_no_page():
    """Cards on an even page, one of which turns over at a time, so that each rests most of the time."""
    page = np.full((SIZE[1], SIZE[0], 3), (240, 238, 230), np.uint8)

    def turn(frame: np.ndarray, phase: float) -> None:
        for n in range(4):
            share = min(1.0, max(0.0, (phase - 0.05 - 0.22 * n) / 0.15))
            half = max(1, round(50 * abs(math.cos(math.pi * share))))
            colour = VANS[0] if 0.5 < share < 1 else VANS[1]
            x = 120 + 130 * n
            cv2.rectangle(frame, (x - half, 190), (x + half, 290), colour, -1)

    scene = scene_of(page, turn)
    for n in range(4):
        x = 120 + 130 * n
        assert np.abs(scene.background[200:280, x - 30 : x + 30].astype(int) - page[0, 0]).max() <= 16


def test_a_speck_between_letters_is_no_page():
    """A thing whose end comes and goes, whose middle never changes, and on whose other part letters pass, but for a speck."""
    page, thing, letter = (244, 236, 222), (201, 70, 92), (255, 250, 240)
    chance = np.random.default_rng(1)
    samples = np.full((40, 80, 100, 3), page, np.uint8)
    samples[:, 10:70, 20:80] = thing
    samples[::2, 10:70, 20:30] = page
    passes = chance.random((40, 60, 30)) < 0.15
    passes[:2] = [[[True]], [[False]]]  # every pixel changes
    passes[:, 30:32, 1:3] = False  # but for these
    samples[:, 10:70, 50:80][passes] = letter
    inside = np.zeros((80, 100), bool)
    inside[10:70, 20:80] = True
    plate = clean_plate(samples, inside, ~inside, np.array(page, np.uint8))
    assert np.abs(plate.astype(int) - page).max() <= 1


PALE = (243, 235, 225)


def swipe(frame: np.ndarray, phase: float) -> None:
    """Pale cards with soft rims are swiped aside one after another, over what is at the side, and spring back."""
    for n in range(6):
        share = min(1.0, max(0.0, (phase - 0.1 * n) / 0.5))
        x = 220 + round((-140 if n % 2 else 140) * math.sin(math.pi * share))
        top = 82 * n - 10
        cv2.rectangle(frame, (222, top + 2), (576, top + 72), VANS[n % 3], -1)
        cv2.rectangle(frame, (x - 1, top - 1), (x + 359, top + 75), (247, 240, 232), -1)
        cv2.rectangle(frame, (x, top), (x + 358, top + 74), (255, 250, 244), -1)
        cv2.circle(frame, (x + 40, top + 36), 22, VANS[(n + 1) % 3], -1, cv2.LINE_AA)


def test_a_panel_that_things_cross_is_not_the_page_on_which_they_lie():
    page = np.full((SIZE[1], SIZE[0], 3), PALE, np.uint8)
    page[:, :150] = (59, 47, 74)
    scene = scene_of(page, swipe)
    seen = scene.region.copy()
    seen[:, 218:582] = False  # behind the cards themselves neither is ever seen
    assert wrong(scene, page, seen) < 0.01


def test_what_stands_still_before_a_graded_page_is_told_from_it():
    share = np.linspace(0, 1, SIZE[1])[:, None, None]
    page = (np.array([190, 225, 240]) * (1 - share) + np.array([240, 238, 222]) * share).round()
    page = np.broadcast_to(page.astype(np.uint8), (SIZE[1], SIZE[0], 3)).copy()
    frame = page.copy()
    for n in range(4):
        cv2.circle(frame, (120 + 130 * n, 100 + 90 * n), 40, VANS[n % 3], -1, cv2.LINE_AA)
    scene = understand(frame[None])
    assert scene.kind == "static"
    assert wrong(scene, page, np.ones(page.shape[:2], bool)) == 0
    assert scene.region.mean() < 0.08, "the discs and nothing else"


def test_the_same_traffic_through_another_town_is_the_same_motion(tmp_path):
    def film(name: str, page: np.ndarray, pace: float = 1.0) -> Path:
        path = tmp_path / f"{name}.mp4"
        with Encoder(path, fps=30, size=SIZE, kind="master") as encoder:
            for frame in drawn(page, lambda frame, phase: traffic(frame, pace * phase)):
                encoder.write(frame)
        return path

    one = film("one", town())
    other = film("other", town((60, 66, 80), (110, 116, 130)))
    slow = film("slow", town(), 0.5)
    empty = film("empty", np.full((SIZE[1], SIZE[0], 3), BLOCK, np.uint8))
    assert score(one, other, metrics=["trajectory"])["trajectory"].value >= 0.95
    assert score(one, empty, metrics=["trajectory"])["trajectory"].value >= 0.9
    scores = score(one, slow, metrics=["trajectory", "object-appearance"])
    assert scores["trajectory"].value <= 0.7
    assert scores["object-appearance"].value >= 0.95
