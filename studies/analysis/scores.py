"""What predicts people: metrics with a score per reconstruction, judges with a verdict per comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studies.analysis.estimate import Estimate
from studies.analysis.table import RatingTable, TableError

Floats = NDArray[np.float64]


class Predictor(Protocol):
    """Anything with a signed difference for a comparison: positive says system A is the better one."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def dimension(self) -> str | None: ...
    @property
    def kind(self) -> str: ...
    def delta(self, table: RatingTable) -> Floats:
        """(units,): score(A) − score(B), higher is better; NaN where a score is missing."""


@dataclass(frozen=True, eq=False)
class MetricScores:
    """A metric version's scores.

    scores     (animation, system) → score; a reconstruction without a score is left out or NaN
    dimension  the dimension the metric claims to measure, or None
    kind       metric or baseline
    higher_is_better  False turns the scores round, so that Δ > 0 always favours A
    """

    name: str
    version: str
    scores: Mapping[tuple[str, str], float]
    dimension: str | None = None
    kind: str = "metric"
    higher_is_better: bool = True

    def sides(self, table: RatingTable) -> tuple[Floats, Floats]:
        """(units,) score of A and of B, higher is better, NaN where missing."""
        sign = 1.0 if self.higher_is_better else -1.0
        width = len(table.system_labels)
        known = np.full((len(table.animation_labels), width), np.nan)
        animations = {label: code for code, label in enumerate(table.animation_labels)}
        systems = {label: code for code, label in enumerate(table.system_labels)}
        for (animation, system), score in self.scores.items():
            if animation in animations and system in systems:
                known[animations[animation], systems[system]] = sign * score
        known[~np.isfinite(known)] = np.nan
        at = table.unit_animation
        return known[at, table.unit_system_a], known[at, table.unit_system_b]

    def delta(self, table: RatingTable) -> Floats:
        first, second = self.sides(table)
        return first - second


@dataclass(frozen=True, eq=False)
class JudgeVerdicts:
    """A judge shown each comparison in both orders; where its two verdicts differ, it said equal.

    forward, backward   (animation, first system, second system) → the preferred system's name, or None for
                        equal; forward has the first system shown first, backward the second. Systems are in
                        alphabetical order in the key, whichever was shown first.
    """

    name: str
    version: str
    forward: Mapping[tuple[str, str, str], str | None]
    backward: Mapping[tuple[str, str, str], str | None]
    dimension: str | None = None
    kind: str = "judge"

    def __post_init__(self) -> None:
        for verdicts in (self.forward, self.backward):
            for (animation, first, second), won in verdicts.items():
                if first >= second:
                    raise TableError(
                        f"A verdict on {animation} names {first} before {second}; sort the two systems."
                    )
                if won not in (first, second, None):
                    raise TableError(
                        f"A verdict on {animation} prefers {won}, which is neither {first} nor {second}."
                    )

    def _orders(self, table: RatingTable) -> tuple[Floats, Floats]:
        def verdicts(given: Mapping[tuple[str, str, str], str | None]) -> Floats:
            signs = np.full(table.n_units, np.nan)
            for unit, animation in enumerate(table.unit_animation):
                first, second = table.pair_label(unit)
                key = (table.animation_labels[animation], first, second)
                if key in given:
                    won = given[key]
                    signs[unit] = 0.0 if won is None else 1.0 if won == first else -1.0
            return signs

        return verdicts(self.forward), verdicts(self.backward)

    def delta(self, table: RatingTable) -> Floats:
        """(units,): +1, 0, −1; NaN where either order is missing."""
        forward, backward = self._orders(table)
        return np.where(forward == backward, forward, np.where(np.isnan(forward + backward), np.nan, 0.0))

    def flip_rate(self, table: RatingTable) -> Estimate:
        """The share of comparisons, of those judged in both orders, whose verdict changed with the order."""
        forward, backward = self._orders(table)
        both = ~np.isnan(forward + backward)
        if not both.any():
            return Estimate.undefined(
                "The judge saw no comparison in both orders.", 0, "verdicts that changed"
            )
        changed = forward[both] != backward[both]
        return Estimate.point(float(changed.mean()), int(both.sum()), "verdicts that changed with the order")


@dataclass(frozen=True, eq=False)
class GivenDifferences:
    """A predictor given by its differences alone, on the units of one table."""

    name: str
    version: str
    differences: Floats = field(repr=False)
    dimension: str | None = None
    kind: str = "metric"

    def delta(self, table: RatingTable) -> Floats:
        if len(self.differences) != table.n_units:
            raise TableError(
                f"{self.name} has {len(self.differences)} differences for {table.n_units} comparisons; give one each."
            )
        return np.asarray(self.differences, float)


def system_means(predictor: Predictor, table: RatingTable) -> Floats:
    """(systems,): mean score per system, NaN without any; over distinct reconstructions where scores are known.

    A predictor with differences only is resolved by least squares (Δ = s_A − s_B, centred).
    """
    size = len(table.system_labels)
    if isinstance(predictor, MetricScores):
        first, second = predictor.sides(table)
        score = np.concatenate([first, second])
        system = np.concatenate([table.unit_system_a, table.unit_system_b])
        key = np.concatenate([table.unit_animation, table.unit_animation]).astype(np.int64) * size + system
        _, distinct = np.unique(key, return_index=True)
        distinct = distinct[~np.isnan(score[distinct])]
        total = np.bincount(system[distinct], score[distinct], size)
        n = np.bincount(system[distinct], minlength=size)
        return np.divide(total, n, out=np.full(size, np.nan), where=n > 0)
    delta = predictor.delta(table)
    known = np.flatnonzero(~np.isnan(delta))
    design = np.zeros((len(known), size))
    design[np.arange(len(known)), table.unit_system_a[known]] = 1
    design[np.arange(len(known)), table.unit_system_b[known]] = -1
    seen = np.abs(design).sum(0) > 0
    strengths = np.full(size, np.nan)
    if len(known):
        strengths[seen] = np.linalg.lstsq(design[:, seen], delta[known], rcond=None)[0]
    return strengths


def by_name(predictors: Sequence[Predictor]) -> dict[str, Predictor]:
    """Predictors by "name version"; two alike are refused."""
    found: dict[str, Predictor] = {}
    for predictor in predictors:
        label = label_of(predictor)
        if label in found:
            raise TableError(f"The metric {label} is given twice; give each version once.")
        found[label] = predictor
    return found


def label_of(predictor: Predictor) -> str:
    return f"{predictor.name} {predictor.version}".strip()
