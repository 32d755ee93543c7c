"""Intervals for statistics that are functions of sums over independent parts.

A study's agreement is a function f of Σ_u x_u, x_u being a few numbers per unit. Leaving out a block is then
a subtraction, and a bootstrap replicate a multinomial draw times a matrix. Raters are never resampled with
replacement: a rater paired with a copy of himself agrees perfectly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from studies.analysis.estimate import Estimate, finite

Floats = NDArray[np.float64]
OfSums = Callable[[Floats], Floats]
_CELLS = 4_000_000  # numbers per chunk of replicates: about 32 MB
_CELL_COST = 10  # a multinomial cell costs about as much as ten uniform draws


@dataclass(frozen=True, eq=False)
class Draws:
    """Replicates of a statistic and how they were drawn; ``values`` may hold NaN where it was undefined."""

    values: Floats
    method: str

    @property
    def usable(self) -> Floats:
        return self.values[np.isfinite(self.values)]

    def estimate(self, value: float, n: int, level: float = 0.95) -> Estimate:
        """The percentile interval around ``value``."""
        drawn = self.usable
        point = finite(value)
        if point is None:
            return Estimate.undefined("The data leave this number undefined.", n, self.method)
        if len(drawn) < 2 or len(drawn) < len(self.values) / 2:
            reason = "Too few resampled studies leave this number defined, so it has no interval."
            return Estimate(point, n=n, method=self.method, reason=reason)
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
        se = float(np.std(drawn, ddof=1))
        return Estimate(point, float(low), float(high), n, self.method, se=se, level=level)

    def probability(self, at_least: float) -> float | None:
        drawn = self.usable
        return float(np.mean(drawn >= at_least)) if len(drawn) else None


def group_sums(features: Floats, group: NDArray[np.integer], groups: int | None = None) -> Floats:
    """(groups, K): rows of (n, K) features summed by their group code."""
    size = int(group.max()) + 1 if groups is None and len(group) else groups or 0
    return (
        np.stack([np.bincount(group, column, size) for column in features.T], axis=1)
        if size
        else features[:0]
    )


SHARE = (0.0, 1.0)
COEFFICIENT = (-1.0, 1.0)


def jackknife_t(
    sums: Floats,
    f: OfSums,
    n: int,
    what: str = "blocks",
    level: float = 0.95,
    bounds: tuple[float, float] = COEFFICIENT,
) -> Estimate:
    """f of everything with the jackknife-t interval over independent groups.

    sums: (B, K) sums per group. se² = (B−1)/B Σ (f₍₋b₎ − mean)², t with B−1 degrees of freedom.
    bounds: what the statistic can be at all; an end of the interval beyond it is moved there.
    """
    method = f"jackknife-t over {len(sums)} {what}"
    total = sums.sum(0)
    point = finite(float(f(total)))
    if point is None:
        return Estimate.undefined("The data leave this number undefined.", n, method)
    b = len(sums)
    if b < 2:
        reason = f"All ratings belong to one of the {what}; this interval needs two or more."
        return Estimate(point, n=n, method=method, reason=reason, level=level)
    left_out = f(total - sums)
    if not np.isfinite(left_out).all():
        reason = f"Without one of the {what} the number is undefined, so it has no jackknife interval."
        return Estimate(point, n=n, method=method, reason=reason, level=level)
    se = float(np.sqrt((b - 1) / b * np.square(left_out - left_out.mean()).sum()))
    half = t_quantile(level, b - 1) * se
    low, high = max(bounds[0], point - half), min(bounds[1], point + half)
    return Estimate(point, low, high, n, method, se=se, level=level)


def exceedance(estimate: Estimate, groups: int, threshold: float) -> float | None:
    """P(true value ≥ threshold) under the jackknife-t of ``estimate``; None without its standard error."""
    if estimate.value is None or estimate.se is None:
        return None
    if estimate.se == 0:
        return float(estimate.value >= threshold)
    return float(stats.t.sf((threshold - estimate.value) / estimate.se, groups - 1))


def bootstrap(
    sums: Floats,
    f: OfSums,
    replicates: int,
    rng: np.random.Generator,
    weights: NDArray[np.integer] | None = None,
    method: str = "bootstrap",
) -> Draws:
    """Draw n parts with replacement out of n, ``replicates`` times.

    sums: (P, K) features of the distinct parts; weights: (P,) how many parts are alike (1 by default), so a
    hundred thousand units with ten answer patterns cost ten multinomial cells.
    """
    multiplicity = np.ones(len(sums), np.int64) if weights is None else np.asarray(weights, np.int64)
    n, parts = int(multiplicity.sum()), len(sums)
    by_cell = parts * _CELL_COST < n
    which = np.repeat(np.arange(parts), multiplicity) if not by_cell else np.zeros(0, np.intp)
    values = np.empty(replicates)
    step = max(1, _CELLS // max(1, sums.shape[1] + (parts if by_cell else n)))
    for start in range(0, replicates, step):
        size = min(step, replicates - start)
        if by_cell:
            drawn = rng.multinomial(n, multiplicity / n, size=size)
        else:
            chosen = which[rng.integers(0, n, (size, n))] + parts * np.arange(size)[:, None]
            drawn = np.bincount(chosen.ravel(), minlength=size * parts).reshape(size, parts)
        values[start : start + size] = f(drawn @ sums)
    return Draws(values, f"{method}, {replicates} replicates")


@lru_cache
def t_quantile(level: float, degrees: int) -> float:
    """The two-sided Student quantile: ± this many standard errors hold ``level``."""
    return float(stats.t.ppf((1 + level) / 2, degrees))
