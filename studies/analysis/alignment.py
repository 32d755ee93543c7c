"""Does a metric agree with people? Everything for any number of metrics, baselines and judges on one dimension."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from studies.analysis.auc import auc_of_draws
from studies.analysis.davidson import fit, unbounded
from studies.analysis.estimate import Estimate
from studies.analysis.humans import HumanRuler, human_ruler, one_rater_for_majority, two_afc_features
from studies.analysis.metric_row import NO_PREFERENCE, MetricAlignment, metric_alignment
from studies.analysis.multiplicity import holm
from studies.analysis.patterns import patterns
from studies.analysis.preference import Kernel, draw_clusters, kernel_value, preference_kernel
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
    kernels: dict[tuple[str, bytes], Kernel] = {}

    def kernel(label: str, both: NDArray[np.bool_]) -> Kernel:
        key = (label, both.tobytes())
        if key not in kernels:
            kernels[key] = preference_kernel(np.where(both, deltas[label], np.nan), votes)
        return kernels[key]

    rows = []
    for index, (first, second) in enumerate(combinations(deltas, 2)):
        both = ~np.isnan(deltas[first] + deltas[second])
        one, two = kernel(first, both), kernel(second, both)
        n = int((votes.plus + votes.minus)[both].sum())
        rows.append((first, second, *_paired(one, two, drawn, n, permutations, [seed, 3, index])))
    corrected = holm([row[3] for row in rows])
    return tuple(PairedDifference(*row, holm_p) for row, holm_p in zip(rows, corrected, strict=True))


def _paired(
    one: Kernel, two: Kernel, drawn: NDArray[np.int64], n: int, permutations: int, seed: list[int]
) -> tuple[Estimate, float | None]:
    value = kernel_value(one) - kernel_value(two)
    method = f"paired difference of AUC; bootstrap over animations, {len(drawn)} replicates"
    if not np.isfinite(value):
        return Estimate.undefined(NO_PREFERENCE, n, method), None
    present = (one[1] + one[2]) > 0
    if present.sum() < 2 or not len(drawn):
        return Estimate(
            value, n=n, method=method, reason="There is one animation, which cannot be resampled."
        ), None
    estimate = Draws(auc_of_draws(one, drawn) - auc_of_draws(two, drawn), method).estimate(value, n)
    # Each animation's share in the difference, to first order; exchanging the metrics there turns its sign.
    # An AUC is a mean over pairs, so a share is row plus column, less the mean that both would count.
    plus, minus = one[1].sum(), one[2].sum()
    net = one[0] - two[0]
    share = (net.sum(0) + net.sum(1)) / (plus * minus) - value * (one[1] + one[2]) / (plus + minus)
    share = share[present]
    rng = np.random.default_rng(seed)
    flipped = (rng.integers(0, 2, (permutations, len(share)), dtype=np.int8) * 2 - 1) @ share
    extreme = int((np.abs(flipped) >= abs(value) - 1e-12).sum())
    return estimate, (extreme + 1) / (permutations + 1)


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
