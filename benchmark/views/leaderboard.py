"""Datasets and how their systems did."""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from benchmark import charts
from benchmark.aggregate.captures import doubtful
from benchmark.aggregate.leaderboard import DIMENSIONS, Leaderboard, leaderboard
from benchmark.jobs.capturing import enqueue_capture
from benchmark.models import Animation, Dataset, Outcome, Reconstruction, System
from benchmark.templatetags.benchmark import score
from benchmark.views.choosing import TITLES, address, dimensions, order, wanted

A_YEAR_S = 31_536_000


@require_safe
@login_required
def datasets(request: HttpRequest) -> HttpResponse:
    found = Dataset.objects.order_by("simulated", "title").annotate(
        animation_count=_count(Animation.objects.filter(dataset=OuterRef("pk")), "dataset"),
        system_count=_count(System.objects.filter(dataset=OuterRef("pk")), "dataset"),
        answers=_count(Reconstruction.objects.filter(system__dataset=OuterRef("pk")), "system__dataset"),
        captured=_count(
            Reconstruction.objects.filter(system__dataset=OuterRef("pk")).filter(~Q(outcome=Outcome.PENDING)),
            "system__dataset",
        ),
    )
    return render(request, "benchmark/datasets.html", {"datasets": found})


def _count(rows: QuerySet[Any], by: str) -> Coalesce:
    """The number of `rows` of an outer row, as a subquery: counting over several joins at once would multiply them."""
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@require_safe
@login_required
def dataset(request: HttpRequest, slug: str) -> HttpResponse:
    """The leaderboard of a dataset, and its animations."""
    found = get_object_or_404(Dataset, slug=slug)
    board = leaderboard(found, wanted(request), order(request))
    chosen = {key: version.key for key, version in board.metrics.items() if version}
    animations = found.animations.select_related("clip").annotate(
        answers=Count("reconstructions", filter=~Q(reconstructions__outcome=Outcome.PENDING))
    )
    return render(
        request,
        "benchmark/dataset.html",
        {
            "dataset": found,
            "board": board,
            "doubtful": doubtful(found),
            "dimensions": dimensions(request, board.choices, board.metrics),
            "chosen": address(request, order=""),
            "charted": any(row.appearance.scores or row.motion.scores for row in board.rows),
            "chart_query": urlencode({**chosen, "order": order(request), "v": _fingerprint(board)}),
            "reading": _reading(board),
            "animations": animations,
            "titled": found.title,
        },
    )


@require_POST
@login_required
def capture_again(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for new captures of what is not exact or was stopped; clips and scores stay until then."""
    found = get_object_or_404(Dataset, slug=slug)
    asked = [enqueue_capture(item) for item in doubtful(found).all]
    messages.info(
        request, f"{len(asked)} page{' is' if len(asked) == 1 else 's are'} waiting to be captured again."
    )
    return redirect("benchmark:jobs")


@require_safe
@login_required
def dataset_chart(request: HttpRequest, slug: str, theme: str, width: str) -> HttpResponse:
    """The leaderboard's picture. The address carries a fingerprint of the numbers, so the browser may keep it."""
    if theme not in ("light", "dark") or width not in ("wide", "narrow"):
        raise Http404("There is no such form of this chart.")
    found = get_object_or_404(Dataset, slug=slug)
    board = leaderboard(found, wanted(request), order(request))
    panels = {
        TITLES[key] + (f", {version.label}" if (version := board.metrics[key]) else ""): [
            {
                "label": str(row.system),
                "value": (mean := getattr(row, key)).executed.value,
                "low": mean.executed.low,
                "high": mean.executed.high,
                "scores": list(mean.scores),
            }
            for row in board.rows
        ]
        for key in DIMENSIONS
        if board.metrics[key]
    }
    spec = charts.strips(panels, narrow=width == "narrow")
    key = "strips:" + hashlib.sha256(f"{json.dumps(spec)}:{theme}".encode()).hexdigest()
    drawn = cache.get(key)
    if drawn is None:
        drawn = charts.svg(spec, cast(charts.Theme, theme))
        cache.set(key, drawn, timeout=24 * 3600)
    response = HttpResponse(drawn, content_type="image/svg+xml")
    current = request.GET.get("v") == _fingerprint(board)
    response["Cache-Control"] = f"private, max-age={A_YEAR_S}, immutable" if current else "private, no-store"
    return response


def _fingerprint(board: Leaderboard) -> str:
    facts = [(str(row.system), row.appearance, row.motion) for row in board.rows]
    return hashlib.sha256(repr((facts, board.metrics)).encode()).hexdigest()[:16]


def _reading(board: Leaderboard) -> str:
    """The chart in one sentence."""
    said = []
    for key in DIMENSIONS:
        means = [(getattr(row, key).executed.value, str(row.system)) for row in board.rows]
        there = [(value, name) for value, name in means if value is not None]
        if len(there) > 1:
            best, worst = max(there), min(there)
            said.append(
                f"{best[1]} is closest in {key} ({score(best[0])}), {worst[1]} farthest ({score(worst[0])})"
            )
    closing = "Each thin mark is one reconstruction that ran, the dot their mean, the line its 95 % interval."
    return f"{'; '.join(said)}. {closing}" if said else closing
