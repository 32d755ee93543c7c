"""The area under the ROC curve with weights, mirrored or not, and its cluster-by-cluster form.

AUC = P(x⁺ > x⁻) + ½ P(x⁺ = x⁻). An item has a weight as a positive and one as a negative, so a unit with
three votes for A and one for B is a single item. "Exchanged" counts each item also with A and B swapped
(x → −x, weights traded): the result then depends on no orientation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def exchanged(x: ArrayLike, positive: ArrayLike, negative: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """The items (n,) together with their mirror images (2n,)."""
    values, plus, minus = (np.asarray(a, float) for a in (x, positive, negative))
    return np.concatenate([values, -values]), np.concatenate([plus, minus]), np.concatenate([minus, plus])


def auc(x: ArrayLike, positive: ArrayLike, negative: ArrayLike) -> float:
    """AUC of scores x (n,) with weights as positives and negatives (n,); NaN if either side is empty."""
    values, plus, minus = (np.asarray(a, float) for a in (x, positive, negative))
    if plus.sum() <= 0 or minus.sum() <= 0:
        return float("nan")
    levels, code = np.unique(values, return_inverse=True)
    at_plus = np.bincount(code, plus, len(levels))
    at_minus = np.bincount(code, minus, len(levels))
    below = np.cumsum(at_minus) - at_minus / 2
    return float(at_plus @ below / (at_plus.sum() * at_minus.sum()))


def auc_kernel(
    x: ArrayLike, positive: ArrayLike, negative: ArrayLike, cluster: NDArray[np.integer], clusters: int
) -> tuple[Floats, Floats, Floats]:
    """The pieces of an AUC by cluster: (wins (G, G), positives (G,), negatives (G,)).

    wins[g, h] is the weight of positives of g above negatives of h (ties half). With cluster multiplicities w
    (how often a resample drew each) the AUC is w·wins·w / (w·positives · w·negatives).
    """
    values, plus, minus = (np.asarray(a, float) for a in (x, positive, negative))
    levels, code = np.unique(values, return_inverse=True)
    wins = np.zeros((clusters, clusters))
    above = np.flatnonzero(plus > 0)
    weight, at, of = plus[above], code[above], cluster[above]
    rows = np.flatnonzero(minus > 0)
    rows = rows[np.argsort(cluster[rows], kind="stable")]
    starts = np.searchsorted(cluster[rows], np.arange(clusters + 1))
    for h in range(clusters):
        mine = rows[starts[h] : starts[h + 1]]
        if len(mine):
            # A histogram over all levels beats a binary search per item once clusters have many items.
            there = np.bincount(code[mine], minus[mine], len(levels))
            below = np.cumsum(there) - there / 2
            wins[:, h] = np.bincount(of, weight * below[at], clusters)
    at_plus: Floats = np.bincount(cluster, plus, clusters).astype(float)
    at_minus: Floats = np.bincount(cluster, minus, clusters).astype(float)
    return wins, at_plus, at_minus


def auc_of_draws(kernel: tuple[Floats, Floats, Floats], drawn: NDArray[np.integer]) -> Floats:
    """(R,) AUCs of R resamples; ``drawn`` (R, G) says how often each cluster was drawn; NaN if undefined."""
    wins, plus, minus = kernel
    w = drawn.astype(float)
    numerator = ((w @ wins) * w).sum(1)
    denominator = (w @ plus) * (w @ minus)
    return np.divide(numerator, denominator, out=np.full(len(w), np.nan), where=denominator > 0)


def roc_curve(x: ArrayLike, positive: ArrayLike, negative: ArrayLike) -> tuple[Floats, Floats]:
    """(false positive rates, true positive rates) from (0, 0) to (1, 1), one point per distinct score."""
    values, plus, minus = (np.asarray(a, float) for a in (x, positive, negative))
    levels, code = np.unique(-values, return_inverse=True)
    hits = np.concatenate([[0.0], np.cumsum(np.bincount(code, plus, len(levels)))])
    alarms = np.concatenate([[0.0], np.cumsum(np.bincount(code, minus, len(levels)))])
    with np.errstate(invalid="ignore", divide="ignore"):
        return alarms / alarms[-1], hits / hits[-1]
