"""How the metrics themselves do: the matrix perturbation × metric."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from benchmark.validation.observations import Store, of_versions_here
from benchmark.validation.statistics import SPLITS, Split, validate

DIMENSIONS = {"appearance": "Looks only", "motion": "Timing and motion only", "both": "Both"}


@require_safe
@login_required
def validation(request: HttpRequest) -> HttpResponse:
    observations = of_versions_here(Store(settings.DATA / "validation").read())
    asked = request.GET.get("split", "")
    split: Split = next((name for name in SPLITS if name == asked), "held out")
    found = validate(observations, split)
    groups = [
        (
            title,
            [
                (name, [(metric, found.cells[name, metric.metric]) for metric in found.metrics])
                for name, dimension in found.perturbations
                if dimension == key
            ],
        )
        for key, title in DIMENSIONS.items()
    ]
    return render(
        request,
        "benchmark/validation.html",
        {
            "found": found,
            "groups": [(title, rows) for title, rows in groups if rows],
            "splits": [(name, name == split) for name in SPLITS],
            "any": bool(observations),
        },
    )
