"""The practice round: appearance must be answered left and motion right, and no one can see it otherwise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmark.capture import capture_page
from benchmark.demo.source import PRACTICE

Clip = NDArray[np.uint8]


def clip(side: str) -> Clip:
    frames: list[NDArray[np.uint8]] = []
    result = capture_page(PRACTICE / side, fps=5, duration=2.4, on_frame=frames.append)
    assert result.status == "ok"
    assert not result.errors
    return np.stack(frames)


@pytest.fixture(scope="module")
def clips() -> dict[str, Clip]:
    return {side: clip(side) for side in ("reference", "left", "right")}


def places(frames: Clip) -> NDArray[np.float64]:
    """The centre (x, y) of the friend in each frame: of what differs most from the page above and below."""
    sky = frames[:, :1, :1].astype(int)
    centres = []
    for frame, ground in zip(frames.astype(int), sky, strict=True):
        rows, columns = np.nonzero(np.abs(frame - ground).max(-1) > 140)
        centres.append((columns.mean(), rows.mean()))
    return np.array(centres)


def test_the_left_one_looks_right_and_moves_wrong(clips: dict[str, Clip]) -> None:
    reference, left = clips["reference"], clips["left"]
    assert np.abs(reference[:, 0, 0].astype(int) - left[:, 0, 0]).max() <= 1
    assert np.median(np.linalg.norm(places(reference) - places(left), axis=1)) > 150


def test_the_right_one_moves_right_and_looks_wrong(clips: dict[str, Clip]) -> None:
    reference, right = clips["reference"], clips["right"]
    assert np.linalg.norm(places(reference) - places(right), axis=1).max() < 12
    x, y = places(reference)[0].astype(int)
    shown, other = (frames[0, y - 60 : y - 50, x - 5 : x + 5].mean((0, 1)) for frames in (reference, right))
    assert shown[0] > shown[2] + 100, "the friend is orange"
    assert other[2] > other[0] + 80, "the stranger is blue"


def test_its_pages_ask_for_nothing_from_elsewhere() -> None:
    sources = [path for path in Path(PRACTICE).rglob("*") if path.suffix in (".html", ".css")]
    assert len(sources) == 6
    assert not any("http" in path.read_text() or "url(" in path.read_text() for path in sources)
