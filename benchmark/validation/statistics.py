"""From observations to the matrix perturbation × metric and what it says of each metric.

A metric's *drop* is 1 − value: an untouched animation scores exactly 1. For each perturbation and metric:

response      the mean drop at the gravest level over animations
standardised  the response divided by the standard deviation of all of the metric's drops, so that metrics that spread
              their values differently can be compared
monotonicity  Kendall's τ-b between level (0 for untouched) and drop, the mean over animations; a metric that does not
              respond at all has 0
leakage       of a metric: its mean drop over all levels of the other dimension's perturbations, divided by that over
              its own; 0 is a metric that sees its own dimension alone
kept          of a metric: the share of cases (animation × perturbation × level) of the other dimension that leave it
              within 0.05 of 1
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import kendalltau

from benchmark.validation.observations import Observation
from benchmark.validation.split import CHOSEN_ON, HELD_OUT

Split = Literal["held out", "chosen on", "all"]
SPLITS: dict[Split, tuple[str, ...]] = {
    "held out": HELD_OUT,
    "chosen on": CHOSEN_ON,
    "all": (*CHOSEN_ON, *HELD_OUT),
}
TOLERANCE = 0.05


@dataclass(frozen=True)
class Cell:
    """One perturbation and one metric. `values` are the means at levels 1, 2, …; None where no value is."""

    values: tuple[float | None, ...]
    response: float | None
    standardised: float | None
    monotonicity: float | None
    animations: int
    undefined: int


@dataclass(frozen=True)
class MetricSummary:
    metric: str
    version: str
    dimension: str
    own_drop: float | None
    leakage: float | None
    kept: float | None
    kept_of: int
    monotonicity: float | None


@dataclass(frozen=True)
class Validation:
    split: str
    animations: tuple[str, ...]
    perturbations: tuple[tuple[str, str], ...]
    """(name, dimension), appearance first."""
    metrics: tuple[MetricSummary, ...]
    cells: dict[tuple[str, str], Cell]
    """By (perturbation, metric)."""


def validate(observations: Sequence[Observation], split: Split = "held out") -> Validation:
    """The matrix over the animations of a split; what `held out` means, and since when, says `split`."""
    mine = [one for one in observations if one.animation in SPLITS[split]]
    order = {"appearance": 0, "motion": 1, "both": 2}
    perturbations = sorted(
        {(one.perturbation, one.dimension) for one in mine}, key=lambda pair: (order[pair[1]], pair[0])
    )
    by_metric: dict[str, list[Observation]] = defaultdict(list)
    for one in mine:
        by_metric[one.metric].append(one)
    cells, summaries = {}, []
    for metric, seen in sorted(
        by_metric.items(), key=lambda pair: (order[pair[1][0].metric_dimension], pair[0])
    ):
        spread = _spread(seen)
        for name, _ in perturbations:
            cells[name, metric] = _cell([one for one in seen if one.perturbation == name], spread)
        summaries.append(_summary(metric, seen))
    animations = tuple(sorted({one.animation for one in mine}))
    return Validation(split, animations, tuple(perturbations), tuple(summaries), cells)


def _spread(seen: Sequence[Observation]) -> float | None:
    drops = [1 - one.value for one in seen if one.value is not None]
    spread = float(np.std(drops, ddof=1)) if len(drops) > 1 else 0.0
    return spread or None


def _cell(seen: Sequence[Observation], spread: float | None) -> Cell:
    defined = [one for one in seen if one.value is not None]
    levels = max((one.levels for one in seen), default=0)
    values = tuple(
        _mean([one.value for one in defined if one.level == level]) for level in range(1, levels + 1)
    )
    response = None if not values or values[-1] is None else 1 - values[-1]
    return Cell(
        values=values,
        response=response,
        standardised=None if response is None or spread is None else response / spread,
        monotonicity=_mean(_taus(defined)),
        animations=len({one.animation for one in defined}),
        undefined=len(seen) - len(defined),
    )


def _summary(metric: str, seen: Sequence[Observation]) -> MetricSummary:
    own_dimension = seen[0].metric_dimension
    defined = [one for one in seen if one.value is not None and one.dimension != "both"]
    own = [one for one in defined if one.dimension == own_dimension]
    other = [one for one in defined if one.dimension != own_dimension]
    own_drop, other_drop = (_mean([1 - (one.value or 0.0) for one in part]) for part in (own, other))
    leakage = None if own_drop is None or other_drop is None or own_drop == 0 else other_drop / own_drop
    return MetricSummary(
        metric,
        seen[0].version,
        own_dimension,
        own_drop,
        leakage,
        _mean([float((one.value or 0.0) >= 1 - TOLERANCE) for one in other]),
        len(other),
        _mean(_taus(own)),
    )


def _taus(defined: Sequence[Observation]) -> list[float]:
    """Kendall's τ-b of each animation under each perturbation."""
    ladders: dict[tuple[str, str], dict[int, float]] = defaultdict(lambda: {0: 0.0})
    for one in defined:
        ladders[one.animation, one.perturbation][one.level] = 1 - (one.value or 0.0)
    found = []
    for ladder in ladders.values():
        levels = sorted(ladder)
        drops = [ladder[level] for level in levels]
        found.append(0.0 if len(set(drops)) == 1 else float(kendalltau(levels, drops).statistic))
    return found


def _mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return float(np.mean(there)) if there else None
