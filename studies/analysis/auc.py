"""The area under the ROC curve with weights, mirrored or not, and its cluster-by-cluster form.

AUC = P(x⁺ > x⁻) + ½ P(x⁺ = x⁻). An item has a weight as a positive and one as a negative, so a unit with
three votes for A and one for B is a single item. "Exchanged" counts each item also with A and B swapped
(x → −x, weights traded): the result then depends on no orientation.
"""

from __future__ import annotations

from dataclasses import dataclass

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


EXACT = 400  # clusters up to which a resample's AUC is computed exactly


@dataclass(frozen=True, eq=False)
class ClusteredAuc:
    """An AUC in pieces by cluster (G of them), from which resamples of clusters are cheap.

    plus, minus  (G,) weight of positives and negatives
    share        (G,) weight of the pairs won (ties half) with a positive of the cluster, plus those won over a
                 negative of it; the AUC is Σ share / (2 Σ plus Σ minus)
    wins         (G, G) weight of positives of g above negatives of h, kept for up to EXACT clusters
    """

    plus: Floats
    minus: Floats
    share: Floats
    wins: Floats | None

    @property
    def pairs(self) -> float:
        return float(self.plus.sum() * self.minus.sum())

    @property
    def value(self) -> float:
        return float(self.share.sum() / (2 * self.pairs)) if self.pairs else float("nan")

    @property
    def weight(self) -> Floats:
        return self.plus + self.minus

    @property
    def method(self) -> str:
        return "bootstrap" if self.wins is not None else "bootstrap, to first order"

    def draws(self, drawn: NDArray[np.integer]) -> Floats:
        """(R,) AUCs of R resamples; ``drawn`` (R, G) says how often each cluster was drawn; NaN if undefined.

        Beyond EXACT clusters to first order in the multiplicities, by the influence of each cluster; what is
        left out is of the order 1/G of the standard error's own square.
        """
        w = drawn.astype(float)
        if not self.pairs:
            return np.full(len(w), np.nan)
        if self.wins is None:
            value = self.value
            relative = self.plus / self.plus.sum() + self.minus / self.minus.sum()
            return value + (w - 1) @ (self.share / self.pairs - value * relative)
        won = ((w @ self.wins) * w).sum(1)
        pairs = (w @ self.plus) * (w @ self.minus)
        return np.divide(won, pairs, out=np.full(len(w), np.nan), where=pairs > 0)


def clustered_auc(
    x: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    cluster: NDArray[np.integer],
    clusters: int,
    exact: int = EXACT,
) -> ClusteredAuc:
    """The AUC of scores x (n,) with weights (n,), in pieces by ``cluster`` code (n,)."""
    values, plus, minus = (np.asarray(a, float) for a in (x, positive, negative))
    levels, code = np.unique(values, return_inverse=True)
    at_plus, at_minus = np.bincount(code, plus, len(levels)), np.bincount(code, minus, len(levels))
    below = (np.cumsum(at_minus) - at_minus / 2)[code]
    above = (np.cumsum(at_plus[::-1])[::-1] - at_plus / 2)[code]
    share = np.bincount(cluster, plus * below + minus * above, clusters)
    wins = _wins(code, len(levels), plus, minus, cluster, clusters) if clusters <= exact else None
    of_plus: Floats = np.bincount(cluster, plus, clusters).astype(float)
    of_minus: Floats = np.bincount(cluster, minus, clusters).astype(float)
    return ClusteredAuc(of_plus, of_minus, share.astype(float), wins)


def _wins(
    code: NDArray[np.intp],
    levels: int,
    plus: Floats,
    minus: Floats,
    cluster: NDArray[np.integer],
    clusters: int,
) -> Floats:
    wins = np.zeros((clusters, clusters))
    positive = np.flatnonzero(plus > 0)
    weight, at, of = plus[positive], code[positive], cluster[positive]
    rows = np.flatnonzero(minus > 0)
    rows = rows[np.argsort(cluster[rows], kind="stable")]
    starts = np.searchsorted(cluster[rows], np.arange(clusters + 1))
    for h in range(clusters):
        mine = rows[starts[h] : starts[h + 1]]
        if len(mine):
            # A histogram over all levels beats a binary search per item once clusters have many items.
            there = np.bincount(code[mine], minus[mine], levels)
            below = np.cumsum(there) - there / 2
            wins[:, h] = np.bincount(of, weight * below[at], clusters)
    return wins


def roc_curve(x: ArrayLike, positive: ArrayLike, negative: ArrayLike) -> tuple[Floats, Floats]:
    """(false positive rates, true positive rates) from (0, 0) to (1, 1), one point per distinct score."""
    values, plus, minus = (np.asarray(a, float) for a in (x, positive, negative))
    levels, code = np.unique(-values, return_inverse=True)
    hits = np.concatenate([[0.0], np.cumsum(np.bincount(code, plus, len(levels)))])
    alarms = np.concatenate([[0.0], np.cumsum(np.bincount(code, minus, len(levels)))])
    with np.errstate(invalid="ignore", divide="ignore"):
        return alarms / alarms[-1], hits / hits[-1]
