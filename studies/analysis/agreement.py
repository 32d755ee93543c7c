"""Do people agree? One call that answers for one dimension, with how sure we are.

The headline is swap-invariant ordinal α with a jackknife-t interval over blocks (why: docs/statistics.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from studies.analysis.codings import CODINGS, HEADLINE, Coding, CoinFlip, coin_flip_design
from studies.analysis.estimate import Estimate, finite
from studies.analysis.features import ac1_features, ac1_of_sums, describe_units, occupancy, ratio
from studies.analysis.humans import (
    HumanRuler,
    ceiling_as_shown,
    human_ruler,
    leave_one_out_features,
    two_afc_features,
)
from studies.analysis.parts import NO_PAIRS, ONE_ANSWER, PartRow, per_block, per_pair
from studies.analysis.patterns import Patterns, alike, patterns
from studies.analysis.resampling import COEFFICIENT, SHARE, Draws, OfSums, bootstrap, exceedance, jackknife_t
from studies.analysis.table import RatingTable

Floats = NDArray[np.float64]
Interval = Literal["block jackknife-t", "unit bootstrap", "animation bootstrap"]
THRESHOLDS = (0.667, 0.8)


@dataclass(frozen=True)
class CodingRow:
    """α under one coding, beside what the same coding gives raters who toss coins on the same design."""

    key: str
    label: str
    estimate: Estimate
    coin_flip: CoinFlip


@dataclass(frozen=True)
class Agreement:
    """How far raters agree on one dimension; every Estimate's ``n`` counts units unless its method says more.

    headline       swap-invariant ordinal α with the chosen interval; ``intervals`` has all three kinds
    at_least       threshold → P(α ≥ threshold) under the chosen interval's distribution, or None
    codings        α under every coding
    ac1, ac1_shown Gwet's AC1, agreement averaged over units; category shares swap-invariant, or as shown
    ruler          AUC of 1, 2, 3 and all other raters (the human ceiling)
    """

    dimension: str
    ratings: int
    units: int
    raters: int
    blocks: int
    animations: int
    raters_per_unit: dict[int, int]
    headline: Estimate
    intervals: dict[str, Estimate]
    at_least: dict[float, float | None]
    codings: tuple[CodingRow, ...]
    ac1: Estimate
    ac1_shown: Estimate
    raw_agreement: Estimate
    tie_rate: Estimate
    unanimous: Estimate
    strict_majority: Estimate
    leave_one_out: Estimate
    two_afc: Estimate
    ruler: HumanRuler
    ceiling: Estimate
    ceiling_shown: Estimate
    per_block: tuple[PartRow, ...]
    per_pair: tuple[PartRow, ...]
    interval: str
    replicates: int
    seed: int
    notes: tuple[str, ...]

    def coding(self, key: str) -> CodingRow:
        return next(row for row in self.codings if row.key == key)


def agreement(
    table: RatingTable,
    *,
    interval: Interval = "block jackknife-t",
    replicates: int = 10_000,
    coin_flips: int = 400,
    seed: int = 0,
    level: float = 0.95,
) -> Agreement:
    """The full agreement analysis of one dimension.

    interval    which interval the headline wears; the bootstraps are narrower than the truth when raters or
                blocks differ, and are offered for comparison
    replicates  of the bootstraps; coin_flips: simulated chance studies; seed: of both, recorded in the result
    """
    rng = np.random.default_rng(seed)
    plain = patterns(table)
    full = patterns(table, pairs=True, sides=True)
    group = table.unit_group
    groups = int(group.max(initial=-1)) + 1
    by_group = occupancy(group, plain.index, len(plain.weight))
    by_group_full = occupancy(group, full.index, len(full.weight))
    units = int((plain.weight * (plain.ratings >= 2)).sum())

    def over_blocks(features: Floats, f: OfSums, n: int = units, reason: str = NO_PAIRS) -> Estimate:
        bounds = SHARE if f is ratio else COEFFICIENT
        found = jackknife_t(by_group @ features, f, n, level=level, bounds=bounds)
        return found if found.defined else Estimate.undefined(reason, n, found.method)

    intervals, at_least = _headline(table, plain, by_group, units, interval, replicates, rng, level)
    described = describe_units(plain.counts)
    shown_known = table.unit_orientation is not None
    shares_shown = np.where(full.sign[:, None] > 0, full.counts, full.counts[:, ::-1])
    if shown_known:
        shown = jackknife_t(by_group_full @ ac1_features(shares_shown), ac1_of_sums, units, level=level)
        ac1_shown = shown if shown.defined else Estimate.undefined(NO_PAIRS, units)
    else:
        ac1_shown = Estimate.undefined(_no_orientation(table), units)
    ruler = human_ruler(table)
    return Agreement(
        dimension=table.dimension,
        ratings=len(table),
        units=table.n_units,
        raters=len(table.rater_labels),
        blocks=len(table.block_labels),
        animations=len(table.animation_labels),
        raters_per_unit={
            int(m): int(plain.weight[plain.ratings == m].sum()) for m in np.unique(plain.ratings)
        },
        headline=intervals[interval],
        intervals=intervals,
        at_least=at_least,
        codings=_codings(table, full, by_group_full, coin_flips, seed, level),
        ac1=over_blocks(ac1_features(plain.counts), lambda sums: ac1_of_sums(sums, symmetric=True)),
        ac1_shown=ac1_shown,
        raw_agreement=over_blocks(described[:, [0, 4]], ratio),
        tie_rate=over_blocks(described[:, [1, 5]], ratio, len(table), "There are no ratings."),
        unanimous=over_blocks(described[:, [2, 4]], ratio),
        strict_majority=over_blocks(described[:, [3, 4]], ratio),
        leave_one_out=over_blocks(leave_one_out_features(plain.counts), ratio),
        two_afc=over_blocks(
            two_afc_features(plain.counts),
            ratio,
            reason="No comparison has two preferences, so none predicts another.",
        ),
        ruler=ruler,
        ceiling=ruler.ceiling,
        ceiling_shown=ceiling_as_shown(table),
        per_block=per_block(table, full, by_group_full),
        per_pair=per_pair(table, full, by_group_full, level),
        interval=interval,
        replicates=replicates,
        seed=seed,
        notes=_notes(table, groups),
    )


def _headline(
    table: RatingTable,
    plain: Patterns,
    by_group: Floats,
    units: int,
    chosen: Interval,
    replicates: int,
    rng: np.random.Generator,
    level: float,
) -> tuple[dict[str, Estimate], dict[float, float | None]]:
    """The headline α under each kind of interval, and the chances of the thresholds under the chosen one."""
    features = HEADLINE.features(plain, len(table.system_labels))
    f = HEADLINE.of_sums
    value = float(f((by_group @ features).sum(0)))
    if not np.isfinite(value):
        missing = Estimate.undefined(_why_no_alpha(plain), units, chosen)
        kinds: tuple[Interval, ...] = ("block jackknife-t", "unit bootstrap", "animation bootstrap")
        return dict.fromkeys(kinds, missing), dict.fromkeys(THRESHOLDS)
    draws: dict[str, Draws] = {
        "unit bootstrap": bootstrap(
            features, f, replicates, rng, plain.weight, f"unit bootstrap, {table.n_units} units"
        )
    }
    animations = len(table.animation_labels)
    kinds_of_animation, alike_animations = alike(
        occupancy(table.unit_animation, plain.index, len(plain.weight))
    )
    intervals = {
        "block jackknife-t": jackknife_t(by_group @ features, f, units, level=level),
        "unit bootstrap": draws["unit bootstrap"].estimate(value, units, level),
    }
    if animations > 1:
        name = f"animation bootstrap, {animations} animations"
        draws["animation bootstrap"] = bootstrap(
            kinds_of_animation @ features, f, replicates, rng, alike_animations, name
        )
        intervals["animation bootstrap"] = draws["animation bootstrap"].estimate(value, units, level)
    else:
        reason = "There is one animation; resampling animations needs two or more."
        intervals["animation bootstrap"] = Estimate(
            value, n=units, method="animation bootstrap", reason=reason
        )
    at_least = {
        threshold: draws[chosen].probability(threshold)
        if chosen in draws
        else exceedance(intervals["block jackknife-t"], len(by_group), threshold)
        if chosen == "block jackknife-t"
        else None
        for threshold in THRESHOLDS
    }
    return intervals, at_least


def _codings(
    table: RatingTable, full: Patterns, by_group: Floats, coin_flips: int, seed: int, level: float
) -> tuple[CodingRow, ...]:
    systems = len(table.system_labels)
    tie_rate = float((table.value == 0).mean()) if len(table) else 0.0
    rng = np.random.default_rng([seed, 1])
    nothing: tuple[Patterns, Floats] = (full, np.zeros((0, 0)))
    chance, drawn = coin_flip_design(full, tie_rate, coin_flips, rng) if len(table) else nothing
    return tuple(
        _coding_row(coding, table, full, by_group, systems, chance, drawn, tie_rate, seed, level)
        for coding in CODINGS
    )


def _coding_row(
    coding: Coding,
    table: RatingTable,
    full: Patterns,
    by_group: Floats,
    systems: int,
    chance: Patterns,
    drawn: NDArray[Any],
    tie_rate: float,
    seed: int,
    level: float,
) -> CodingRow:
    if coding.needs_sides and table.unit_orientation is None:
        nothing = CoinFlip(None, None, tie_rate, 0, seed)
        return CodingRow(coding.key, coding.label, Estimate.undefined(_no_orientation(table)), nothing)
    paired = int(full.weight[coding.categories(full, systems).sum(1) >= 2].sum())
    estimate = jackknife_t(by_group @ coding.features(full, systems), coding.of_sums, paired, level=level)
    if not estimate.defined:
        estimate = Estimate.undefined(_why_no_alpha(full), paired, estimate.method)
    by_chance = coding.of_sums(drawn @ coding.features(chance, systems)) if len(drawn) else np.zeros(0)
    usable = by_chance[np.isfinite(by_chance)]
    flip = CoinFlip(
        finite(float(usable.mean())) if len(usable) else None,
        finite(float(usable.std(ddof=1))) if len(usable) > 1 else None,
        tie_rate,
        len(by_chance),
        seed,
    )
    return CodingRow(coding.key, coding.label, estimate, flip)


def _notes(table: RatingTable, groups: int) -> tuple[str, ...]:
    notes = []
    if groups < len(table.block_labels):
        notes.append(
            f"{len(table.block_labels)} blocks share comparisons and count as {groups} independent groups"
            " in every interval."
        )
    blocks_of_rater = len(np.unique(np.column_stack([table.rater, table.unit_group[table.unit]]), axis=0))
    if blocks_of_rater > len(table.rater_labels):
        notes.append(
            "Some raters answered in more than one block; the intervals treat blocks as independent"
            " and may be too narrow."
        )
    if 1 < groups < 10:
        notes.append(f"{groups} independent blocks are few: the intervals are wide and themselves uncertain.")
    return tuple(notes)


def _why_no_alpha(p: Patterns) -> str:
    return ONE_ANSWER if (p.ratings >= 2).any() else NO_PAIRS


def _no_orientation(table: RatingTable) -> str:
    if table.a_on_left is None:
        return "The sides were not recorded, so there is no orientation as shown."
    return "Sides were drawn anew for each rater, so comparisons have no one orientation as shown."
