"""Change without motion: fades, colour cycles, things that appear. Curves over a coarse grid of the region."""

from __future__ import annotations

import cv2
import numpy as np

from benchmark.metrics.clip import Film
from benchmark.metrics.pixels import largest_channel
from benchmark.metrics.scene import Scene


def change_grid(film: Film, scene: Scene, grid: int) -> np.ndarray:
    """(T, grid², 2) levels: each cell's mean distance from the background, and its mean change to the next moment."""
    x, y, width, height = scene.box
    crop = np.s_[y : y + height, x : x + width]
    background = scene.background[crop]
    distance = {}
    for unique in range(len(film.frames)):
        far = cv2.absdiff(film.frames[unique][crop], background)
        distance[unique] = _cells(far, grid)
    values = np.zeros((len(film), grid * grid, 2))
    for moment, unique in enumerate(film.index):
        values[moment, :, 0] = distance[unique]
        if moment + 1 < len(film) and film.index[moment + 1] != unique:
            step = cv2.absdiff(film.frames[film.index[moment + 1]][crop], film.frames[unique][crop])
            values[moment, :, 1] = _cells(step, grid)
    return values


def _cells(picture: np.ndarray, grid: int) -> np.ndarray:
    """(grid²,) the mean of the largest channel over each cell."""
    return cv2.resize(
        largest_channel(picture).astype(np.float32), (grid, grid), interpolation=cv2.INTER_AREA
    ).ravel()
