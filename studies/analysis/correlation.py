"""How much two metrics say the same: their correlation over reconstructions, plain and partial."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from studies.analysis.estimate import Estimate
from studies.analysis.resampling import group_sums, jackknife_t
from studies.analysis.scores import MetricScores

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MetricCorrelation:
    """Pearson's r over reconstructions that both metrics score, with jackknife-t intervals over animations.

    plain              as they stand
    given_system       after each system's mean is taken out of both: not just "good systems are good at both"
    given_animation    after each animation's mean is taken out: not just "some animations are easy"
    given_both         after both, additively
    spearman           rank correlation as they stand
    """

    first: str
    second: str
    plain: Estimate
    spearman: Estimate
    given_system: Estimate
    given_animation: Estimate
    given_both: Estimate


def correlate(first: MetricScores, second: MetricScores) -> MetricCorrelation:
    """Correlate two metrics over (animation, system). Higher is better in both, whatever their own direction."""
    shared = [
        key
        for key in first.scores
        if key in second.scores and np.isfinite([first.scores[key], second.scores[key]]).all()
    ]
    shared.sort()
    x, y = (_oriented(metric, shared) for metric in (first, second))
    animation = (
        np.unique([key[0] for key in shared], return_inverse=True)[1] if shared else np.zeros(0, np.intp)
    )
    system = np.unique([key[1] for key in shared], return_inverse=True)[1] if shared else np.zeros(0, np.intp)
    whole = np.zeros(len(shared), np.intp)

    def pearson(a: Floats, b: Floats, groups: tuple[NDArray[np.intp], ...], what: str) -> Estimate:
        n = len(a)
        if n < 3:
            return Estimate.undefined(
                f"{n} reconstructions have both scores; three or more are needed.", n, what
            )
        a, b = residual(a, groups), residual(b, groups)
        sums = group_sums(np.column_stack([a * b, a * a, b * b]), animation)
        spread = np.array([np.ptp(x), np.ptp(y)])
        if (np.sqrt(sums.sum(0)[1:] / n) <= 1e-12 * np.maximum(spread, 1e-300)).any():
            return Estimate.undefined(
                f"Nothing varies once {what} is taken out."
                if groups[0] is not whole
                else "One of the two metrics is constant.",
                n,
                what,
            )
        found = jackknife_t(sums, _cosine, n, "animations")
        return found.named(f"Pearson {what}; {found.method}")

    ranks = (stats.rankdata(x), stats.rankdata(y)) if shared else (x, y)
    return MetricCorrelation(
        f"{first.name} {first.version}".strip(),
        f"{second.name} {second.version}".strip(),
        pearson(x, y, (whole,), "over reconstructions"),
        pearson(*ranks, (whole,), "of ranks"),
        pearson(x, y, (system,), "given the system"),
        pearson(x, y, (animation,), "given the animation"),
        pearson(x, y, (system, animation), "given system and animation"),
    )


def residual(values: Floats, groups: tuple[NDArray[np.intp], ...], sweeps: int = 500) -> Floats:
    """(n,) values with the group means taken out; for several groupings the additive least-squares residual."""
    left = np.asarray(values, float).copy()
    scale = np.ptp(left) if len(left) else 0.0
    for _ in range(sweeps if len(groups) > 1 else 1):
        before = left
        for group in groups:
            mean = np.bincount(group, left) / np.maximum(np.bincount(group), 1)
            left = left - mean[group]
        if np.abs(left - before).max(initial=0.0) <= 1e-13 * scale:
            break
    return left


def _oriented(metric: MetricScores, keys: list[tuple[str, str]]) -> Floats:
    sign = 1.0 if metric.higher_is_better else -1.0
    return sign * np.array([metric.scores[key] for key in keys], float)


def _cosine(sums: Floats) -> Floats:
    norm = np.sqrt(np.maximum(sums[..., 1] * sums[..., 2], 0))
    return np.divide(sums[..., 0], norm, out=np.full(norm.shape, np.nan), where=norm > 0)
