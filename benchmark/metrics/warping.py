"""Dynamic time warping of two sequences by the similarity of their members.

Sakoe and Chiba 1978, with the steps (1, 0), (0, 1) and (1, 1) of weight one and no band. Whole anti-diagonals are
computed at once, since a cell depends on the two before it alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Alignment:
    """`path` (L, 2) pairs of indices from (0, 0) to the end; `first` (n,) and `second` (m,) hold each member's mean
    similarity over the pairs it stands in; `value` is the mean over both sides."""

    path: np.ndarray
    first: np.ndarray
    second: np.ndarray

    @property
    def value(self) -> float:
        return float((self.first.mean() + self.second.mean()) / 2)


def warp(similarity: np.ndarray) -> Alignment:
    """The alignment of least summed dissimilarity 1 − s for an (n, m) matrix of similarities in [0, 1]."""
    path = cheapest_path(1.0 - similarity)
    along = similarity[path[:, 0], path[:, 1]]
    n, m = similarity.shape
    first = np.bincount(path[:, 0], along, n) / np.bincount(path[:, 0], minlength=n)
    second = np.bincount(path[:, 1], along, m) / np.bincount(path[:, 1], minlength=m)
    return Alignment(path, first, second)


def cheapest_path(cost: np.ndarray) -> np.ndarray:
    """(L, 2) indices of the path of least total cost through an (n, m) matrix; ties go to the diagonal."""
    n, m = cost.shape
    total = np.full((n + 1, m + 1), np.inf)
    total[0, 0] = 0.0
    for diagonal in range(2, n + m + 1):
        i = np.arange(max(1, diagonal - m), min(n, diagonal - 1) + 1)
        j = diagonal - i
        before = np.minimum(np.minimum(total[i - 1, j], total[i, j - 1]), total[i - 1, j - 1])
        total[i, j] = cost[i - 1, j - 1] + before
    i, j = n, m
    path = []
    while i > 0 and j > 0:
        path.append((i - 1, j - 1))
        steps = (
            (total[i - 1, j - 1], i - 1, j - 1),
            (total[i - 1, j], i - 1, j),
            (total[i, j - 1], i, j - 1),
        )
        _, i, j = min(steps, key=lambda step: step[0])
    return np.array(path[::-1], dtype=np.intp)
