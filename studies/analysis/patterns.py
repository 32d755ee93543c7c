"""Units with the same answers are alike: a study as a short list of answer patterns with frequencies."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from studies.analysis.table import RatingTable

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Patterns:
    """Distinct units. P patterns over U units.

    counts         (P, 3) ratings −1, 0, +1 in the alphabetical orientation
    first, second  (P,) the pair's two system codes (zeros when pairs were not told apart)
    sign           (P,) +1 where A stood left, −1 right (ones when sides were not told apart)
    index          (U,) each unit's pattern
    weight         (P,) how many units have it
    """

    counts: Ints
    first: Ints
    second: Ints
    sign: Ints
    index: NDArray[np.intp]
    weight: Ints

    @property
    def ratings(self) -> Ints:
        return self.counts.sum(1)


def patterns(table: RatingTable, pairs: bool = False, sides: bool = False) -> Patterns:
    """The table's answer patterns; ``pairs``, ``sides``: whether to tell system pairs and sides apart."""
    counts = table.counts
    units = table.n_units
    first = table.unit_system_a.astype(np.int64) if pairs else np.zeros(units, np.int64)
    second = table.unit_system_b.astype(np.int64) if pairs else np.zeros(units, np.int64)
    orientation = table.unit_orientation if sides else None
    sign = np.ones(units, np.int64) if orientation is None else orientation.astype(np.int64)
    radix = int(counts.max(initial=0)) + 1
    systems = len(table.system_labels)
    key = ((first * systems + second) * 2 + (sign > 0)).astype(np.int64)
    for column in counts.T:
        key = key * radix + column
    _, where, index, weight = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    return Patterns(counts[where], first[where], second[where], sign[where], index, weight)


def alike(rows: ArrayLike) -> tuple[Ints, Ints]:
    """Equal rows of (n, P) small counts, once each, and how many there are of each.

    Rows are told apart by a random 64-bit fingerprint, which is exact unless two of n rows collide
    (a chance of n²/2⁶⁵), and much faster than sorting rows.
    """
    counts = np.asarray(rows, np.int64)
    key = np.random.default_rng(0).integers(-(2**63), 2**63, counts.shape[1], dtype=np.int64)
    _, where, weight = np.unique((counts * key).sum(1), return_index=True, return_counts=True)
    return counts[where], weight


def possible(ratings: int) -> Ints:
    """(P, 3): every way ``ratings`` answers can fall on −1, 0, +1."""
    rows = [(a, b, ratings - a - b) for a in range(ratings + 1) for b in range(ratings + 1 - a)]
    return np.array(rows, np.int64).reshape(-1, 3)


def hypergeometric_means(others: Ints, k: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean answer of k of these raters, drawn without replacement: all values and their probabilities.

    others: (3,) counts of −1, 0, +1 with at least k ratings.
    """
    below, equal, above = (int(x) for x in others)
    ways: dict[int, int] = {}
    for a in range(min(k, below) + 1):
        for c in range(min(k - a, above) + 1):
            if k - a - c <= equal:
                ways[c - a] = ways.get(c - a, 0) + comb(below, a) * comb(equal, k - a - c) * comb(above, c)
    total = comb(below + equal + above, k)
    return np.array(list(ways), float) / k, np.array([n / total for n in ways.values()])
