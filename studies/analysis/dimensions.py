"""The questions set against each other: does a second dimension say anything the first does not?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from studies.analysis.estimate import Estimate
from studies.analysis.features import ratio
from studies.analysis.resampling import SHARE, group_sums, jackknife_t
from studies.analysis.table import RatingTable, shared_rows

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DimensionPair:
    """Two dimensions answered by the same raters on the same comparisons; intervals jackknife-t over blocks.

    same, opposite   shares of ratings with the same answer, and with opposite preferences
    correlation      Σxy/√(Σx²Σy²) over ratings: a correlation that knows no orientation
    of_means         the same over comparisons, each with its mean answer: what raters agree on
    table            3 × 3 counts of (first, second) answers −1, 0, +1, each rating also exchanged
    """

    first: str
    second: str
    ratings: int
    same: Estimate
    opposite: Estimate
    correlation: Estimate
    of_means: Estimate
    table: tuple[tuple[int, ...], ...]


def compare_dimensions(tables: Mapping[str, RatingTable]) -> tuple[DimensionPair, ...]:
    """Every two dimensions of a study."""
    return tuple(_pair(tables[a], tables[b]) for a, b in combinations(tables, 2))


def _pair(first: RatingTable, second: RatingTable) -> DimensionPair:
    i, j = shared_rows(first, second)
    x, y = first.value[i].astype(float), second.value[j].astype(float)
    group = first.unit_group[first.unit[i]] if len(i) else np.zeros(0, np.int32)
    n = len(i)
    nobody = f"Nobody answered both {first.dimension} and {second.dimension} on the same comparison."
    flat = "All answers on one of the two dimensions are equal, so there is no correlation."

    def share(hit: NDArray[np.bool_]) -> Estimate:
        if not n:
            return Estimate.undefined(nobody)
        return jackknife_t(_by_block(np.column_stack([hit, np.ones(n)]), group), ratio, n, bounds=SHARE)

    def correlation(a: Floats, b: Floats, blocks: NDArray[np.integer]) -> Estimate:
        if not len(a):
            return Estimate.undefined(nobody)
        sums = _by_block(np.column_stack([a * b, a * a, b * b]), blocks)
        found = jackknife_t(sums, _cosine, len(a))
        return found if found.defined else Estimate.undefined(flat, len(a), found.method)

    units, of_unit = np.unique(first.unit[i], return_inverse=True)
    size = np.maximum(np.bincount(of_unit, minlength=len(units)), 1)
    means = [np.bincount(of_unit, v, len(units)) / size for v in (x, y)]
    cells = np.bincount((x + 1).astype(int) * 3 + (y + 1).astype(int), minlength=9).reshape(3, 3)
    cells = cells + cells[::-1, ::-1]
    return DimensionPair(
        first.dimension,
        second.dimension,
        n,
        share(x == y),
        share(x * y < 0),
        correlation(x, y, group),
        correlation(means[0], means[1], first.unit_group[units]),
        tuple(tuple(int(c) for c in row) for row in cells),
    )


def _by_block(rows: Floats, group: NDArray[np.integer]) -> Floats:
    return group_sums(rows.astype(float), np.unique(group, return_inverse=True)[1])


def _cosine(sums: Floats) -> Floats:
    norm = np.sqrt(sums[..., 1] * sums[..., 2])
    return np.divide(sums[..., 0], norm, out=np.full(norm.shape, np.nan), where=norm > 0)
