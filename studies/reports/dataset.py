"""A study's rows as arrays: what every analysis of a report starts from, and the digest of it.

Which ratings count: those on comparisons (not on checks), from completed sittings of participants who have not
withdrawn. Excluded sittings are loaded too, marked, so that a report can show both sides of an exclusion.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from django.db.models import Count, F, Max, Q
from numpy.typing import NDArray

from benchmark.models import Reconstruction, Score
from studies.analysis.perturbation import PerturbedScore
from studies.analysis.scores import MetricScores, label_of
from studies.analysis.table import RatingTable
from studies.models import Comparison, Exclusion, Rating, Sitting, Study, Trial

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
class Metric:
    """One metric's scores of this study's reconstructions, and how many of them are undefined or missing."""

    scores: MetricScores
    undefined: int
    missing: int
    parameters_digest: str


@dataclass(frozen=True)
class StudyData:
    """Everything a report is made from. ``tables``: dimension key → its ratings; ``all_tables`` before exclusions."""

    tables: dict[str, RatingTable]
    all_tables: dict[str, RatingTable]
    labels: dict[str, str]
    raters: tuple[Rater, ...]
    metrics: tuple[Metric, ...]
    perturbed: tuple[PerturbedScore, ...]
    withdrawn: int
    digest: str

    @property
    def ratings(self) -> int:
        return sum(len(table) for table in self.tables.values())


def load(study: Study) -> StudyData:
    """Read a study's ratings and scores; some seconds for a hundred thousand ratings."""
    raters, every, kept = _tables(study)
    metrics = _metrics(study)
    perturbed = load_perturbed(study, metrics)
    return StudyData(
        tables=kept,
        all_tables=every,
        labels={d.key: d.label for d in study.dimensions.all()},
        raters=raters,
        metrics=metrics,
        perturbed=perturbed,
        withdrawn=study.participants.filter(withdrawn_at__isnull=False).count(),
        digest=_digest(every, raters, metrics, perturbed),
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
        *_current_scores(study).aggregate(n=Count("pk"), last=Max("pk")).values(),
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


def _current_scores(study: Study) -> Any:
    """Scores of the clips as they are now; those of clips that were replaced are history."""
    return Score.objects.filter(
        reconstruction__animation__dataset_id=study.dataset_id,
        reference_clip=F("reconstruction__animation__clip"),
        candidate_clip=F("reconstruction__clip"),
    )


def _metrics(study: Study) -> tuple[Metric, ...]:
    """Each metric's scores in one version and one set of parameters: the one that scored most, then the newest."""
    compared = Q(pk__in=Comparison.objects.filter(study=study).values("a")) | Q(
        pk__in=Comparison.objects.filter(study=study).values("b")
    )
    rows = (
        _current_scores(study)
        .filter(reconstruction__in=Reconstruction.objects.filter(compared))
        .order_by("pk")
        .values_list(
            "metric",
            "version",
            "parameters_digest",
            "dimension",
            "value",
            "pk",
            "reconstruction__system__name",
            "reconstruction__animation__name",
        )
    )
    values: dict[tuple[str, str, str, str], dict[tuple[str, str], float]] = defaultdict(dict)
    undefined: Counter[tuple[str, str, str, str]] = Counter()
    newest: dict[tuple[str, str, str, str], int] = {}
    for metric, version, parameters, dimension, value, pk, system, animation in rows.iterator(20_000):
        kind = (metric, version, parameters, dimension)
        newest[kind] = pk
        if value is None:
            undefined[kind] += 1
        else:
            values[kind][animation, system] = value
    chosen: dict[str, tuple[str, str, str, str]] = {}
    for kind in sorted(newest, key=lambda kind: (len(values[kind]) + undefined[kind], newest[kind])):
        chosen[kind[0]] = kind
    wanted = Reconstruction.objects.filter(compared).count()
    baselines = _baselines() if chosen else set()
    return tuple(
        Metric(
            MetricScores(
                name,
                version,
                dict(values[kind]),
                claimed or None,
                "baseline" if name in baselines else "metric",
            ),
            undefined[kind],
            wanted - len(values[kind]) - undefined[kind],
            parameters,
        )
        for name, kind in sorted(chosen.items())
        for _, version, parameters, claimed in [kind]
    )


def load_perturbed(study: Study, metrics: Sequence[Metric]) -> tuple[PerturbedScore, ...]:
    """The chosen metrics' scores of systems that declare a controlled change (docs/data-formats.md): known truths."""
    changes = {
        pk: setting["changes"]
        for pk, setting in study.dataset.systems.order_by("name").values_list("pk", "setting")
        if is_change(setting.get("changes"))
    }
    kinds = {(m.scores.name, m.scores.version, m.parameters_digest): label_of(m.scores) for m in metrics}
    rows = (
        _current_scores(study)
        .filter(reconstruction__system__in=changes, value__isnull=False)
        .order_by("metric", "reconstruction__animation__name", "reconstruction__system__name", "pk")
        .values_list(
            "metric",
            "version",
            "parameters_digest",
            "reconstruction__system",
            "reconstruction__animation__name",
            "value",
        )
    )
    return tuple(
        PerturbedScore(
            animation,
            changes[system]["change"],
            changes[system]["dimension"],
            float(changes[system]["strength"]),
            kinds[metric, version, parameters],
            value,
        )
        for metric, version, parameters, system, animation, value in rows.iterator(20_000)
        if (metric, version, parameters) in kinds
    )


def is_change(found: Any) -> bool:
    """Whether a system's setting declares a controlled change: {"change": …, "dimension": …, "strength": ≥ 0}."""
    return (
        isinstance(found, dict)
        and isinstance(found.get("change"), str)
        and isinstance(found.get("dimension"), str)
        and isinstance(found.get("strength"), int | float)
        and found["strength"] >= 0
    )


def _baselines() -> set[str]:
    # Only a study with scores needs to load the metrics, and OpenCV with them.
    from benchmark.metrics import registry

    return {metric.name for metric in registry if metric.baseline}


def _digest(
    tables: dict[str, RatingTable],
    raters: tuple[Rater, ...],
    metrics: tuple[Metric, ...],
    perturbed: tuple[PerturbedScore, ...],
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
    changed = [astuple(one) for one in perturbed]
    found.update(json.dumps([people, scored, changed], ensure_ascii=False).encode())
    return found.hexdigest()
