"""One metric against people on one dimension: every number of its row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from studies.analysis.accuracy import CONSTANT, TieAccuracy, tie_accuracy
from studies.analysis.auc import clustered_auc, exchanged, roc_curve
from studies.analysis.estimate import Estimate
from studies.analysis.features import ratio
from studies.analysis.humans import HumanRuler
from studies.analysis.preference import auc_estimate, preference_auc
from studies.analysis.rankcorr import kendall, spearman
from studies.analysis.resampling import SHARE, group_sums, jackknife_t
from studies.analysis.scores import JudgeVerdicts, Predictor, system_means
from studies.analysis.table import RatingTable
from studies.analysis.targets import Target

Floats = NDArray[np.float64]

_NO_SCORES = "No rated comparison has a score from both reconstructions."
NO_PREFERENCE = "No scored comparison has a preference to predict."


@dataclass(frozen=True)
class SystemLevel:
    """Mean score per system against its Davidson strength; a handful of points, so no intervals."""

    points: tuple[tuple[str, float, float], ...]
    pearson: Estimate
    spearman: Estimate
    kendall: Estimate


@dataclass(frozen=True)
class SizeBin:
    """Preferences among comparisons whose |Δ| lies in [low, high]; agreement: the share the metric calls right."""

    low: float
    high: float
    units: int
    agreement: Estimate


@dataclass(frozen=True)
class MetricAlignment:
    """One metric against people. All AUCs also count each comparison with A and B exchanged, but ``auc_given``.

    scored, units      comparisons with a difference, of all rated ones
    different_similar  AUC of |Δ| for telling preferences from ties (Krasula et al. 2016)
    correct            share of preferences whose side the metric picks (Δ = 0 counts half)
    two_afc            mean share of preferences on the side the metric picks
    worth              how many other raters the AUC is worth (rating level only), with a sentence
    roc                (false positive rate, true positive rate) points of the exchanged curve
    """

    label: str
    name: str
    version: str
    targets: str | None
    kind: str
    scored: int
    units: int
    auc: Estimate
    auc_given: Estimate
    different_similar: Estimate
    correct: Estimate
    tie_accuracy: TieAccuracy
    two_afc: Estimate
    kendall: Estimate
    spearman: Estimate
    systems: SystemLevel
    worth: float | None
    worth_sentence: str
    flip_rate: Estimate | None
    by_size: tuple[SizeBin, ...]
    roc: tuple[tuple[float, float], ...]


def metric_alignment(
    label: str,
    predictor: Predictor,
    delta: Floats,
    table: RatingTable,
    votes: Target,
    drawn: NDArray[np.int64],
    ruler: HumanRuler,
    strengths: Floats,
    seed: int,
) -> MetricAlignment:
    scored = ~np.isnan(delta)
    preferring = scored & (votes.plus + votes.minus > 0)
    reason = _NO_SCORES if not scored.any() else NO_PREFERENCE
    if scored.any() and not delta[scored].any():
        # A metric that never prefers has no side to be right about: half of all would look like skill.
        preferring, reason = np.zeros_like(preferring), CONSTANT
    n = int((votes.plus + votes.minus)[preferring].sum())

    def area(mirrored: bool, method: str) -> Estimate:
        known = np.where(preferring, delta, np.nan)
        return auc_estimate(preference_auc(known, votes, mirrored), drawn, n, method, reason)

    x, plus, minus, cluster = (
        delta[preferring],
        votes.plus[preferring],
        votes.minus[preferring],
        votes.cluster[preferring],
    )
    found = area(True, f"AUC of Δ for {votes.plural} that prefer a side, A and B also exchanged")
    worth, sentence = (
        ruler.worth(found.value)
        if votes.level == "rating"
        else (None, "The ruler of raters belongs to single ratings, not to majorities.")
    )
    false, true = roc_curve(*exchanged(x, plus, minus)) if found.defined else (np.zeros(0), np.zeros(0))
    some = np.unique(np.linspace(0, max(len(false) - 1, 0), min(len(false), 201)).astype(int))
    net = table.counts[:, 2] - table.counts[:, 0]
    return MetricAlignment(
        label=label,
        name=predictor.name,
        version=predictor.version,
        targets=predictor.dimension,
        kind=predictor.kind,
        scored=int(scored.sum()),
        units=table.n_units,
        auc=found,
        auc_given=area(False, f"AUC of Δ for {votes.plural} that prefer a side, A the alphabetically first"),
        different_similar=_different_similar(delta, votes, drawn),
        correct=_share(
            _picked(x, plus, minus),
            plus + minus,
            cluster,
            votes.clusters,
            n,
            "preferences called right",
            reason,
        ),
        tie_accuracy=tie_accuracy(delta, votes, seed=seed),
        two_afc=_share(
            _picked(x, plus, minus) / np.maximum(plus + minus, 1),
            np.ones(len(x)),
            cluster,
            votes.clusters,
            len(x),
            "2AFC, mean over comparisons",
            reason,
        ),
        kendall=kendall(delta[scored], net[scored].astype(float), votes.cluster[scored], votes.clusters),
        spearman=spearman(delta[scored], net[scored].astype(float), votes.cluster[scored], votes.clusters),
        systems=_system_level(predictor, table, strengths),
        worth=worth,
        worth_sentence=sentence,
        flip_rate=predictor.flip_rate(table) if isinstance(predictor, JudgeVerdicts) else None,
        by_size=_by_size(x, plus, minus, cluster, votes.clusters),
        roc=tuple((float(false[i]), float(true[i])) for i in some),
    )


def _picked(x: Floats, plus: Floats, minus: Floats) -> Floats:
    """(n,) preferences on the side the metric picks; a metric that picks none gets half of them."""
    return np.where(x > 0, plus, np.where(x < 0, minus, (plus + minus) / 2))


def _share(
    hits: Floats,
    trials: Floats,
    cluster: NDArray[np.integer],
    clusters: int,
    n: int,
    method: str,
    reason: str,
) -> Estimate:
    present = np.bincount(cluster, minlength=clusters) > 0
    sums = group_sums(np.column_stack([hits, trials]), cluster, clusters)[present]
    found = (
        jackknife_t(sums, ratio, n, "animations", bounds=SHARE)
        if n
        else Estimate.undefined(reason, 0, method)
    )
    return (
        found.named(f"{method}; {found.method}") if found.defined else Estimate.undefined(reason, n, method)
    )


def _different_similar(delta: Floats, votes: Target, drawn: NDArray[np.int64]) -> Estimate:
    method = f"AUC of |Δ| for telling {votes.plural} that prefer a side from those that say equal"
    used = ~np.isnan(delta) & (votes.weight > 0)
    different, similar = (votes.plus + votes.minus)[used], votes.tie[used]
    n = int(votes.weight[used].sum())
    if not similar.sum() or not different.sum():
        missing = "says equal" if different.sum() else "prefers a side"
        return Estimate.undefined(
            f"No {votes.level} of a scored comparison {missing}, so the two cannot be told apart.", n, method
        )
    if np.ptp(np.abs(delta[used])) == 0:
        return Estimate.undefined("The metric gives every comparison the same |Δ|.", n, method)
    found = clustered_auc(np.abs(delta[used]), different, similar, votes.cluster[used], votes.clusters)
    return auc_estimate(found, drawn, n, method, NO_PREFERENCE)


def _system_level(predictor: Predictor, table: RatingTable, strengths: Floats) -> SystemLevel:
    means = system_means(predictor, table)
    known = np.isfinite(means) & np.isfinite(strengths)
    x, y = means[known], strengths[known]
    points = tuple(
        (table.system_labels[code], float(means[code]), float(strengths[code]))
        for code in np.flatnonzero(known)
    )
    n = len(points)
    if n < 3:
        none = Estimate.undefined(
            f"{n} systems have both a score and a strength; three or more are needed.", n
        )
        return SystemLevel(points, none, none, none)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        none = Estimate.undefined("All systems have the same score or strength.", n)
        return SystemLevel(points, none, none, none)
    over = f"over {n} systems"
    return SystemLevel(
        points,
        Estimate.point(float(stats.pearsonr(x, y).statistic), n, f"Pearson {over}"),
        Estimate.point(float(stats.spearmanr(x, y).statistic), n, f"Spearman {over}"),
        Estimate.point(float(stats.kendalltau(x, y).statistic), n, f"Kendall τ-b {over}"),
    )


def _by_size(
    x: Floats, plus: Floats, minus: Floats, cluster: NDArray[np.integer], clusters: int, bins: int = 5
) -> tuple[SizeBin, ...]:
    """Agreement in equal-count bins of |Δ|, fewer where differences coincide."""
    if not len(x):
        return ()
    size = np.abs(x)
    edges = np.unique(np.quantile(size, np.linspace(0, 1, bins + 1)))
    which = np.clip(np.searchsorted(edges, size, "right") - 1, 0, max(len(edges) - 2, 0))
    rows = []
    for b in range(max(len(edges) - 1, 1)):
        here = which == b
        if here.any():
            n = int((plus + minus)[here].sum())
            hits = _picked(x[here], plus[here], minus[here])
            agreed = _share(
                hits,
                (plus + minus)[here],
                cluster[here],
                clusters,
                n,
                "preferences called right",
                NO_PREFERENCE,
            )
            rows.append(SizeBin(float(size[here].min()), float(size[here].max()), int(here.sum()), agreed))
    return tuple(rows)
