"""Each synthetic system's mistake is seen in captured pixels, in every animation."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from benchmark.demo.source import Animation, animations, read_animation
from benchmark.demo.systems import SYSTEMS, write_reconstruction
from tests.demo_content.grid import Clip, Grid, captured, difference, palette_overlap

_TO_LAB = np.array(
    [[0.299, 0.587, 0.114], [0.5, -0.419, -0.081], [-0.169, -0.331, 0.5]]
)  # luma and two differences


@pytest.fixture(scope="module", params=animations(), ids=lambda animation: animation.name)
def grid(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Grid:
    animation: Animation = request.param
    systems = {
        system.name: partial(write_reconstruction, animation.folder, system.name) for system in SYSTEMS
    }
    return captured(animation, systems, tmp_path_factory.mktemp(animation.name), seconds=2)


def luma_and_colour(clip: Clip) -> tuple[Clip, Clip]:
    """Luma (…) and the two colour differences (…, 2), in levels."""
    values = clip @ _TO_LAB.T
    return values[..., 0], values[..., 1:]


def most_moved(clip: Clip) -> float:
    """The greatest mean difference between any two frames."""
    return max(difference(first, second) for first in clip for second in clip)


def test_the_reference_moves(grid: Grid) -> None:
    assert most_moved(grid.clips["reference"]) > 0.4


def test_faithful_differs_a_little(grid: Grid) -> None:
    reference = grid.clips["reference"]
    error = difference(grid.clips["faithful"], reference)
    assert error > 0.02
    assert error < 0.5 * difference(grid.clips["recoloured"], reference)
    assert error < 4


def test_recoloured_has_other_colours_and_the_same_light(grid: Grid) -> None:
    luma, colour = luma_and_colour(grid.clips["reference"])
    other_luma, other_colour = luma_and_colour(grid.clips["recoloured"])
    coloured = np.linalg.norm(colour, axis=-1) > 25
    assert coloured.any()
    along = (colour * other_colour).sum(-1)[coloured]
    assert np.mean(along < 0) > 0.6, "most colours point the other way"
    assert np.abs(other_luma - luma).mean() < 24


def test_reshaped_has_the_colours_in_other_places(grid: Grid) -> None:
    reference, reshaped = grid.clips["reference"], grid.clips["reshaped"]
    changed = np.abs(reshaped - reference).max(-1) > 24
    assert changed.mean() > 0.002
    assert palette_overlap(reshaped, reference) > 0.8


def test_half_speed_shows_what_the_reference_shows_at_half_the_time(grid: Grid) -> None:
    reference, slow = grid.clips["reference"], grid.clips["half-speed"]
    count = (len(reference) + 1) // 2
    aligned = difference(slow[::2][:count], reference[:count])
    assert difference(slow, reference) > 0.1
    assert aligned < 0.4 * difference(slow[::2][1:count], reference[::2][1:count])


@pytest.mark.parametrize("system", ["linear", "reversed", "static"])
def test_wrong_motion_keeps_the_palette_and_differs(grid: Grid, system: str) -> None:
    reference, wrong = grid.clips["reference"], grid.clips[system]
    assert difference(wrong, reference) > 0.15
    if system != "static":
        assert most_moved(wrong) > 0.4
    if (
        difference(reference[:, :4, :4], reference[:1, :4, :4]) < 2
    ):  # else the page's colour is part of the motion
        assert palette_overlap(wrong, reference) > 0.7


def test_static_stands_still_and_shows_something(grid: Grid) -> None:
    still = grid.clips["static"]
    assert difference(still, still[:1]) < 0.001
    assert still[0].std(axis=(0, 1)).max() > 3
    assert min(difference(still[0], frame) for frame in grid.clips["reference"]) < most_moved(
        grid.clips["reference"]
    )


def test_every_system_is_named_and_synthetic() -> None:
    assert {system.name for system in SYSTEMS} >= {
        "faithful", "recoloured", "reshaped", "half-speed", "linear", "reversed", "static"
    }  # fmt: skip
    assert all("synthetic" in system.title for system in SYSTEMS)


def test_an_unknown_system_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no synthetic system sloppy"):
        write_reconstruction(animations()[0].folder, "sloppy", tmp_path / "out")


def test_a_reconstruction_differs_from_its_source_only_in_the_style(tmp_path: Path) -> None:
    animation = read_animation(animations()[0].folder)
    page = write_reconstruction(animation.folder, "half-speed", tmp_path / "out")
    source = animation.folder / "src"
    assert page.read_bytes() == (source / "index.html").read_bytes()
    assert (tmp_path / "out" / "script.js").read_bytes() == (source / "script.js").read_bytes()
    before = (source / "style.css").read_text().splitlines()
    after = (tmp_path / "out" / "style.css").read_text().splitlines()
    changed = [old for old, new in zip(before, after, strict=True) if old != new]
    assert changed
    assert all(line.strip().startswith("--") for line in changed)
