"""The few numbers of each answer pattern whose sums over units decide a study's agreement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studies.analysis.reliability import ac1, pairwise_agreement

Floats = NDArray[np.float64]


def occupancy(group: NDArray[np.integer], index: NDArray[np.intp], size: int) -> Floats:
    """(groups, P): how many units of each group show each pattern."""
    groups = int(group.max(initial=-1)) + 1
    flat = np.bincount(group.astype(np.int64) * size + index, minlength=groups * size)
    return flat.reshape(groups, size).astype(float)


def ratio(sums: Floats) -> Floats:
    """First sum over second, NaN where the second is 0."""
    return np.divide(sums[..., 0], sums[..., 1], out=np.full(sums.shape[:-1], np.nan), where=sums[..., 1] > 0)


def describe_units(counts: NDArray[np.int64]) -> Floats:
    """(P, 6) per pattern: pairwise agreement, ties, unanimous, strict majority, has two ratings, ratings."""
    m = counts.sum(1)
    paired = m >= 2
    top = counts.max(1)
    agreed = np.nan_to_num(pairwise_agreement(counts))
    return np.column_stack(
        [agreed, counts[:, 1], (top == m) & paired, (2 * top > m) & paired, paired, m]
    ).astype(float)


def ac1_features(counts: NDArray[np.int64]) -> Floats:
    """(P, 6) per pattern: pairwise agreement, has two ratings, shares of −1, 0, +1, has a rating."""
    m = counts.sum(1)
    return np.column_stack(
        [np.nan_to_num(pairwise_agreement(counts)), m >= 2, counts / np.maximum(m, 1)[:, None], m > 0]
    )


def ac1_of_sums(sums: Floats, symmetric: bool = False) -> Floats:
    """AC1 from (…, 6) sums; symmetric: the two directions share their average, so no orientation matters."""
    with np.errstate(invalid="ignore", divide="ignore"):
        agreed, shares = sums[..., 0] / sums[..., 1], sums[..., 2:5] / sums[..., 5:6]
    return ac1(agreed, (shares + shares[..., ::-1]) / 2 if symmetric else shares)
