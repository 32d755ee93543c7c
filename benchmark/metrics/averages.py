"""Means that a little that went wrong does not move."""

from __future__ import annotations

import numpy as np


def trimmed_mean(values: np.ndarray, weight: np.ndarray, lost: float) -> float:
    """The weighted mean of values but for the least of them, which weigh the share `lost` of all, in [0, 1).

    `values` and `weight` are of one shape, weights not negative; 0 where nothing weighs. A mean trimmed on one side
    (Tukey and McLaughlin 1963), for likenesses: only what finds no partner lies far from the others.
    """
    total = weight.sum()
    if not total:
        return 0.0
    order = np.argsort(values, axis=None)
    weights = weight.ravel()[order]
    kept = np.clip(np.cumsum(weights) - lost * total, 0, weights)
    return float(kept @ values.ravel()[order] / kept.sum())
