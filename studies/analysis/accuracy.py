"""Pairwise accuracy with ties (Deutsch, Foster and Freitag 2023): a metric must call ties as people do.

acc_eq = (C + T_hm) / (C + D + T_h + T_m + T_hm); the metric says equal where |Δ| ≤ ε.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studies.analysis.estimate import Estimate
from studies.analysis.features import ratio
from studies.analysis.resampling import SHARE, group_sums, jackknife_t
from studies.analysis.targets import Target

Floats = NDArray[np.float64]

CONSTANT = "The metric gives every pair of reconstructions the same score, so it prefers none."


@dataclass(frozen=True)
class TieAccuracy:
    """acc_eq with ε from other animations (cross-validated), beside what a constant or a coin would reach.

    accuracy  out of fold, jackknife-t over animations; n counts votes
    epsilon   chosen on everything: the threshold to use from now on
    chance    max(t, (1 − t)/2) for tie share t
    """

    accuracy: Estimate
    epsilon: float | None
    chance: float | None
    folds: int
    seed: int


def best_epsilon(delta: Floats, plus: Floats, tie: Floats, minus: Floats) -> float:
    """The smallest ε ≥ 0 that maximises acc_eq, among 0 and the observed |Δ|. All arrays (n,)."""
    size = np.abs(delta)
    right = np.where(delta > 0, plus, np.where(delta < 0, minus, 0.0))
    levels, code = np.unique(np.concatenate([[0.0], size]), return_inverse=True)
    # Raising ε past an item turns it from a decision into a tie.
    gain = np.cumsum(np.bincount(code[1:], tie - right, len(levels)))
    best = gain.max()
    return float(levels[np.flatnonzero(gain >= best - 1e-9 * max(1.0, abs(best)))[0]])


def hits(delta: Floats, epsilon: Floats | float, plus: Floats, tie: Floats, minus: Floats) -> Floats:
    """(n,) votes that the metric calls as people did."""
    return np.where(np.abs(delta) <= epsilon, tie, np.where(delta > 0, plus, minus))


def folds_by_cluster(clusters: int, folds: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """(clusters,): a fold for each cluster, sizes as equal as can be."""
    fold = np.empty(clusters, np.intp)
    fold[rng.permutation(clusters)] = np.arange(clusters) % folds
    return fold


def tie_accuracy(delta: Floats, votes: Target, folds: int = 10, seed: int = 0) -> TieAccuracy:
    """acc_eq of (units,) differences; units without a difference or votes are left out."""
    used = ~np.isnan(delta) & (votes.weight > 0)
    x, plus, tie, minus = delta[used], votes.plus[used], votes.tie[used], votes.minus[used]
    cluster = np.unique(votes.cluster[used], return_inverse=True)[1]
    n = int(votes.weight[used].sum())
    clusters = int(cluster.max(initial=-1)) + 1
    method = "pairwise accuracy with ties, ε from the other folds of animations"
    if not n:
        return TieAccuracy(
            Estimate.undefined("No rated comparison has a score.", 0, method), None, None, 0, seed
        )
    share = float(tie.sum() / n)
    chance = max(share, (1 - share) / 2)
    if not x.any():
        return TieAccuracy(Estimate.undefined(CONSTANT, n, method), None, chance, 0, seed)
    epsilon = best_epsilon(x, plus, tie, minus)
    k = min(folds, clusters)
    if k < 2:
        reason = "There is one animation, so ε cannot be chosen on others."
        return TieAccuracy(Estimate.undefined(reason, n, method), epsilon, chance, k, seed)
    fold = folds_by_cluster(clusters, k, np.random.default_rng(seed))[cluster]
    threshold = np.empty(len(x))
    for held_out in range(k):
        rest = fold != held_out
        threshold[~rest] = best_epsilon(x[rest], plus[rest], tie[rest], minus[rest])
    right = hits(x, threshold, plus, tie, minus)
    sums = group_sums(np.column_stack([right, plus + tie + minus]), cluster, clusters)
    found = jackknife_t(sums, ratio, n, "animations", bounds=SHARE)
    return TieAccuracy(found.named(f"{method}; {found.method}"), epsilon, chance, k, seed)
