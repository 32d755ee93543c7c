"""Which system is better: Davidson strengths, their clustered intervals, and who is probably on top."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studies.analysis.davidson import LIMIT, Pairs, fit, unbounded
from studies.analysis.estimate import Estimate, finite
from studies.analysis.table import RatingTable

Floats = NDArray[np.float64]
Cluster = Literal["block", "animation"]


@dataclass(frozen=True)
class SystemRank:
    """One system. strength: centred log-strength; wins, ties and losses over all its ratings."""

    system: str
    strength: Estimate
    p_top: float | None
    expected_rank: float | None
    wins: int
    ties: int
    losses: int


@dataclass(frozen=True)
class PairRecord:
    """One pair's answers and the chance the model gives the first of winning a decided rating."""

    first: str
    second: str
    wins: int
    ties: int
    losses: int
    p_first: float | None


@dataclass(frozen=True)
class Ranking:
    """Systems from strongest to weakest (undefined ones last).

    cyclic_systems    triples that beat each other in a circle by majority of all ratings
    cyclic_triads, complete_triads   the same counted within animations, by each comparison's net vote
    """

    dimension: str
    systems: tuple[SystemRank, ...]
    pairs: tuple[PairRecord, ...]
    tie_parameter: Estimate
    cyclic_systems: tuple[tuple[str, str, str], ...]
    cyclic_triads: int
    complete_triads: int
    replicates: int
    seed: int


def pair_counts(table: RatingTable, cluster: NDArray[np.integer], clusters: int) -> Pairs:
    """Answers summed by cluster and pair of systems: counts (clusters, P, 3)."""
    size = len(table.system_labels)
    key = table.unit_system_a.astype(np.int64) * size + table.unit_system_b
    found, pair = np.unique(key, return_inverse=True)
    flat = (cluster.astype(np.int64) * len(found) + pair)[:, None] * 3 + np.arange(3)
    counts = np.bincount(flat.ravel(), table.counts.ravel(), clusters * len(found) * 3)
    return Pairs(
        found // max(size, 1), found % max(size, 1), counts.reshape(clusters, -1, 3).astype(float), size
    )


def rank_systems(
    table: RatingTable,
    *,
    cluster: Cluster = "block",
    replicates: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> Ranking:
    """Rank the systems of one dimension; intervals and P(top) from a bootstrap over blocks or animations."""
    group = table.unit_group if cluster == "block" else table.unit_animation
    groups = int(group.max(initial=-1)) + 1
    by_group = pair_counts(table, group, groups)
    whole = Pairs(by_group.first, by_group.second, by_group.counts.sum(0), by_group.systems)
    labels = table.system_labels
    strengths, nu = fit(whole)
    loose = unbounded(whole) if labels else np.zeros(0, bool)
    drawn, drawn_nu = _resample(by_group, groups, replicates, seed)
    n, method = len(table), f"Davidson, bootstrap over {groups} {cluster}s, {replicates} replicates"
    rows = []
    for code, label in enumerate(labels):
        wins, ties, losses = _record(whole, code)
        estimate = _strength(
            label, strengths[code], bool(loose[code]), drawn[:, code], n, method, level, loose, labels
        )
        known = len(drawn) > 0 and not loose.any()
        rows.append(
            SystemRank(
                label,
                estimate,
                float((drawn.argmax(1) == code).mean()) if known else None,
                float(((drawn > drawn[:, [code]]).sum(1) + 1).mean()) if known else None,
                wins,
                ties,
                losses,
            )
        )
    rows.sort(key=lambda row: (row.strength.value is None, -(row.strength.value or 0.0)))
    pairs = tuple(_pair_record(whole, p, labels, strengths) for p in range(len(whole.first)))
    cyclic, complete = _triads_within_animations(table)
    return Ranking(
        table.dimension,
        tuple(rows),
        pairs,
        _tie_parameter(float(nu), whole, drawn_nu, n, method, level),
        _cyclic_systems(whole, labels),
        cyclic,
        complete,
        replicates,
        seed,
    )


def _resample(by_group: Pairs, groups: int, replicates: int, seed: int) -> tuple[Floats, Floats]:
    if groups < 2:
        return np.zeros((0, by_group.systems)), np.zeros(0)
    weights = np.random.default_rng(seed).multinomial(groups, np.full(groups, 1 / groups), size=replicates)
    counts = np.tensordot(weights.astype(float), by_group.counts, axes=1)
    strengths, nu = fit(Pairs(by_group.first, by_group.second, counts, by_group.systems), tolerance=1e-6)
    return strengths, nu


def _strength(
    label: str,
    value: float,
    loose: bool,
    drawn: Floats,
    n: int,
    method: str,
    level: float,
    all_loose: NDArray[np.bool_],
    labels: tuple[str, ...],
) -> Estimate:
    if loose or finite(value) is None:
        reason = f"{label} always won, always lost or was never compared with the rest, so its strength has no bound."
        return Estimate.undefined(
            reason if loose else "Every rating says equal, so no strength differs.", n, method
        )
    if all_loose.any():
        others = ", ".join(name for name, is_loose in zip(labels, all_loose, strict=True) if is_loose)
        return Estimate.undefined(
            f"The strength of {others} has no bound, so the scale has no centre.", n, method
        )
    usable = drawn[np.isfinite(drawn)]
    if len(usable) < 2:
        return Estimate(float(value), n=n, method=method, reason="One cluster alone cannot be resampled.")
    low, high = np.quantile(usable, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(
        float(value), float(low), float(high), n, method, se=float(usable.std(ddof=1)), level=level
    )


def _tie_parameter(value: float, whole: Pairs, drawn: Floats, n: int, method: str, level: float) -> Estimate:
    if finite(value) is None:
        return Estimate.undefined("No rating prefers a system, so ν cannot be found.", n, method)
    if not whole.counts[:, 1].any():
        return Estimate.undefined("No rating says equal, so the data say only that ν is small.", n, method)
    usable = drawn[np.isfinite(drawn)]
    if len(usable) < 2:
        return Estimate(value, n=n, method=method, reason="One cluster alone cannot be resampled.")
    low, high = np.quantile(usable, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(low), float(high), n, method, se=float(usable.std(ddof=1)), level=level)


def _record(whole: Pairs, code: int) -> tuple[int, int, int]:
    first, second = whole.counts[whole.first == code], whole.counts[whole.second == code]
    wins = first[:, 2].sum() + second[:, 0].sum()
    losses = first[:, 0].sum() + second[:, 2].sum()
    return int(wins), int(first[:, 1].sum() + second[:, 1].sum()), int(losses)


def _pair_record(whole: Pairs, p: int, labels: tuple[str, ...], strengths: Floats) -> PairRecord:
    first, second = int(whole.first[p]), int(whole.second[p])
    losses, ties, wins = (int(x) for x in whole.counts[p])
    difference = strengths[first] - strengths[second]
    settled = np.isfinite(difference) and abs(difference) < LIMIT
    chance = float(1 / (1 + np.exp(-difference))) if settled else None
    return PairRecord(labels[first], labels[second], wins, ties, losses, chance)


def _cyclic_systems(whole: Pairs, labels: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    net = np.zeros((len(labels), len(labels)))
    net[whole.first, whole.second] = whole.counts[:, 2] - whole.counts[:, 0]
    net -= net.T
    return tuple(
        (labels[i], labels[j], labels[k])
        for i, j, k in combinations(range(len(labels)), 3)
        if net[i, j] * net[j, k] > 0 and net[j, k] * net[k, i] > 0
    )


def _triads_within_animations(table: RatingTable) -> tuple[int, int]:
    """(cyclic, complete) triples of systems whose three comparisons on one animation all have a winner."""
    net = np.sign(table.counts[:, 2] - table.counts[:, 0])
    votes: dict[int, dict[tuple[int, int], int]] = {}
    for animation, a, b, sign in zip(
        table.unit_animation, table.unit_system_a, table.unit_system_b, net, strict=True
    ):
        if sign:
            votes.setdefault(int(animation), {})[int(a), int(b)] = int(sign)
    cyclic = complete = 0
    for beats in votes.values():
        systems = sorted({code for pair in beats for code in pair})
        for i, j, k in combinations(systems, 3):
            if (i, j) in beats and (j, k) in beats and (i, k) in beats:
                complete += 1
                cyclic += beats[i, j] == beats[j, k] == -beats[i, k]
    return cyclic, complete
