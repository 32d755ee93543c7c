"""A study's rows as arrays: what every analysis of a report starts from, and the digest of it.

Which ratings count: those on comparisons (not on checks), from completed sittings of participants who have not
withdrawn. Excluded sittings are loaded too, marked, so that a report can show both sides of an exclusion.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from django.db.models import Count, Max, Q
from numpy.typing import NDArray

from benchmark.validation.observations import Observation
from studies.analysis.perturbation import PerturbedScore
from studies.analysis.scores import JudgeVerdicts
from studies.analysis.table import RatingTable
from studies.models import Comparison, Exclusion, Rating, Sitting, Study, Trial, Verdict
from studies.reports.predictors import Metric, current_scores, load_judges, load_metrics, load_perturbed
from studies.reports.validated import load_validated, stamp

Floats = NDArray[np.float64]
ANSWERS: dict[str, int] = {Rating.Answer.LEFT: 1, Rating.Answer.EQUAL: 0, Rating.Answer.RIGHT: -1}


@dataclass(frozen=True)
class Rater:
    """One participant whose sitting counts, or would without its exclusion."""

    pseudonym: str
    block: str
    excluded: str
    checks: int
    checks_passed: int
    minutes: float | None
    simulated: bool


@dataclass(frozen=True)
class StudyData:
    """Everything a report is made from. ``tables``: dimension key → its ratings; ``all_tables`` before exclusions."""

    tables: dict[str, RatingTable]
    all_tables: dict[str, RatingTable]
    labels: dict[str, str]
    raters: tuple[Rater, ...]
    metrics: tuple[Metric, ...]
    perturbed: tuple[PerturbedScore, ...]
    validated: tuple[Observation, ...]
    judges: tuple[JudgeVerdicts, ...]
    withdrawn: int
    digest: str

    @property
    def ratings(self) -> int:
        return sum(len(table) for table in self.tables.values())


def load(study: Study) -> StudyData:
    """Read a study's ratings and scores; some seconds for a hundred thousand ratings."""
    raters, every, kept = _tables(study)
    metrics = load_metrics(study)
    perturbed = load_perturbed(study, metrics)
    validated = load_validated(metrics)
    judges = load_judges(study)
    return StudyData(
        tables=kept,
        all_tables=every,
        labels={d.key: d.label for d in study.dimensions.all()},
        raters=raters,
        metrics=metrics,
        perturbed=perturbed,
        validated=validated,
        judges=judges,
        withdrawn=study.participants.filter(withdrawn_at__isnull=False).count(),
        digest=_digest(every, raters, metrics, perturbed, validated, judges),
    )


def load_tables(study: Study) -> dict[str, RatingTable]:
    """The ratings that count, by dimension, and nothing else."""
    return _tables(study)[2]


def _tables(study: Study) -> tuple[tuple[Rater, ...], dict[str, RatingTable], dict[str, RatingTable]]:
    """The raters, and their ratings by dimension before and after exclusions."""
    raters, sittings = _raters(study)
    columns = _columns(study, sittings)
    excluded = [rater.pseudonym for rater in raters if rater.excluded]
    every = {d.key: _table(d.key, columns, columns["dimension"] == d.pk) for d in study.dimensions.all()}
    return raters, every, {key: _without(table, excluded) for key, table in every.items()}


def marker(study: Study) -> str:
    """Changes whenever :func:`load` could find something else; a handful of counts instead of every row."""
    counted = Sitting.objects.filter(participant__study=study, state=Sitting.State.COMPLETED)
    parts: list[Any] = [
        *counted.aggregate(n=Count("pk"), last=Max("pk"), at=Max("completed_at")).values(),
        study.participants.filter(withdrawn_at__isnull=False).count(),
        *Exclusion.objects.filter(sitting__participant__study=study)
        .aggregate(n=Count("pk"), lifted=Count("lifted_at"), last=Max("pk"))
        .values(),
        *current_scores(study).aggregate(n=Count("pk"), last=Max("pk")).values(),
        *Verdict.objects.filter(comparison__study=study).aggregate(n=Count("pk"), last=Max("pk")).values(),
        stamp(),
    ]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def _counted(study: Study) -> Q:
    return Q(participant__study=study, participant__withdrawn_at__isnull=True, state=Sitting.State.COMPLETED)


def _raters(study: Study) -> tuple[tuple[Rater, ...], dict[int, int]]:
    """The raters in order of pseudonym, and sitting → place in that order."""
    sittings = list(
        Sitting.objects.filter(_counted(study))
        .select_related("participant", "block")
        .annotate(
            checks=Count("trials", filter=Q(trials__kind__in=Trial.CHECKS, trials__passed__isnull=False)),
            checks_passed=Count("trials", filter=Q(trials__kind__in=Trial.CHECKS, trials__passed=True)),
            opened=Count("trials", filter=Q(trials__opened_at__isnull=False)),
        )
    )
    sittings.sort(key=lambda sitting: sitting.participant.pseudonym)
    standing = dict(
        Exclusion.objects.filter(sitting__participant__study=study, lifted_at__isnull=True).values_list(
            "sitting_id", "reason"
        )
    )
    raters = []
    for s in sittings:
        # Times of imported ratings are not known: their rounds were never opened here.
        timed = s.completed_at is not None and s.opened > 0
        raters.append(
            Rater(
                pseudonym=s.participant.pseudonym,
                block=_block_label(s.block.number),
                excluded=standing.get(s.pk, ""),
                checks=s.checks,
                checks_passed=s.checks_passed,
                minutes=(s.completed_at - s.created_at).total_seconds() / 60
                if timed and s.completed_at
                else None,
                simulated=s.participant.simulated,
            )
        )
    return tuple(raters), {sitting.pk: place for place, sitting in enumerate(sittings)}


def _block_label(number: int) -> str:
    return f"block-{number:02d}"


def _columns(study: Study, sittings: dict[int, int]) -> dict[str, Any]:
    """The ratings as columns of codes, with the labels each code stands for."""
    comparisons = {
        pk: (animation, a, b)
        for pk, animation, a, b in Comparison.objects.filter(study=study).values_list(
            "pk", "animation__name", "a__system__name", "b__system__name"
        )
    }
    # A is the alphabetically first system for every analysis, whatever the rows say.
    flipped = {pk for pk, (_, a, b) in comparisons.items() if a > b}
    named = {pk: (x, min(a, b), max(a, b)) for pk, (x, a, b) in comparisons.items()}
    units = sorted(named, key=lambda pk: named[pk])
    unit_of = {pk: code for code, pk in enumerate(units)}
    blocks = sorted(study.blocks.values_list("number", flat=True))
    block_of = {number: code for code, number in enumerate(blocks)}
    rows = (
        Rating.objects.filter(trial__sitting__participant__study=study, trial__kind=Trial.Kind.COMPARISON)
        .filter(
            trial__sitting__state=Sitting.State.COMPLETED,
            trial__sitting__participant__withdrawn_at__isnull=True,
        )
        .order_by()
        .values_list(
            "dimension_id",
            "trial__comparison_id",
            "trial__sitting_id",
            "trial__sitting__block__number",
            "trial__position",
            "trial__a_on_left",
            "answer",
            "answered_ms",
        )
    )

    def coded() -> Iterable[tuple[float, ...]]:
        for dimension, comparison, sitting, block, position, a_on_left, answer, ms in rows.iterator(20_000):
            left = a_on_left != (comparison in flipped)
            value = ANSWERS[answer] if left else -ANSWERS[answer]
            time = np.nan if ms is None else ms
            yield (
                dimension,
                unit_of[comparison],
                sittings[sitting],
                block_of[block],
                position,
                left,
                value,
                time,
            )

    names = ("dimension", "unit", "rater", "block", "position", "a_on_left", "value", "response_ms")
    table = np.fromiter(coded(), dtype=np.dtype((np.float64, len(names))))
    table = table[np.lexsort((table[:, 4], table[:, 2], table[:, 0]))]
    columns: dict[str, Any] = {name: table[:, i] for i, name in enumerate(names)}
    columns["units"] = [named[pk] for pk in units]
    columns["blocks"] = tuple(_block_label(number) for number in blocks)
    ordered = Sitting.objects.filter(pk__in=sittings).values_list("pk", "participant__pseudonym")
    columns["raters"] = tuple(name for _, name in sorted(ordered, key=lambda row: sittings[row[0]]))
    return columns


def _table(key: str, columns: dict[str, Any], rows: NDArray[np.bool_]) -> RatingTable:
    """One dimension's table, labels that no rating uses dropped."""
    units = columns["units"]
    animations = sorted({animation for animation, _, _ in units})
    systems = sorted({name for _, a, b in units for name in (a, b)})
    code_of_animation = {name: code for code, name in enumerate(animations)}
    code_of_system = {name: code for code, name in enumerate(systems)}
    of_unit = np.array(
        [(code_of_animation[x], code_of_system[a], code_of_system[b]) for x, a, b in units], np.int32
    ).reshape(-1, 3)
    unit = columns["unit"][rows].astype(np.int32)
    times = columns["response_ms"][rows]
    whole = RatingTable(
        dimension=key,
        unit=unit,
        rater=columns["rater"][rows].astype(np.int32),
        block=columns["block"][rows].astype(np.int32),
        animation=of_unit[unit, 0],
        system_a=of_unit[unit, 1],
        system_b=of_unit[unit, 2],
        value=columns["value"][rows].astype(np.int8),
        unit_labels=tuple(f"{x}: {a} – {b}" for x, a, b in units),
        rater_labels=columns["raters"],
        block_labels=columns["blocks"],
        animation_labels=tuple(animations),
        system_labels=tuple(systems),
        position=columns["position"][rows].astype(np.int32),
        a_on_left=columns["a_on_left"][rows].astype(bool),
        response_ms=None if not np.isfinite(times).any() else times,
    )
    return whole.keep(np.ones(len(whole), bool))


def _without(table: RatingTable, raters: Sequence[str]) -> RatingTable:
    dropped = set(raters) & set(table.rater_labels)
    return table.without_raters(dropped) if dropped else table


def _digest(
    tables: dict[str, RatingTable],
    raters: tuple[Rater, ...],
    metrics: tuple[Metric, ...],
    perturbed: tuple[PerturbedScore, ...],
    validated: tuple[Observation, ...],
    judges: tuple[JudgeVerdicts, ...],
) -> str:
    """sha256 over everything an analysis can see, in names instead of database keys."""
    found = hashlib.sha256()
    for key in sorted(tables):
        t = tables[key]
        labels = [key, t.unit_labels, t.rater_labels, t.block_labels, t.animation_labels, t.system_labels]
        found.update(json.dumps(labels, ensure_ascii=False).encode())
        order = np.lexsort((t.unit, t.rater))
        for column in (t.unit, t.rater, t.block, t.value, t.position, t.a_on_left, t.response_ms):
            if column is not None:
                found.update(np.ascontiguousarray(column[order]).astype("<f8").tobytes())
    people = [[r.pseudonym, r.block, r.excluded, r.checks, r.checks_passed] for r in raters]
    scored = [
        [m.scores.name, m.scores.version, m.scores.dimension, sorted(m.scores.scores.items()), m.undefined]
        for m in metrics
    ]
    changed = [*(astuple(one) for one in perturbed), *(astuple(one) for one in validated)]
    judged = [
        [j.name, j.version, j.dimension, sorted(j.forward.items()), sorted(j.backward.items())]
        for j in judges
    ]
    found.update(json.dumps([people, scored, changed, judged], ensure_ascii=False).encode())
    return found.hexdigest()
