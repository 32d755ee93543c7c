"""Where looks stand. A thing keeps its look wherever it goes; but two looks that are never seen in the same place of the
page are hardly one thing's, however alike they are.

Places say nothing of when something is there, nor of how often: only the nearest that two looks come to each other at any
time counts. So a path that leads another way from the same home costs nothing, and a red tile does not stand for
another that was red and is now green.
"""

from __future__ import annotations

import numpy as np

from benchmark.metrics.base import Features

FINE = 0.01  # page widths: places closer than this are one


def nearest(reference: Features, candidate: Features) -> np.ndarray:
    """(La, Lb) page widths: how near each look of one clip ever comes to each of the other; inf where one is never seen.

    By the page or by the middles of what moves, whichever is nearer, so that a clip that is shifted as a whole stands
    where it stood. Symmetric: exchanging the clips transposes it.
    """
    a, b = _places(reference), _places(candidate)
    shapes = len(reference["palettes"]), len(candidate["palettes"])
    shift = _middle(candidate) - _middle(reference)
    return np.minimum(_between(a, b, shapes), _between((a[0], a[1] + shift), b, shapes))


def _places(features: Features) -> tuple[np.ndarray, np.ndarray]:
    """(P,) looks in their order and (P, 2) where they are seen, x and y in page widths."""
    seen = features["seen"]
    rows = np.concatenate([seen[np.isfinite(seen[..., 0])], features["still"]]).astype(np.float64)
    places = np.round(rows[:, 2:4] * _scale(features) / FINE) * FINE
    different = np.unique(np.column_stack([rows[:, 0], places]), axis=0)
    return different[:, 0].astype(int), different[:, 1:]


def _middle(features: Features) -> np.ndarray:
    x, y, width, height = features.facts["box"]
    return np.array([x + width / 2, y + height / 2]) * _scale(features)


def _scale(features: Features) -> np.ndarray:
    return np.array([1.0, features.facts["aspect"]])


def _between(
    a: tuple[np.ndarray, np.ndarray], b: tuple[np.ndarray, np.ndarray], shapes: tuple[int, int]
) -> np.ndarray:
    found = np.full(shapes, np.inf)
    if not len(b[0]):
        return found
    starts = np.flatnonzero(np.diff(b[0], prepend=-1))
    for look in np.unique(a[0]):  # one at a time bounds memory
        mine = a[1][a[0] == look]
        apart = ((mine[:, None] - b[1]) ** 2).sum(axis=-1).min(axis=0)
        found[look, b[0][starts]] = np.sqrt(np.minimum.reduceat(apart, starts))
    return found
