"""Simulated raters: how people of stated weaknesses would answer comparisons of known quality differences.

For planning a study before it starts, for checking that our intervals cover, and for demonstrations. Whatever
comes out of here is simulated and must be labelled so; ``RaterModel.describe`` gives the sentence.

A rater perceives, for each comparison and dimension,

    d = Δquality + side bias of the rater (towards the left clip) + noise

and answers equal where |d| is within his tie threshold, else the sign of d. With the lapse rate he answers
left, equal or right at random instead. Noise is normal; its size differs between raters and between blocks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from studies.analysis.table import RatingTable

Floats = NDArray[np.float64]
Answers = NDArray[np.int8]


@dataclass(frozen=True)
class RaterModel:
    """How raters weaken a true difference. Lengths are in the unit of the quality difference.

    noise          standard deviation of a typical rater's perception of a difference; > 0
    tie_threshold  a typical rater says equal where the perceived difference is within it; ≥ 0
    rater_spread   standard deviation, across raters, of the logarithm of noise and (apart) of threshold; ≥ 0
    block_spread   standard deviation, across blocks, of the logarithm of the noise of all its raters; ≥ 0
    side_bias      added in favour of the left clip; side_spread: its standard deviation across raters
    lapse          share of answers given at random; 0 … 1
    halo           correlation of a rater's noise between the dimensions of one comparison; 0 … 1
    """

    noise: float = 1.0
    tie_threshold: float = 0.1
    rater_spread: float = 0.3
    block_spread: float = 0.0
    side_bias: float = 0.0
    side_spread: float = 0.0
    lapse: float = 0.02
    halo: float = 0.5

    def __post_init__(self) -> None:
        if not self.noise > 0:
            raise ValueError(
                "The raters' noise must be above 0; a rater without noise is no model of a person."
            )
        for name in ("tie_threshold", "rater_spread", "block_spread", "side_spread"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0 or more.")
        for name in ("lapse", "halo"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must lie between 0 and 1.")

    def describe(self) -> str:
        """The model in one sentence, for whoever meets its answers."""
        return (
            f"Simulated answers, not people's: each rater sees the true quality difference with normal noise"
            f" (SD {self.noise:g}, log-spread {self.rater_spread:g} between raters and {self.block_spread:g} between"
            f" blocks), says equal within {self.tie_threshold:g}, leans to the left by {self.side_bias:g}"
            f" (SD {self.side_spread:g} between raters) and answers {self.lapse:.0%} of questions at random."
        )


@dataclass(frozen=True, eq=False)
class RaterTraits:
    """The raters one model produced: noise, threshold, side bias, each (raters,)."""

    noise: Floats
    threshold: Floats
    side_bias: Floats


def draw_raters(model: RaterModel, raters: int, rng: np.random.Generator) -> RaterTraits:
    """As many raters as asked for, each with traits that stay the same in all answers."""
    return RaterTraits(
        model.noise * np.exp(model.rater_spread * rng.standard_normal(raters)),
        model.tie_threshold * np.exp(model.rater_spread * rng.standard_normal(raters)),
        model.side_bias + model.side_spread * rng.standard_normal(raters),
    )


def simulate_answers(
    quality_difference: ArrayLike,
    model: RaterModel,
    rng: np.random.Generator,
    *,
    rater: ArrayLike | None = None,
    block: ArrayLike | None = None,
    a_on_left: ArrayLike | None = None,
    traits: RaterTraits | None = None,
) -> Answers:
    """Answers to n comparisons: +1 system A preferred, −1 system B, 0 equal.

    quality_difference  (n,) true quality of A minus B, or (n, dimensions); the result has the same shape
    rater, block        (n,) codes from 0; one rater and one block by default
    a_on_left           (n,) bool, drawn at random by default
    traits              of the raters, drawn from ``model`` by default
    """
    difference = np.asarray(quality_difference, float)
    by_dimension = difference if difference.ndim == 2 else difference[:, None]
    n, dimensions = by_dimension.shape
    who = np.zeros(n, np.int64) if rater is None else np.asarray(rater, np.int64)
    where = np.zeros(n, np.int64) if block is None else np.asarray(block, np.int64)
    left = rng.random(n) < 0.5 if a_on_left is None else np.asarray(a_on_left, bool)
    people = traits or draw_raters(model, int(who.max(initial=-1)) + 1, rng)
    hardness = np.exp(model.block_spread * rng.standard_normal(int(where.max(initial=-1)) + 1))
    shared, own = rng.standard_normal((n, 1)), rng.standard_normal((n, dimensions))
    noise = np.sqrt(model.halo) * shared + np.sqrt(1 - model.halo) * own
    lean = np.where(left, 1.0, -1.0) * people.side_bias[who]
    perceived = by_dimension + lean[:, None] + noise * (people.noise[who] * hardness[where])[:, None]
    answers = np.where(np.abs(perceived) <= people.threshold[who][:, None], 0, np.sign(perceived)).astype(
        np.int8
    )
    lapsed = rng.random((n, dimensions)) < model.lapse
    answers = np.where(lapsed, rng.integers(-1, 2, (n, dimensions), dtype=np.int8), answers)
    return answers.reshape(difference.shape)


@dataclass(frozen=True)
class StudyModel:
    """A whole study to simulate.

    quality           true mean quality of each system, e.g. (0, .5, 1)
    item_spread       standard deviation of one reconstruction's quality around its system's mean
    blocks            number of blocks; each has its own comparisons and its own raters
    block_size        comparisons per block; pairs of systems take turns
    raters_per_block  people who judge each block
    """

    quality: tuple[float, ...] = (0.0, 0.5, 1.0)
    item_spread: float = 0.5
    blocks: int = 20
    block_size: int = 30
    raters_per_block: int = 3
    raters: RaterModel = RaterModel()

    def __post_init__(self) -> None:
        if len(self.quality) < 2:
            raise ValueError("A comparison study needs two systems or more.")
        if min(self.blocks, self.block_size, self.raters_per_block) < 1:
            raise ValueError("A study needs at least one block, one comparison in it and one rater for it.")

    @property
    def ratings(self) -> int:
        return self.blocks * self.block_size * self.raters_per_block


def simulate_study(model: StudyModel, rng: np.random.Generator, dimension: str = "simulated") -> RatingTable:
    """One study's ratings on one dimension; each comparison is of its own animation, sides drawn per rater."""
    units = model.blocks * model.block_size
    pairs = _pairs_in_turn(len(model.quality), units, rng)
    quality = np.asarray(model.quality, float)
    difference = quality[pairs[:, 0]] - quality[pairs[:, 1]]
    difference = difference + model.item_spread * np.sqrt(2) * rng.standard_normal(units)
    unit_block = np.repeat(np.arange(model.blocks), model.block_size)
    unit = np.repeat(np.arange(units), model.raters_per_block)
    block = unit_block[unit]
    rater = block * model.raters_per_block + np.tile(np.arange(model.raters_per_block), units)
    a_on_left = rng.random(len(unit)) < 0.5
    value = simulate_answers(
        difference[unit], model.raters, rng, rater=rater, block=block, a_on_left=a_on_left
    )
    width = len(str(units))
    names = [f"system {i + 1:02d}" for i in range(len(quality))]
    label = [f"simulated {i + 1:0{width}d}" for i in range(units)]
    return RatingTable(
        dimension,
        unit.astype(np.int32),
        rater.astype(np.int32),
        block.astype(np.int32),
        unit.astype(np.int32),
        pairs[unit, 0].astype(np.int32),
        pairs[unit, 1].astype(np.int32),
        value,
        tuple(label),
        tuple(f"rater {i + 1}" for i in range(model.blocks * model.raters_per_block)),
        tuple(f"block {i + 1}" for i in range(model.blocks)),
        tuple(label),
        tuple(names),
        a_on_left=a_on_left,
    )


def with_tie_rate(model: StudyModel, rate: float, seed: int = 0, ratings: int = 20_000) -> StudyModel:
    """The model with the tie threshold at which a share ``rate`` of answers, 0 … 1, is equal.

    Found by bisection on one simulated study of about ``ratings`` answers from ``seed``. Lapses alone make some ties: a rate
    below what they make gives threshold 0. Raises ValueError for a rate outside 0 … .95.
    """
    if not 0 <= rate <= 0.95:
        raise ValueError("The tie rate must lie between 0 and 0.95.")
    blocks = max(model.blocks, -(-ratings // (model.block_size * model.raters_per_block)))
    large = replace(model, blocks=blocks)

    def at(threshold: float) -> StudyModel:
        return replace(large, raters=replace(model.raters, tie_threshold=threshold))

    def ties(threshold: float) -> float:
        return float((simulate_study(at(threshold), np.random.default_rng([seed, 2])).value == 0).mean())

    low, high = 0.0, 1.0
    while ties(high) < rate and high < 1e6:
        low, high = high, 2 * high
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (middle, high) if ties(middle) < rate else (low, middle)
    return replace(at((low + high) / 2 if ties(0.0) < rate else 0.0), blocks=model.blocks)


def _pairs_in_turn(systems: int, units: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """(units, 2): every pair of systems about equally often, lower code first, in random order."""
    pairs = np.array([(i, j) for i in range(systems) for j in range(i + 1, systems)], np.int64)
    return pairs[rng.permutation(np.arange(units) % len(pairs))]


def even_qualities(systems: int, distance: float) -> tuple[float, ...]:
    """Systems ``distance`` apart from one to the next."""
    return tuple(distance * i for i in range(systems))
