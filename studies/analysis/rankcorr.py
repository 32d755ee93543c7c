"""Kendall's τ-b and Spearman's ρ that know no orientation, with jackknife intervals over clusters.

Every pair (x, y) is also counted as (−x, −y): which system is called A then changes nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from studies.analysis.estimate import Estimate
from studies.analysis.resampling import group_sums, jackknife_t, t_quantile

Floats = NDArray[np.float64]
Codes = NDArray[np.integer]
_CONSTANT = "One of the two is constant, so there is no correlation."


def spearman(x: Floats, y: Floats, cluster: Codes, clusters: int) -> Estimate:
    """ρ over (n,) items and their mirror images; ranks are those of the whole study, also in the jackknife."""
    n = len(x)
    if n < 2:
        return Estimate.undefined("A correlation needs two comparisons or more.", n)
    a, b = (stats.rankdata(np.concatenate([v, -v]))[:n] - (2 * n + 1) / 2 for v in (x, y))
    found = jackknife_t(
        _present(np.column_stack([a * b, a * a, b * b]), cluster, clusters), _cosine, n, "animations"
    )
    return found if found.defined else Estimate.undefined(_CONSTANT, n, found.method)


def _cosine(sums: Floats) -> Floats:
    norm = np.sqrt(sums[..., 1] * sums[..., 2])
    return np.divide(sums[..., 0], norm, out=np.full(norm.shape, np.nan), where=norm > 1e-12)


def kendall(x: Floats, y: Floats, cluster: Codes, clusters: int) -> Estimate:
    """τ-b over (n,) items and their mirror images.

    The sums over pairs are found per item by counting, level by level of y (few: net votes), so leaving out a
    cluster subtracts its items' sums; no replicate sorts anything.
    """
    n = len(x)
    method = "jackknife-t over animations"
    if n < 2:
        return Estimate.undefined("A correlation needs two comparisons or more.", n, method)
    x, y, cluster = np.concatenate([x, -x]), np.concatenate([y, -y]), np.concatenate([cluster, cluster])
    per_item = _pair_sums(x, y)
    sums = np.stack([np.bincount(cluster, column, clusters) for column in per_item.T], axis=1)
    within = np.zeros((clusters, 3))
    order = np.argsort(cluster, kind="stable")
    starts = np.searchsorted(cluster[order], np.arange(clusters + 1))
    present = np.diff(starts) > 0
    for g in np.flatnonzero(present):
        mine = order[starts[g] : starts[g + 1]]
        within[g] = _all_pairs(x[mine], y[mine]) if len(mine) <= 500 else _pair_sums(x[mine], y[mine]).sum(0)
    total = sums.sum(0)
    value = float(_tau(total))
    if not np.isfinite(value):
        return Estimate.undefined(_CONSTANT, n, method)
    left_out = _tau(total - 2 * sums[present] + within[present])
    b = int(present.sum())
    if b < 2 or not np.isfinite(left_out).all():
        return Estimate(value, n=n, method=method, reason="There are too few animations for an interval.")
    se = float(np.sqrt((b - 1) / b * np.square(left_out - left_out.mean()).sum()))
    half = t_quantile(0.95, b - 1) * se
    return Estimate(
        value, max(-1.0, value - half), min(1.0, value + half), n, f"jackknife-t over {b} animations", se=se
    )


def _pair_sums(x: Floats, y: Floats) -> Floats:
    """(n, 3) per item over all others: Σ sign(Δx) sign(Δy), pairs not tied in x, pairs not tied in y."""
    n = len(x)
    levels_x, at = np.unique(x, return_inverse=True)
    levels_y, level = np.unique(y, return_inverse=True)
    signed = np.zeros(n)
    for k in range(len(levels_y)):
        here = np.bincount(at[level == k], minlength=len(levels_x))
        upto = np.cumsum(here)
        # Items of level k below minus above each item in x.
        balance = (2 * upto - here - upto[-1])[at]
        signed += balance * np.sign(level - k)
    return np.column_stack([signed, n - np.bincount(at)[at], n - np.bincount(level)[level]]).astype(float)


def _all_pairs(x: Floats, y: Floats) -> Floats:
    """The total of _pair_sums, pair by pair: quicker for the few items of one cluster."""
    dx, dy = np.sign(x[:, None] - x), np.sign(y[:, None] - y)
    return np.array([(dx * dy).sum(), np.count_nonzero(dx), np.count_nonzero(dy)], float)


def _tau(sums: Floats) -> Floats:
    norm = np.sqrt(np.maximum(sums[..., 1], 0) * np.maximum(sums[..., 2], 0))
    return np.divide(sums[..., 0], norm, out=np.full(norm.shape, np.nan), where=norm > 0)


def _present(features: Floats, cluster: Codes, clusters: int) -> Floats:
    """Sums of the clusters that have items: absent ones are no independent groups."""
    return group_sums(features, cluster, clusters)[np.bincount(cluster, minlength=clusters) > 0]
