"""Controlled changes: one of appearance must move only the appearance metric, one of timing only the temporal.

This answers whether a metric measures its dimension without asking anybody: the change is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from studies.analysis.estimate import Estimate

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PerturbedScore:
    """One metric's score of one changed clip against its unchanged original.

    perturbation  what was changed; dimension: which dimension it changes; strength: 0 unchanged, growing
    """

    animation: str
    perturbation: str
    dimension: str
    strength: float
    metric: str
    score: float


@dataclass(frozen=True)
class Response:
    """How one metric answers one kind of change. n counts animations.

    drop          mean fall of the score from strength 0 (or from 1 where no unchanged clip was scored)
    standardised  drop over the metric's standard deviation across all scores given
    monotonicity  mean Kendall τ of strength with the fall, within animations with two strengths or more
    leakage       |standardised| of this metric over the largest |standardised| among metrics of the changed
                  dimension; small is good, and undefined for the metrics of that dimension themselves
    """

    perturbation: str
    dimension: str
    metric: str
    targets: str | None
    drop: Estimate
    standardised: Estimate
    monotonicity: Estimate
    leakage: Estimate


@dataclass(frozen=True)
class PerturbationMatrix:
    perturbations: tuple[str, ...]
    metrics: tuple[str, ...]
    responses: tuple[Response, ...]

    def response(self, perturbation: str, metric: str) -> Response:
        return next(r for r in self.responses if (r.perturbation, r.metric) == (perturbation, metric))


def perturbation_matrix(
    scores: Iterable[PerturbedScore], claims: Mapping[str, str | None]
) -> PerturbationMatrix:
    """The response of every metric to every perturbation. ``claims``: metric → the dimension it claims."""
    rows = [row for row in scores if np.isfinite(row.score)]
    metrics = tuple(dict.fromkeys([*claims, *(row.metric for row in rows)]))
    kinds = {row.perturbation: row.dimension for row in rows}
    spread = {
        metric: float(np.std([row.score for row in rows if row.metric == metric], ddof=1))
        if sum(row.metric == metric for row in rows) > 1
        else 0.0
        for metric in metrics
    }
    base = {(row.animation, row.perturbation, row.metric): row.score for row in rows if row.strength == 0}
    drafts: dict[tuple[str, str], tuple[Estimate, Estimate, Estimate]] = {}
    for kind in kinds:
        for metric in metrics:
            changed = [r for r in rows if (r.perturbation, r.metric) == (kind, metric) and r.strength > 0]
            drafts[kind, metric] = _respond(changed, base, spread[metric])
    responses = []
    for (kind, metric), (drop, standardised, monotonicity) in drafts.items():
        own = [
            abs(drafts[kind, m][1].value or 0.0)
            for m in metrics
            if claims.get(m) == kinds[kind] and drafts[kind, m][1].value is not None
        ]
        leakage = _leakage(standardised, own, claims.get(metric), kinds[kind])
        responses.append(
            Response(kind, kinds[kind], metric, claims.get(metric), drop, standardised, monotonicity, leakage)
        )
    return PerturbationMatrix(tuple(kinds), metrics, tuple(responses))


def _respond(
    changed: list[PerturbedScore], base: Mapping[tuple[str, str, str], float], spread: float
) -> tuple[Estimate, Estimate, Estimate]:
    by_animation: dict[str, list[tuple[float, float]]] = {}
    for row in changed:
        fall = base.get((row.animation, row.perturbation, row.metric), 1.0) - row.score
        by_animation.setdefault(row.animation, []).append((row.strength, fall))
    n = len(by_animation)
    if not n:
        none = Estimate.undefined("The metric has no score of this change.")
        return none, none, none
    falls = np.array([np.mean([fall for _, fall in pairs]) for pairs in by_animation.values()])
    drop = _mean(falls, "mean fall of the score over animations")
    standardised = (
        _mean(falls / spread, "fall in standard deviations of the metric")
        if spread > 0
        else Estimate.undefined("The metric gives every clip the same score.", n)
    )
    taus = []
    for pairs in by_animation.values():
        strengths, values = zip(*pairs, strict=True)
        if len(set(strengths)) > 1:
            tau = float(stats.kendalltau(strengths, values).statistic)
            if np.isfinite(tau):
                taus.append(tau)
    monotonicity = (
        _mean(np.array(taus), "mean Kendall τ of strength and fall over animations")
        if taus
        else Estimate.undefined(
            "No animation has falls that differ between strengths, so none can follow strength.", n
        )
    )
    return drop, standardised, monotonicity


def _mean(values: Floats, method: str) -> Estimate:
    n = len(values)
    mean = float(values.mean())
    if n < 2:
        return Estimate(
            mean, n=n, method=method, reason="One animation has no spread to take an interval from."
        )
    se = float(values.std(ddof=1) / np.sqrt(n))
    half = float(stats.t.ppf(0.975, n - 1)) * se
    return Estimate(mean, mean - half, mean + half, n, f"{method}, t interval", se=se)


def _leakage(standardised: Estimate, own: list[float], claim: str | None, dimension: str) -> Estimate:
    if claim == dimension:
        return Estimate.undefined("The change is in the dimension this metric measures, so it cannot leak.")
    if standardised.value is None:
        return Estimate.undefined(standardised.reason)
    if not own or max(own) == 0:
        return Estimate.undefined(
            "No metric of the changed dimension answered, so there is nothing to compare with."
        )
    return Estimate.point(abs(standardised.value) / max(own), standardised.n, "leakage ratio")
