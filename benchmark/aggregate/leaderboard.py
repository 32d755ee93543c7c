"""A dataset's leaderboard: what its rows in the database say about each system."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from benchmark.aggregate.estimates import Estimate, means, rate
from benchmark.models import Animation, Dataset, Outcome, Reconstruction, Score, System

DIMENSIONS = ("appearance", "motion")
# What stands on the page unless another is chosen: the paper's pair where it was computed, else the embedded one.
FIRST = ("dreamsim-dtw", "cotracker3-chamfer", "object-appearance", "trajectory")

ALL = "all"
EXECUTED_ONLY = "executed"


@dataclass(frozen=True)
class MetricVersion:
    """One version of a metric with its parameters: values of different ones are never averaged together."""

    metric: str
    version: str
    parameters_digest: str
    dimension: str

    @property
    def label(self) -> str:
        return f"{self.metric} {self.version}"

    @property
    def key(self) -> str:
        """What tells it from all others in an address."""
        return f"{self.metric}@{self.version}@{self.parameters_digest[:12]}"


@dataclass(frozen=True)
class Mean:
    """A metric's mean over what ran, and over everything with 0 for what did not run: that one only when all that ran is
    scored."""

    executed: Estimate
    everything: Estimate
    undefined: int
    scores: tuple[float, ...]


@dataclass(frozen=True)
class Row:
    system: System
    executed: Estimate
    static: Estimate
    appearance: Mean
    motion: Mean
    outcomes: tuple[tuple[str, int], ...]
    pending: int
    unscored: int


@dataclass(frozen=True)
class Leaderboard:
    dataset: Dataset
    rows: tuple[Row, ...]
    animations: int
    metrics: dict[str, MetricVersion | None]
    choices: dict[str, tuple[MetricVersion, ...]]

    @property
    def pending(self) -> int:
        return sum(row.pending for row in self.rows)

    @property
    def unscored(self) -> int:
        return sum(row.unscored for row in self.rows)


def is_still(item: Animation | Reconstruction) -> bool:
    """Whether it ran and nothing in it moves."""
    return item.outcome == Outcome.STATIC or item.outcome_detail.get("static") is True


def choices(dataset: Dataset) -> dict[str, tuple[MetricVersion, ...]]:
    """The metric versions that have scores in the dataset, by dimension: preferred ones first, newer before older."""
    facts = (
        Score.objects.filter(reconstruction__animation__dataset=dataset)
        .order_by("-created_at")
        .values_list("metric", "version", "parameters_digest", "dimension")
    )
    newest = list(dict.fromkeys(MetricVersion(*row) for row in facts))
    newest.sort(key=lambda one: (FIRST.index(one.metric) if one.metric in FIRST else len(FIRST), one.metric))
    return {key: tuple(one for one in newest if one.dimension == key) for key in DIMENSIONS}


def choose(
    found: dict[str, tuple[MetricVersion, ...]], wanted: dict[str, str]
) -> dict[str, MetricVersion | None]:
    """For each dimension the wanted version, or the wanted metric's newest one, else the first there is."""
    return {
        key: next(
            (one for one in there if wanted.get(key) in (one.metric, one.key)), there[0] if there else None
        )
        for key, there in found.items()
    }


def leaderboard(
    dataset: Dataset, wanted: dict[str, str] | None = None, order: str = "appearance"
) -> Leaderboard:
    """The dataset's systems, best first in the dimension `order`, then by name; those without a score come last.
    `wanted` names a metric, or the key of one version of it, for a dimension."""
    found = choices(dataset)
    chosen = choose(found, wanted or {})
    animations = list(dataset.animations.order_by("name").values_list("pk", flat=True))
    systems = list(dataset.systems.order_by("name"))
    answers = list(Reconstruction.objects.filter(system__dataset=dataset).defer("source"))
    values = {key: _values(dataset, answers, version) for key, version in chosen.items()}
    rows = _rows(
        systems, animations, answers, values, {key: version is not None for key, version in chosen.items()}
    )
    rows.sort(key=lambda row: 1.0 if (mean := getattr(row, order).executed.value) is None else -mean)
    return Leaderboard(dataset, tuple(rows), len(animations), chosen, found)


def _values(
    dataset: Dataset, answers: list[Reconstruction], version: MetricVersion | None
) -> dict[int, float | None]:
    """Reconstruction → value (None: undefined) of the present pair of clips; lacks what is not scored yet."""
    if version is None:
        return {}
    clips = dict(dataset.animations.values_list("pk", "clip_id"))
    present = {answer.pk: (clips.get(answer.animation_id), answer.clip_id) for answer in answers}
    scores = Score.objects.filter(
        reconstruction__animation__dataset=dataset,
        metric=version.metric,
        version=version.version,
        parameters_digest=version.parameters_digest,
    ).values_list("reconstruction_id", "reference_clip_id", "candidate_clip_id", "value")
    return {
        pk: value for pk, reference, candidate, value in scores if present.get(pk) == (reference, candidate)
    }


def _unscored(answers: list[Reconstruction], values: dict[int, float | None]) -> Counter[int]:
    """How many answers of each system ran and have no score of the version yet."""
    return Counter(answer.system_id for answer in answers if answer.executed and answer.pk not in values)


def _rows(
    systems: list[System],
    animations: list[int],
    answers: list[Reconstruction],
    values: dict[str, dict[int, float | None]],
    scored: dict[str, bool],
) -> list[Row]:
    place = {pk: index for index, pk in enumerate(animations)}
    column = {system.pk: index for index, system in enumerate(systems)}
    shape = (len(animations), len(systems))
    ran = {key: np.full(shape, np.nan) for key in DIMENSIONS}
    everything = {key: np.full(shape, np.nan) for key in DIMENSIONS}
    undefined = {key: Counter[int]() for key in DIMENSIONS}
    by_system: dict[int, list[Reconstruction]] = {system.pk: [] for system in systems}
    for answer in answers:
        by_system[answer.system_id].append(answer)
        at = place[answer.animation_id], column[answer.system_id]
        for key in DIMENSIONS:
            if (ran_at_all := answer.executed) is False and scored[key]:
                everything[key][at] = 0.0
            elif ran_at_all and answer.pk in values[key]:
                value = values[key][answer.pk]
                if value is None:
                    undefined[key][answer.system_id] += 1
                else:
                    ran[key][at] = everything[key][at] = value
    # A failure counts the moment it is known, a success only once it is scored: until then the mean over all would mislead.
    waiting = {key: _unscored(answers, values[key]) if scored[key] else Counter[int]() for key in DIMENSIONS}
    for key in DIMENSIONS:
        for index, system in enumerate(systems):
            if waiting[key][system.pk]:
                everything[key][:, index] = np.nan
    over_ran = {key: means(ran[key]) for key in DIMENSIONS}
    over_all = {key: means(everything[key]) for key in DIMENSIONS}
    rows = []
    for index, system in enumerate(systems):
        mine = by_system[system.pk]
        known = [answer for answer in mine if answer.executed is not None]
        executed = [answer for answer in known if answer.executed]
        mean = {
            key: Mean(
                over_ran[key][index],
                over_all[key][index],
                undefined[key][system.pk],
                tuple(float(value) for value in ran[key][:, index] if np.isfinite(value)),
            )
            for key in DIMENSIONS
        }
        rows.append(
            Row(
                system,
                executed=rate(len(executed), len(known)),
                static=rate(sum(map(is_still, executed)), len(executed)),
                appearance=mean["appearance"],
                motion=mean["motion"],
                outcomes=tuple(Counter(str(Outcome(answer.outcome).label) for answer in mine).most_common()),
                pending=sum(answer.outcome == Outcome.PENDING for answer in mine),
                unscored=max(waiting[key][system.pk] for key in DIMENSIONS),
            )
        )
    return rows
