"""Krippendorff's α and Gwet's AC1 from sums, so that a replicate costs one matrix product.

Everything here takes coincidence matrices o (…, C, C) with any leading axes: one study, or 10,000 resampled.
Sources: Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability"; Gwet (2008), BJMSP 61.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Floats = NDArray[np.float64]


def value_counts(ratings: ArrayLike) -> tuple[NDArray[np.int64], Floats]:
    """Counts of a classic reliability matrix.

    ratings: (raters, units) numbers, NaN where missing. Returns (units, C) counts and the (C,) sorted values.
    """
    matrix = np.asarray(ratings, float)
    if matrix.ndim != 2:
        raise ValueError("Give ratings as a matrix of raters by units.")
    present = ~np.isnan(matrix)
    values, codes = np.unique(matrix[present], return_inverse=True)
    units = np.nonzero(present)[1]
    flat = np.bincount(units * len(values) + codes, minlength=matrix.shape[1] * len(values))
    return flat.reshape(matrix.shape[1], len(values)), values


def coincidences(counts: ArrayLike) -> Floats:
    """Each unit's coincidence matrix, o_ck = n_c (n_k − δ_ck) / (m − 1): (units, C) counts to (units, C, C).

    Units with fewer than two ratings give zeros. A matrix's row sums are the unit's counts.
    """
    n = np.asarray(counts, float)
    m = n.sum(-1)
    o = n[..., :, None] * n[..., None, :]
    diagonal = np.arange(n.shape[-1])
    o[..., diagonal, diagonal] -= n
    return o / np.where(m >= 2, m - 1, np.inf)[..., None, None]


def squared_distance(totals: Floats, level: Level, values: ArrayLike | None = None) -> Floats:
    """δ² between categories, (…, C) totals to (…, C, C) or (C, C); categories are in rank order.

    values: (C,) the numbers that categories stand for, by default 0 … C−1; ratio needs them.
    """
    size = totals.shape[-1]
    if level == "nominal":
        return 1.0 - np.eye(size)
    if level == "ordinal":
        # Σ_{g=c..k} n_g − (n_c + n_k)/2 is the gap between the mid-ranks of c and k.
        mid = np.cumsum(totals, axis=-1) - totals / 2
        return np.square(mid[..., :, None] - mid[..., None, :])
    if values is None:
        if level == "ratio":
            raise ValueError("The ratio level needs the numbers that the categories stand for.")
        values = np.arange(size)
    v = np.asarray(values, float)
    difference = v[:, None] - v[None, :]
    if level == "interval":
        return np.square(difference)
    if level != "ratio":
        raise ValueError(f"There is no level {level}; choose nominal, ordinal, interval or ratio.")
    total = v[:, None] + v[None, :]
    return np.square(np.divide(difference, total, out=np.zeros_like(total), where=total != 0))


def alpha(
    o: Floats, level: Level = "nominal", values: ArrayLike | None = None, swap_invariant: bool = False
) -> Floats:
    """α = 1 − Σ o δ² / Σ e δ² from summed coincidences o (…, C, C); NaN where all answers are alike.

    swap_invariant: replace each category total n_c by (n_c + n_{−c})/2 wherever totals enter (expected
    disagreement and ordinal distance), with categories in mirror order; the result no longer depends on which
    system of a comparison is called A.
    """
    n = o.sum(-1)
    if swap_invariant:
        n = (n + n[..., ::-1]) / 2
    distance = squared_distance(n, level, values)
    observed = (o * distance).sum((-2, -1))
    products = n[..., :, None] * n[..., None, :]  # δ²_cc = 0, so the diagonal's −δ_ck never counts
    total = n.sum(-1)
    expected = (products * distance).sum((-2, -1)) / np.where(total > 1, total - 1, np.nan)
    return 1.0 - np.divide(observed, expected, out=np.full_like(expected, np.nan), where=expected > 0)


def krippendorff_alpha(counts: ArrayLike, level: Level = "nominal", values: ArrayLike | None = None) -> float:
    """Plain α of (units, C) counts; NaN when no unit has two ratings or all answers are alike.

    >>> counts, values = value_counts([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]])
    >>> round(krippendorff_alpha(counts), 4)
    0.0952
    """
    return float(alpha(coincidences(counts).sum(0), level, values))


def pairwise_agreement(counts: ArrayLike) -> Floats:
    """(units,): the share of a unit's pairs of ratings that agree, NaN for fewer than two ratings."""
    n = np.asarray(counts, float)
    m = n.sum(-1)
    pairs = m * (m - 1)
    return np.divide((n * (n - 1)).sum(-1), pairs, out=np.full(m.shape, np.nan), where=pairs > 0)


def ac1(agreement: Floats, shares: Floats) -> Floats:
    """Gwet's AC1 from the mean pairwise agreement (…) and the mean category shares (…, C)."""
    size = shares.shape[-1]
    chance = (shares * (1 - shares)).sum(-1) / (size - 1)
    return (agreement - chance) / (1 - chance)
