"""The AUC of a metric's differences for people's preferences, in pieces that a bootstrap can reuse."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studies.analysis.auc import ClusteredAuc, auc, clustered_auc, exchanged
from studies.analysis.estimate import Estimate
from studies.analysis.resampling import Draws
from studies.analysis.targets import Target

Floats = NDArray[np.float64]


@lru_cache(maxsize=2)
def draw_clusters(clusters: int, replicates: int, seed: int) -> NDArray[np.int64]:
    """(replicates, clusters): how often each bootstrap study drew each cluster. Kept, and so not to be written to."""
    if clusters < 2:
        return np.zeros((0, clusters), np.int64)
    drawn = np.random.default_rng([seed, 2]).multinomial(
        clusters, np.full(clusters, 1 / clusters), size=replicates
    )
    drawn.flags.writeable = False
    return drawn


def preference_auc(delta: Floats, votes: Target, mirrored: bool = True) -> ClusteredAuc:
    """The AUC of (units,) differences for preferences, in pieces by animation; missing differences are left out."""
    used = ~np.isnan(delta) & (votes.plus + votes.minus > 0)
    x, plus, minus, cluster = delta[used], votes.plus[used], votes.minus[used], votes.cluster[used]
    if mirrored:
        x, plus, minus = exchanged(x, plus, minus)
        cluster = np.concatenate([cluster, cluster])
    return clustered_auc(x, plus, minus, cluster, votes.clusters)


def auc_estimate(area: ClusteredAuc, drawn: NDArray[np.int64], n: int, method: str, reason: str) -> Estimate:
    """A clustered AUC with its percentile interval."""
    value = area.value
    if not np.isfinite(value):
        return Estimate.undefined(reason, n, method)
    animations = int((area.weight > 0).sum())
    full = f"{method}; {area.method} over {animations} animations, {len(drawn)} replicates"
    if animations < 2 or not len(drawn):
        return Estimate(
            value, n=n, method=method, reason="There is one animation, which cannot be resampled."
        )
    return Draws(area.draws(drawn), full).estimate(value, n)


def plain_auc(delta: Floats, votes: Target) -> float:
    """The exchanged AUC alone, without interval: for a few numbers at a prompt."""
    used = ~np.isnan(delta)
    return auc(*exchanged(delta[used], votes.plus[used], votes.minus[used]))
