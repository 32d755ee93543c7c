"""What is known of a study's metrics beside its ratings: how they answered animations that were got wrong on purpose.

The observations are those of `manage.py validate_metrics`, of the versions and parameters that scored the study, on
animations that no parameter was chosen on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from benchmark.validation.observations import Observation, Store
from benchmark.validation.split import HELD_OUT
from benchmark.validation.statistics import validate
from studies.analysis.estimate import Estimate
from studies.analysis.scores import label_of
from studies.reports.encode import plain
from studies.reports.predictors import Metric

NOT_OBSERVED = "No metric of this study has been validated here in the version that scored it: run manage.py validate_metrics."
NOT_WRONG = "No animation was got wrong in a way that would tell."


def _store() -> Store:
    return Store(settings.DATA / "validation")


def load_validated(metrics: Sequence[Metric]) -> tuple[Observation, ...]:
    """The observations of these metrics, as they scored the study, on held-out animations; in an order of their own."""
    known = {(m.scores.name, m.scores.version, m.parameters_digest) for m in metrics}
    found = [
        one
        for one in _store().read()
        if one.animation in HELD_OUT and (one.metric, one.version, one.parameters_digest) in known
    ]
    return tuple(sorted(found, key=lambda one: (one.animation, one.perturbation, one.level, one.metric)))


def stamp() -> tuple[int, int] | None:
    """Changes whenever the observations do."""
    path = _store().path
    return (path.stat().st_size, path.stat().st_mtime_ns) if path.is_file() else None


def validation(observations: Sequence[Observation], metrics: Sequence[Metric]) -> dict[str, Any]:
    """What the validation says of each metric, and of each under each perturbation, by the metrics' labels."""
    if not observations:
        return {"undefined": NOT_OBSERVED}
    labels = {metric.scores.name: label_of(metric.scores) for metric in metrics}
    found = validate(observations, "held out")
    claims = {summary.metric: summary.dimension for summary in found.metrics}
    seen = {name: len({one.animation for one in observations if one.metric == name}) for name in claims}
    return {
        "split": found.split,
        "animations": list(found.animations),
        "metrics": [
            {
                "metric": labels[summary.metric],
                "dimension": summary.dimension,
                "own_drop": _point(
                    summary.own_drop, "mean drop over all levels of its own dimension", seen[summary.metric]
                ),
                "monotonicity": _point(
                    summary.monotonicity,
                    "mean Kendall τ-b of level and drop over animations and perturbations",
                    seen[summary.metric],
                ),
                "leakage": _point(
                    summary.leakage,
                    "mean drop under the other dimension over that under its own",
                    seen[summary.metric],
                ),
                "kept": _point(
                    summary.kept, "share left within .05 of 1 by the other dimension", summary.kept_of
                ),
            }
            for summary in found.metrics
        ],
        "responses": [
            {
                "perturbation": name,
                "dimension": dimension,
                "metric": labels[metric],
                "targets": claims[metric],
                "values": plain(cell.values),
                "standardised": _point(
                    cell.standardised,
                    "mean drop at the gravest level in standard deviations of the metric's drops",
                    cell.animations,
                ),
                "monotonicity": _point(
                    cell.monotonicity, "mean Kendall τ-b over animations", cell.animations
                ),
                "undefined": cell.undefined,
            }
            for name, dimension in found.perturbations
            for metric in claims
            if (cell := found.cells[name, metric]).animations
        ],
    }


def _point(value: float | None, method: str, n: int) -> Any:
    return plain(Estimate.undefined(NOT_WRONG, n) if value is None else Estimate.point(value, n, method))
