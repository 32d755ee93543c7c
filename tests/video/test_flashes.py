from __future__ import annotations

import numpy as np
import pytest

from benchmark.video import scan_flashes

SIZE = (192, 256)  # height, width


def blinking(
    hertz: float,
    *,
    seconds: float = 2,
    fps: int = 30,
    off: tuple[int, int, int] = (0, 0, 0),
    on: tuple[int, int, int] = (255, 255, 255),
    box: tuple[float, float] = (1, 1),
) -> list[np.ndarray]:
    """`hertz` flashes a second in a centred box that covers these shares of width and height."""
    frames = []
    high, wide = round(SIZE[0] * box[1]), round(SIZE[1] * box[0])
    top, left = (SIZE[0] - high) // 2, (SIZE[1] - wide) // 2
    for index in range(round(seconds * fps)):
        frame = np.empty((*SIZE, 3), np.uint8)
        frame[:] = off
        if int(2 * hertz * index / fps + 1e-6) % 2:
            frame[top : top + high, left : left + wide] = on
        frames.append(frame)
    return frames


@pytest.mark.parametrize(("hertz", "exceeds"), [(1, False), (2, False), (3, False), (4, True), (10, True)])
@pytest.mark.parametrize("fps", [30, 60])
def test_more_than_three_flashes_a_second_exceed(hertz: float, exceeds: bool, fps: int) -> None:
    report = scan_flashes(blinking(hertz, fps=fps), fps)
    assert report.flashes_per_second_max == hertz
    assert report.exceeds is exceeds
    assert report.area == 1.0
    assert report.kind == "general"


def test_a_small_flash_is_allowed() -> None:
    # A quarter of a third by a third of the page: a box of 1/6 by 1/6.
    assert not scan_flashes(blinking(8, box=(0.14, 0.14)), 30).exceeds
    assert scan_flashes(blinking(8, box=(0.22, 0.22)), 30).exceeds


@pytest.mark.parametrize(
    ("off", "on"),
    [((0, 0, 0), (80, 80, 80)), ((235, 235, 235), (255, 255, 255))],
    ids=["too faint a change", "too bright a dark state"],
)
def test_slight_changes_are_no_flashes(off: tuple[int, int, int], on: tuple[int, int, int]) -> None:
    assert scan_flashes(blinking(10, off=off, on=on), 30).flashes_per_second_max == 0


def test_a_red_flash_counts_where_luminance_hardly_changes() -> None:
    # Luminance .09 against .08: no general flash, but saturated red against teal.
    report = scan_flashes(blinking(5, off=(0, 90, 90), on=(165, 0, 0)), 30)
    assert report.exceeds
    assert report.kind == "red"
    assert not scan_flashes(blinking(5, off=(0, 90, 90), on=(90, 90, 90)), 30).exceeds


@pytest.mark.parametrize("fps", [30, 60])
@pytest.mark.parametrize("hertz", [1, 2, 3, 4, 5])
def test_a_fade_that_breathes_is_counted_by_its_turns(hertz: int, fps: int) -> None:
    level = [
        round(127.5 - 127.5 * np.cos(2 * np.pi * hertz * index / fps)) for index in range(round(2.5 * fps))
    ]
    frames = [np.full((*SIZE, 3), grey, np.uint8) for grey in level]
    report = scan_flashes(frames, fps)
    assert report.flashes_per_second_max == hertz
    assert report.exceeds is (hertz > 3)


@pytest.mark.parametrize(
    ("low", "high", "exceeds"),
    [(0, 89, False), (0, 90, True), (231, 255, True), (232, 255, False)],
    ids=["luminance 0 to .0999", "0 to .1022", ".799 to 1", ".807 to 1"],
)
def test_the_thresholds_lie_where_the_criterion_puts_them(low: int, high: int, exceeds: bool) -> None:
    assert scan_flashes(blinking(5, off=(low,) * 3, on=(high,) * 3), 30).exceeds is exceeds


def test_growing_brighter_step_by_step_is_no_flash() -> None:
    greys = np.repeat([0, 90, 130, 160, 190, 210, 230, 255], 3)
    frames = [np.full((*SIZE, 3), grey, np.uint8) for grey in greys]
    assert scan_flashes(frames, 30).flashes_per_second_max == 0.5


def test_a_single_cut_is_half_a_flash() -> None:
    frames = [np.zeros((*SIZE, 3), np.uint8)] * 20 + [np.full((*SIZE, 3), 255, np.uint8)] * 20
    assert scan_flashes(frames, 30).flashes_per_second_max == 0.5


def test_a_fine_pattern_that_swaps_is_exempt() -> None:
    checks = (np.indices(SIZE).sum(0) % 2 * 255).astype(np.uint8)
    frames = [np.repeat((checks if index % 2 else 255 - checks)[..., None], 3, 2) for index in range(60)]
    assert scan_flashes(frames, 30).flashes_per_second_max == 0


def test_a_moving_object_is_no_flash() -> None:
    frames = []
    for index in range(60):
        frame = np.full((*SIZE, 3), 240, np.uint8)
        left = 4 * index % 200
        frame[80:120, left : left + 40] = (20, 20, 60)
        frames.append(frame)
    assert not scan_flashes(frames, 30).exceeds


def test_the_worst_second_is_named() -> None:
    calm = [np.zeros((*SIZE, 3), np.uint8)] * 60
    report = scan_flashes([*calm, *blinking(6, seconds=1), *calm], 30)
    assert report.exceeds
    assert report.at_s == pytest.approx(2.0, abs=0.2)


def test_nothing_flashes_in_a_still_or_an_empty_clip() -> None:
    still = scan_flashes([np.zeros((*SIZE, 3), np.uint8)] * 5, 30)
    assert (still.flashes_per_second_max, still.exceeds, still.at_s, still.kind) == (0, False, None, None)
    assert scan_flashes([], 30) == still
