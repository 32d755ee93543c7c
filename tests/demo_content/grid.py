"""Many variations of an animation in one capture: cells of one page, so that all share every instant."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.capture import capture_page
from benchmark.demo.source import Animation

COLUMNS = 8
WIDTH, HEIGHT = 160, 120
Clip = NDArray[np.float64]  # (T, HEIGHT, WIDTH, 3)


@dataclass(frozen=True)
class Grid:
    """The clips by name, `fps` frames a second, the first at 1/60 s."""

    clips: Mapping[str, Clip]
    fps: int


def captured(
    animation: Animation,
    variations: Mapping[str, Callable[[Path], Path]],
    folder: Path,
    *,
    seconds: float,
    fps: int = 4,
) -> Grid:
    """The animation itself under "reference" and its variations, each written by a function of its folder."""
    shutil.copytree(animation.folder / "src", folder / "reference")
    for name, write in variations.items():
        assert write(folder / name) == folder / name / "index.html"
    names = ["reference", *variations]
    cells = [
        f'<iframe src="{name}/index.html" style="left:{k % COLUMNS * WIDTH}px;top:{k // COLUMNS * HEIGHT}px"></iframe>'
        for k, name in enumerate(names)
    ]
    (folder / "index.html").write_text(
        "<!doctype html><style>body{margin:0}iframe{position:absolute;border:0;width:1024px;height:768px;"
        f"transform:scale({WIDTH / 1024});transform-origin:0 0}}</style>{''.join(cells)}"
    )
    frames: list[NDArray[np.uint8]] = []
    size = COLUMNS * WIDTH, -(-len(names) // COLUMNS) * HEIGHT
    result = capture_page(folder, fps=fps, size=size, duration=seconds, on_frame=frames.append)
    assert result.status == "ok", result
    assert not result.errors
    page = np.stack(frames).astype(float)
    clips = {}
    for k, name in enumerate(names):
        top, left = k // COLUMNS * HEIGHT, k % COLUMNS * WIDTH
        clips[name] = page[:, top : top + HEIGHT, left : left + WIDTH]
    return Grid(clips, fps)


def difference(first: Clip, second: Clip) -> float:
    """Mean absolute difference in levels of 255."""
    return float(np.abs(first - second).mean())


def palette_overlap(first: Clip, second: Clip) -> float:
    """The common part of two colour histograms over all frames, 0 to 1, in 8 levels a channel."""
    counts = [
        np.bincount((clip.astype(int) // 32 @ np.array([64, 8, 1])).ravel(), minlength=512)
        for clip in (first, second)
    ]
    shares = [count / count.sum() for count in counts]
    return float(np.minimum(*shares).sum())
