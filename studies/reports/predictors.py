"""What a study's comparisons can be foretold by: metrics' scores, judges' verdicts, and the scores of known changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from benchmark.models import Reconstruction, Score
from studies.analysis.perturbation import PerturbedScore
from studies.analysis.scores import JudgeVerdicts, MetricScores, label_of
from studies.models import Comparison, Study, Verdict

Orders = dict[tuple[str, str, str], str | None]


@dataclass(frozen=True)
class Metric:
    """One metric's scores of this study's reconstructions, and how many of them are undefined or missing."""

    scores: MetricScores
    undefined: int
    missing: int
    parameters_digest: str


def current_scores(study: Study) -> Any:
    """Scores of the clips as they are now; those of clips that were replaced are history."""
    return Score.objects.filter(
        reconstruction__animation__dataset_id=study.dataset_id,
        reference_clip=F("reconstruction__animation__clip"),
        candidate_clip=F("reconstruction__clip"),
    )


def load_metrics(study: Study) -> tuple[Metric, ...]:
    """Each metric's scores in one version and one set of parameters: the one that scored most, then the newest."""
    compared = Q(pk__in=Comparison.objects.filter(study=study).values("a")) | Q(
        pk__in=Comparison.objects.filter(study=study).values("b")
    )
    rows = (
        current_scores(study)
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
        for name, kind in sorted(chosen.items(), key=lambda pair: (pair[0] in baselines, pair[0]))
        for _, version, parameters, claimed in [kind]
    )


def load_perturbed(study: Study, metrics: Sequence[Metric]) -> tuple[PerturbedScore, ...]:
    """The chosen metrics' scores of systems that declare a controlled change (docs/data-formats.md): known truths."""
    changes = {
        pk: setting["changes"]
        for pk, setting in study.dataset.systems.values_list("pk", "setting")
        if is_change(setting.get("changes"))
    }
    kinds = {(m.scores.name, m.scores.version, m.parameters_digest): label_of(m.scores) for m in metrics}
    rows = (
        current_scores(study)
        .filter(reconstruction__system__in=changes, value__isnull=False)
        .order_by()
        .values_list(
            "metric",
            "version",
            "parameters_digest",
            "reconstruction__system",
            "reconstruction__animation__name",
            "value",
        )
    )
    found = [
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
    ]
    # In an order that no database's collation decides: changes of one dimension together.
    return tuple(
        sorted(
            found, key=lambda one: (one.dimension, one.perturbation, one.strength, one.animation, one.metric)
        )
    )


def load_judges(study: Study) -> tuple[JudgeVerdicts, ...]:
    """Every judge on every question it was asked: “judge on question”, which claims that question's dimension."""
    found: dict[tuple[str, str, str], tuple[Orders, Orders]] = {}
    rows = Verdict.objects.filter(comparison__study=study).values_list(
        "judge",
        "version",
        "dimension__key",
        "a_first",
        "value",
        "comparison__animation__name",
        "comparison__a__system__name",
        "comparison__b__system__name",
    )
    for judge, version, key, a_first, value, animation, a, b in rows.iterator(20_000):
        # The analyses name the alphabetically first system first, whatever the rows say.
        first, second = sorted((a, b))
        orders = found.setdefault((judge, version, key), ({}, {}))
        won = None if value == 0 else a if value > 0 else b
        orders[a_first != (a == first)][animation, first, second] = won
    return tuple(
        JudgeVerdicts(f"{judge} on {key}", version, forward, backward, key)
        for (judge, version, key), (forward, backward) in sorted(found.items())
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
