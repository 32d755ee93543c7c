"""Is each metric about what it claims: its own dimension, and not the other one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studies.analysis.auc import ClusteredAuc
from studies.analysis.estimate import Estimate
from studies.analysis.features import ratio
from studies.analysis.preference import auc_estimate, draw_clusters, preference_auc
from studies.analysis.resampling import SHARE, Draws, group_sums, jackknife_t
from studies.analysis.scores import Predictor, by_name
from studies.analysis.table import RatingTable, TableError, shared_rows
from studies.analysis.targets import Target, target

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Leaning:
    """AUC on the metric's own dimension minus AUC on another, from the same animations."""

    label: str
    own: str
    other: str
    difference: Estimate


@dataclass(frozen=True)
class Disentanglement:
    """auc: (metric, dimension) → AUC for single ratings, A and B also exchanged.

    leanings  own dimension minus each other one, for metrics that claim one of the dimensions
    overall   mean diagonal minus mean off-diagonal over those metrics and the dimensions they claim
    """

    labels: tuple[str, ...]
    dimensions: tuple[str, ...]
    auc: Mapping[tuple[str, str], Estimate]
    leanings: tuple[Leaning, ...]
    overall: Estimate
    replicates: int
    seed: int


def disentangle(
    tables: Mapping[str, RatingTable],
    predictors: Sequence[Predictor],
    *,
    replicates: int = 1000,
    seed: int = 0,
) -> Disentanglement:
    """The metric × dimension matrix; one bootstrap over animations serves every cell: differences are paired."""
    named = by_name(predictors)
    clusters, codes = common_animations(tables.values())
    drawn = draw_clusters(clusters, replicates, seed)
    areas: dict[tuple[str, str], ClusteredAuc] = {}
    auc: dict[tuple[str, str], Estimate] = {}
    for dimension, table in tables.items():
        votes = replace(target(table), cluster=codes[dimension][table.unit_animation], clusters=clusters)
        for label, predictor in named.items():
            delta = predictor.delta(table)
            area = preference_auc(delta if np.nan_to_num(delta).any() else np.full_like(delta, np.nan), votes)
            areas[label, dimension] = area
            reason = "The metric has no scores here, or the same for every reconstruction."
            n = int(area.weight.sum()) // 2
            auc[label, dimension] = auc_estimate(area, drawn, n, "AUC of Δ for single ratings", reason)
    claimed = {label: p.dimension for label, p in named.items() if p.dimension in tables}
    targets = tuple(dict.fromkeys(d for d in claimed.values() if d is not None))
    leanings = [
        Leaning(label, own, other, _combine({own: 1.0, other: -1.0}, label, areas, drawn))
        for label, own in claimed.items()
        if own is not None
        for other in tables
        if other != own
    ]
    return Disentanglement(
        tuple(named),
        tuple(tables),
        auc,
        tuple(leanings),
        _diagonal(claimed, targets, areas, drawn),
        replicates,
        seed,
    )


def common_animations(tables: Iterable[RatingTable]) -> tuple[int, dict[str, Codes]]:
    """One code per animation across tables: how many, and for each dimension its table's codes in them."""
    listed = list(tables)
    every = {
        label: code for code, label in enumerate(sorted({x for t in listed for x in t.animation_labels}))
    }
    return len(every), {
        t.dimension: np.array([every[label] for label in t.animation_labels], np.int32) for t in listed
    }


def _combine(
    weights: Mapping[str, float],
    label: str,
    areas: Mapping[tuple[str, str], ClusteredAuc],
    drawn: NDArray[np.int64],
) -> Estimate:
    method = "paired difference of AUC; bootstrap over animations"
    value = sum(w * areas[label, d].value for d, w in weights.items())
    if not np.isfinite(value):
        return Estimate.undefined("One of the two AUCs is undefined.", 0, method)
    if not len(drawn):
        return Estimate(value, method=method, reason="There is one animation, which cannot be resampled.")
    draws = sum((w * areas[label, d].draws(drawn) for d, w in weights.items()), np.zeros(len(drawn)))
    return Draws(draws, f"{method}, {len(drawn)} replicates").estimate(value, len(drawn[0]))


def _diagonal(
    claimed: Mapping[str, str | None],
    targets: tuple[str, ...],
    areas: Mapping[tuple[str, str], ClusteredAuc],
    drawn: NDArray[np.int64],
) -> Estimate:
    method = "mean AUC on own dimension minus mean AUC on the others' dimensions; bootstrap over animations"
    if len(targets) < 2:
        return Estimate.undefined("Metrics that claim two dimensions or more are needed.", 0, method)
    diagonal = [areas[label, own] for label, own in claimed.items() if own is not None]
    off = [areas[label, d] for label, own in claimed.items() for d in targets if d != own]
    value = float(np.mean([k.value for k in diagonal]) - np.mean([k.value for k in off]))
    if not np.isfinite(value):
        return Estimate.undefined("One of the AUCs is undefined.", 0, method)
    if not len(drawn):
        return Estimate(value, method=method, reason="There is one animation, which cannot be resampled.")
    draws = np.mean([k.draws(drawn) for k in diagonal], axis=0) - np.mean(
        [k.draws(drawn) for k in off], axis=0
    )
    return Draws(draws, f"{method}, {len(drawn)} replicates").estimate(value, len(drawn[0]))


@dataclass(frozen=True)
class Conflict:
    """Ratings whose answers on two dimensions point opposite ways.

    follows   third dimension → (share following ``first``, share following ``second``); equal follows neither
    auc       metric → AUC of Δ for the side that ``first`` names; above .5 the metric sides with ``first``,
              below with ``second``
    """

    first: str
    second: str
    ratings: int
    follows: Mapping[str, tuple[Estimate, Estimate]]
    auc: Mapping[str, Estimate]


def conflict_subset(
    tables: Mapping[str, RatingTable],
    predictors: Sequence[Predictor] = (),
    *,
    first: str = "appearance",
    second: str = "motion",
    replicates: int = 1000,
    seed: int = 0,
) -> Conflict:
    """What decides where one person's answers on ``first`` and ``second`` disagree. Clusters are animations."""
    for dimension in (first, second):
        if dimension not in tables:
            raise TableError(f"There is no dimension {dimension} to compare; choose two that were asked.")
    one, two = tables[first], tables[second]
    i, j = shared_rows(one, two)
    opposite = one.value[i].astype(int) * two.value[j] == -1
    i = i[opposite]
    side = one.value[i].astype(float)
    reason = f"Nobody's answers on {first} and {second} point opposite ways."
    follows = {
        name: _follows(one, i, table, reason) for name, table in tables.items() if name not in (first, second)
    }
    clusters = len(one.animation_labels)
    drawn = draw_clusters(clusters, replicates, seed)
    plus, minus = (np.bincount(one.unit[i], side == s, one.n_units).astype(float) for s in (1, -1))
    votes = Target("rating", plus, np.zeros(one.n_units), minus, one.unit_animation, clusters)
    auc = {}
    for label, predictor in by_name(predictors).items():
        delta = predictor.delta(one)
        area = preference_auc(delta, votes)
        n = int((plus + minus)[~np.isnan(delta)].sum())
        method = f"AUC of Δ for the side {first} names"
        auc[label] = auc_estimate(area, drawn, n, method, reason if not len(i) else "No scores here.")
    return Conflict(first, second, len(i), follows, auc)


def _follows(
    one: RatingTable, rows: NDArray[np.intp], third: RatingTable, reason: str
) -> tuple[Estimate, Estimate]:
    subset = one.keep(rows) if len(rows) else None
    if subset is None:
        return Estimate.undefined(reason), Estimate.undefined(reason)
    i, j = shared_rows(subset, third)
    clusters = len(subset.animation_labels)
    estimates = []
    for sign in (1, -1):
        agrees = third.value[j] == sign * subset.value[i]
        sums = group_sums(np.column_stack([agrees, np.ones(len(i))]), subset.animation[i], clusters)
        found = jackknife_t(sums[sums[:, 1] > 0], ratio, len(i), "animations", bounds=SHARE)
        estimates.append(found if found.defined else Estimate.undefined(reason, len(i)))
    return estimates[0], estimates[1]
