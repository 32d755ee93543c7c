"""Rates and means over a dataset's animations, with intervals. Knows no database.

Animations are what was sampled: a hard one is hard for every system. Means therefore get intervals by resampling whole
animations, with the same draws for every system, and rates get Wilson's score interval, which holds where a rate is
0 or 1 (Wilson 1927; Brown, Cai and DasGupta 2001).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

REPLICATES = 2000
SEED = 20260628
LEVEL = 0.95
FEWEST = 2  # animations that an interval needs

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A rate or a mean in [0, 1] over `n` reconstructions; None with a reason where it is undefined."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str = ""


def rate(yes: int, n: int, level: float = LEVEL) -> Estimate:
    """A share with Wilson's interval; undefined without any observation."""
    if not 0 <= yes <= n:
        raise ValueError(f"{yes} of {n} is no share.")
    if n == 0:
        return Estimate(None, None, None, 0, "Nothing to count yet.")
    z = float(stats.norm.ppf((1 + level) / 2))
    share = yes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if yes == 0 else max(0.0, middle - half)
    high = 1.0 if yes == n else min(1.0, middle + half)
    return Estimate(share, low, high, n)


def means(
    values: Floats, *, seed: int = SEED, replicates: int = REPLICATES, level: float = LEVEL
) -> list[Estimate]:
    """The mean of each column of `values` (animations, columns) with its percentile interval over animations.

    NaN stands for a reconstruction that has no value; it enters neither mean nor n. Every column sees the same draws,
    so that the differences of columns are paired. Undefined for a column without a value; without interval below two
    animations or where more than half of the replicates draw no value.
    """
    values = np.asarray(values, np.float64)
    there = np.isfinite(values)
    filled = np.where(there, values, 0.0)
    counts = there.sum(0)
    drawn = _draws(len(values), replicates, seed)
    with np.errstate(invalid="ignore", divide="ignore"):
        points = filled.sum(0) / counts
        resampled = (drawn @ filled) / (drawn @ there.astype(np.float64))
    found = []
    for column, (point, n) in enumerate(zip(points, counts, strict=True)):
        if n == 0:
            found.append(Estimate(None, None, None, 0, "No score yet."))
            continue
        usable = resampled[np.isfinite(resampled[:, column]), column]
        if n < FEWEST or len(usable) <= replicates / 2:
            found.append(Estimate(float(point), None, None, int(n), "Too few animations for an interval."))
            continue
        low, high = np.quantile(usable, [(1 - level) / 2, (1 + level) / 2])
        found.append(Estimate(float(point), float(low), float(high), int(n)))
    return found


def _draws(animations: int, replicates: int, seed: int) -> Floats:
    """(replicates, animations): how often each animation is drawn."""
    if animations == 0:
        return np.zeros((replicates, 0))
    rng = np.random.default_rng(seed)
    return rng.multinomial(animations, np.full(animations, 1 / animations), size=replicates).astype(
        np.float64
    )
