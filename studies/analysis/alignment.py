"""Does a metric agree with people? Everything for any number of metrics, baselines and judges on one dimension."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from studies.analysis.auc import ClusteredAuc
from studies.analysis.davidson import fit, unbounded
from studies.analysis.estimate import Estimate
from studies.analysis.humans import HumanRuler, human_ruler, one_rater_for_majority, two_afc_features
from studies.analysis.metric_row import NO_PREFERENCE, MetricAlignment, metric_alignment
from studies.analysis.multiplicity import holm
from studies.analysis.patterns import patterns
from studies.analysis.preference import draw_clusters, preference_auc
from studies.analysis.ranking import pair_counts
from studies.analysis.resampling import Draws
from studies.analysis.scores import Predictor, by_name
from studies.analysis.table import RatingTable
from studies.analysis.targets import Level, Target, target

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PairedDifference:
    """AUC of the first minus AUC of the second on the comparisons both score.

    p      sign-flip permutation over animations; p_holm: Holm's correction across all pairs of this analysis
    """

    first: str
    second: str
    difference: Estimate
    p: float | None
    p_holm: float | None


@dataclass(frozen=True)
class Alignment:
    """Metrics against people on one dimension, at one level.

    reference   the human AUC of this level: the ceiling at rating level, one rater at majority level
    human_2afc  unbiased 2AFC of one human against the rest
    ruler       AUC of 1, 2, 3 and all other raters at rating level
    """

    dimension: str
    level: Level
    metrics: tuple[MetricAlignment, ...]
    differences: tuple[PairedDifference, ...]
    ruler: HumanRuler
    reference: Estimate
    human_2afc: Estimate
    replicates: int
    seed: int

    def metric(self, label: str) -> MetricAlignment:
        return next(row for row in self.metrics if row.label == label)


def align(
    table: RatingTable,
    predictors: Sequence[Predictor],
    *,
    level: Level = "rating",
    replicates: int = 1000,
    permutations: int = 10_000,
    seed: int = 0,
) -> Alignment:
    """Compare predictors with the ratings of ``table``, at the level of single ratings or of majorities.

    Intervals come from ``replicates`` bootstrap draws over animations (AUCs) or a jackknife over them (the
    rest); p-values from ``permutations`` sign flips. ``seed`` decides every draw.
    """
    named = by_name(predictors)
    votes = target(table, level)
    p = patterns(table)
    ruler = human_ruler(table)
    drawn = draw_clusters(votes.clusters, replicates, seed)
    deltas = {label: predictor.delta(table) for label, predictor in named.items()}
    whole = pair_counts(table, np.zeros(table.n_units, np.int64), 1)
    summed = replace(whole, counts=whole.counts[0])
    strengths = np.where(unbounded(summed), np.nan, fit(summed)[0]) if len(table) else np.zeros(0)
    metrics = tuple(
        metric_alignment(label, predictor, deltas[label], table, votes, drawn, ruler, strengths, seed)
        for label, predictor in named.items()
    )
    afc = two_afc_features(p.counts) * p.weight[:, None]
    value, n = (float(x) for x in afc.sum(0))
    return Alignment(
        table.dimension,
        level,
        metrics,
        compare(deltas, votes, drawn, permutations, seed),
        ruler,
        ruler.ceiling if level == "rating" else one_rater_for_majority(p),
        Estimate.point(
            value / n if n else float("nan"), int(n), "unbiased 2AFC", "No comparison has two preferences."
        ),
        replicates,
        seed,
    )


def compare(
    deltas: dict[str, Floats], votes: Target, drawn: NDArray[np.int64], permutations: int, seed: int
) -> tuple[PairedDifference, ...]:
    """Every two predictors on the comparisons both score, with Holm's correction across all pairs."""
    areas: dict[tuple[str, bytes], ClusteredAuc] = {}

    def area(label: str, both: NDArray[np.bool_]) -> ClusteredAuc:
        key = (label, both.tobytes())
        if key not in areas:
            areas[key] = preference_auc(np.where(both, deltas[label], np.nan), votes)
        return areas[key]

    found, shares = [], []
    for first, second in combinations(deltas, 2):
        both = ~np.isnan(deltas[first] + deltas[second])
        n = int((votes.plus + votes.minus)[both].sum())
        estimate, share = _paired(area(first, both), area(second, both), drawn, n)
        found.append((first, second, estimate))
        shares.append(share)
    p = sign_flip_p(shares, permutations, seed)
    return tuple(PairedDifference(*row, one, all_) for row, one, all_ in zip(found, p, holm(p), strict=True))


def _paired(
    one: ClusteredAuc, two: ClusteredAuc, drawn: NDArray[np.int64], n: int
) -> tuple[Estimate, Floats | None]:
    """The difference, and each animation's share in it for the permutation test (None: cannot be tested)."""
    value = one.value - two.value
    method = f"paired difference of AUC; {one.method} over animations, {len(drawn)} replicates"
    if not np.isfinite(value):
        return Estimate.undefined(NO_PREFERENCE, n, method), None
    if (one.weight > 0).sum() < 2 or not len(drawn):
        reason = "There is one animation, which cannot be resampled."
        return Estimate(value, n=n, method=method, reason=reason), None
    # An AUC is a mean over pairs, so a share is row plus column, less the mean that both would count.
    share = (one.share - two.share) / one.pairs - value * one.weight / one.weight.sum()
    return Draws(one.draws(drawn) - two.draws(drawn), method).estimate(value, n), share


def sign_flip_p(shares: Sequence[Floats | None], permutations: int, seed: int) -> tuple[float | None, ...]:
    """p-values of differences that are sums of (G,) shares, None staying None.

    Under the hypothesis that two metrics are exchangeable, exchanging them on one animation turns the sign of
    its share; p = (extreme + 1)/(permutations + 1), two-sided, the same sign flips for every difference.
    """
    made = [share for share in shares if share is not None]
    if not made:
        return tuple(None for _ in shares)
    matrix = np.column_stack(made)
    limit = np.abs(matrix.sum(0)) - 1e-12
    rng = np.random.default_rng([seed, 3])
    extreme = np.zeros(len(made), np.int64)
    for start in range(0, permutations, 500):
        size = min(500, permutations - start)
        flips = rng.integers(0, 2, (size, len(matrix)), dtype=np.int8) * 2.0 - 1.0
        extreme += (np.abs(flips @ matrix) >= limit).sum(0)
    values = iter((extreme + 1) / (permutations + 1))
    return tuple(None if share is None else float(next(values)) for share in shares)


def ruler_marks(alignment: Alignment) -> tuple[tuple[str, str, Estimate], ...]:
    """Everything on one axis, lowest AUC first: (label, kind, AUC); humans are kind "raters" and "ceiling"."""
    marks = [(row.label, row.kind, row.auc) for row in alignment.metrics]
    if alignment.level == "rating":
        marks += [
            (f"{k} other rater{'s' if k > 1 else ''}", "raters", tick)
            for k, tick in alignment.ruler.ticks.items()
        ]
    marks.append(("ceiling" if alignment.level == "rating" else "one rater", "ceiling", alignment.reference))
    defined = [mark for mark in marks if mark[2].value is not None]
    return tuple(sorted(defined, key=lambda mark: mark[2].value or 0.0))
