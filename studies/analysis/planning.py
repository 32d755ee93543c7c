"""How much is enough: ratings still needed while a study runs, raters and blocks before it starts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studies.analysis.codings import HEADLINE
from studies.analysis.davidson import Pairs, fit
from studies.analysis.estimate import Estimate, wilson
from studies.analysis.features import occupancy
from studies.analysis.patterns import patterns
from studies.analysis.ranking import pair_counts
from studies.analysis.resampling import bootstrap, jackknife_t, t_quantile
from studies.analysis.simulation import StudyModel, simulate_study
from studies.analysis.table import RatingTable

Floats = NDArray[np.float64]
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Needed:
    """total, more: ratings for the wished half-width, or None with the reason in ``sentence``."""

    wished: float
    half_width: float | None
    total: int | None
    more: int | None
    sentence: str


def ratings_needed(estimate: Estimate, ratings: int, wished: float) -> Needed:
    """Ratings for an interval of ± ``wished``: n_new = n (h/x)², from the clustered interval as it stands.

    The formula supposes that new ratings come as the old ones did: in new blocks with new raters.
    """
    if not wished > 0:
        raise ValueError("The wished half-width must be above 0.")
    if estimate.low is None or estimate.high is None:
        why = estimate.reason or "There is no interval yet."
        return Needed(wished, None, None, None, f"It cannot be said yet how many ratings are needed. {why}")
    half = (estimate.high - estimate.low) / 2
    total = math.ceil(ratings * (half / wished) ** 2 - 1e-9)
    more = max(0, total - ratings)
    sentence = (
        f"About {more:,} more ratings on this question ({total:,} in all) bring the interval from ±{half:.3f} to ±{wished:g}."
        if more
        else f"The interval of ±{half:.3f} is as narrow as the wished ±{wished:g}; no more ratings are needed."
    )
    return Needed(wished, half, total, more, sentence)


def headline_interval(table: RatingTable) -> Estimate:
    """Swap-invariant ordinal α with its block-jackknife-t interval, and nothing else."""
    p = patterns(table)
    sums = occupancy(table.unit_group, p.index, len(p.weight)) @ HEADLINE.features(
        p, len(table.system_labels)
    )
    return jackknife_t(sums, HEADLINE.of_sums, table.n_units)


def unit_interval(table: RatingTable, replicates: int, rng: np.random.Generator) -> Estimate:
    """The same α with the unit-bootstrap interval, for comparison."""
    p = patterns(table)
    features = HEADLINE.features(p, len(table.system_labels))
    value = float(HEADLINE.of_sums((features * p.weight[:, None]).sum(0)))
    return bootstrap(features, HEADLINE.of_sums, replicates, rng, p.weight).estimate(value, table.n_units)


@dataclass(frozen=True)
class DesignForecast:
    """What a design is worth, over simulated studies.

    alpha        the model's true α: its value in a study of very many blocks
    half_width   mean half-width of the 95 % interval; coverage: how often it holds the true α (block-jackknife-t)
    unit_coverage  the same of the unit bootstrap, to show what ignoring raters and blocks costs
    right_order  how often the systems come out in their true order; right_top: the best on top
    undefined    share of simulated studies without an interval
    """

    design: StudyModel
    ratings: int
    alpha: float
    half_width: float | None
    coverage: Estimate
    unit_coverage: Estimate
    right_order: float
    right_top: float
    undefined: float
    replicates: int
    seed: int

    @property
    def people(self) -> int:
        return self.design.blocks * self.design.raters_per_block


def true_alpha(model: StudyModel, seed: int = 0, ratings: int = 300_000) -> float:
    """α of the model itself: a study with so many blocks that chance has no say."""
    blocks = max(model.blocks, math.ceil(ratings / (model.block_size * model.raters_per_block)))
    table = simulate_study(replace(model, blocks=blocks), np.random.default_rng([seed, 0]))
    p = patterns(table)
    features = HEADLINE.features(p, len(table.system_labels))
    return float(HEADLINE.of_sums((features * p.weight[:, None]).sum(0)))


def forecast(
    model: StudyModel,
    *,
    replicates: int = 200,
    bootstrap_replicates: int = 200,
    seed: int = 0,
    progress: Progress | None = None,
) -> DesignForecast:
    """Simulate a design many times and look at what its analysis would have said."""
    if model.raters_per_block < 2:
        raise ValueError("Agreement needs two raters or more per block; raise the raters per block.")
    alpha = true_alpha(model, seed)
    order = np.argsort(model.quality)[::-1]
    halves: list[float] = []
    covered: list[bool] = []
    unit_covered: list[bool] = []
    ordered = top = 0
    for replicate in range(replicates):
        rng = np.random.default_rng([seed, 1, replicate])
        table = simulate_study(model, rng)
        found = headline_interval(table)
        if found.low is not None and found.high is not None:
            halves.append((found.high - found.low) / 2)
            covered.append(found.low <= alpha <= found.high)
        plain = unit_interval(table, bootstrap_replicates, rng)
        if plain.low is not None and plain.high is not None:
            unit_covered.append(plain.low <= alpha <= plain.high)
        strengths = _strengths(table)
        ranked = np.argsort(-strengths, kind="stable")
        ordered += bool((ranked == order).all())
        top += bool(ranked[0] == order[0])
        if progress:
            progress((replicate + 1) / replicates)
    return DesignForecast(
        model,
        model.ratings,
        alpha,
        float(np.mean(halves)) if halves else None,
        _share(covered, "block-jackknife-t intervals that hold the true α"),
        _share(unit_covered, "unit-bootstrap intervals that hold the true α"),
        ordered / replicates,
        top / replicates,
        1 - len(halves) / replicates,
        replicates,
        seed,
    )


@dataclass(frozen=True)
class Plan:
    """Forecasts in the order given, and the cheapest design that is narrow enough, or None."""

    wished: float
    forecasts: tuple[DesignForecast, ...]
    chosen: DesignForecast | None
    sentence: str


def plan_study(
    designs: Iterable[StudyModel],
    wished: float,
    *,
    replicates: int = 100,
    seed: int = 0,
    progress: Progress | None = None,
) -> Plan:
    """The design with the fewest ratings whose mean half-width is at most ``wished``."""
    listed = tuple(designs)
    if not listed:
        raise ValueError("Give one design or more to choose from.")
    forecasts = []
    for index, design in enumerate(listed):
        done = index

        def inner(share: float, done: int = done) -> None:
            if progress:
                progress((done + share) / len(listed))

        forecasts.append(forecast(design, replicates=replicates, seed=seed, progress=inner))
    enough = [f for f in forecasts if f.half_width is not None and f.half_width <= wished]
    chosen = min(enough, key=lambda f: f.ratings) if enough else None
    if chosen is None:
        sentence = (
            f"None of these designs brings the interval of α to ±{wished:g}; add blocks or raters per block."
        )
    else:
        sentence = (
            f"{chosen.design.blocks} blocks of {chosen.design.block_size} comparisons with"
            f" {chosen.design.raters_per_block} raters each ({chosen.people} people, {chosen.ratings} ratings) give α to"
            f" about ±{chosen.half_width:.3f}, in simulation."
        )
    return Plan(wished, tuple(forecasts), chosen, sentence)


MOST_BLOCKS = 400
MARGIN = 1.03  # a simulated half-width has an error of its own


def size_study(
    model: StudyModel,
    wished: float,
    raters_per_block: Sequence[int] = (2, 3, 4, 5),
    *,
    replicates: int = 60,
    seed: int = 0,
    progress: Progress | None = None,
) -> Plan:
    """How many blocks a study needs with so many raters each, and which of these designs asks for fewest ratings.

    A pilot of ``model.blocks`` simulated blocks gives the half-width there, and with it the blocks for ± ``wished``; a
    forecast of that design says what it really brings and whether its intervals cover. No design beyond MOST_BLOCKS
    blocks is tried.
    """
    if not wished > 0:
        raise ValueError("The wished half-width must be above 0.")
    designs = []
    for raters in raters_per_block:
        pilot = replace(model, raters_per_block=raters, blocks=max(model.blocks, 10))
        half = forecast(pilot, replicates=replicates, bootstrap_replicates=10, seed=seed).half_width
        if half is not None:
            designs.append(replace(pilot, blocks=_blocks_for(wished, half * MARGIN, pilot.blocks)))
    if not designs:
        return Plan(
            wished, (), None, "No simulated study had an interval: raters or systems differ too little."
        )
    return plan_study(designs, wished, replicates=replicates, seed=seed, progress=progress)


def _blocks_for(wished: float, half: float, blocks: int) -> int:
    """The fewest blocks, 2 … MOST_BLOCKS, whose half-width is ``wished`` if ``blocks`` of them have ``half``.

    The standard error falls with the root of the blocks, and Student's quantile with them as well.
    """
    se = half * math.sqrt(blocks) / t_quantile(0.95, blocks - 1)
    enough = (b for b in range(2, MOST_BLOCKS) if t_quantile(0.95, b - 1) * se / math.sqrt(b) <= wished)
    return next(enough, MOST_BLOCKS)


def _strengths(table: RatingTable) -> Floats:
    whole: Pairs = pair_counts(table, np.zeros(table.n_units, np.int64), 1)
    return fit(replace(whole, counts=whole.counts[0]), tolerance=1e-6)[0]


def _share(hits: list[bool], method: str) -> Estimate:
    return wilson(sum(hits), len(hits), method, "No simulated study had an interval.")
