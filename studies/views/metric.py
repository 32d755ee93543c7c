"""One metric's page: where and why do people and it part? The worst disagreements play, with what it saw drawn over them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from benchmark.aggregate import overlays
from benchmark.models import Reconstruction, Score
from studies.models import Report, Study
from studies.reports.document import number
from studies.reports.sections import metric
from studies.views.report import get_study

AT_ONCE = 6  # disagreements on one page: each has three clips to load


@login_required
def metric_page(request: HttpRequest, slug: str, pk: int, place: int) -> HttpResponse:
    study = get_study(slug)
    report = get_object_or_404(Report, study=study, pk=pk)
    names = metric.labels(report.content)
    if place >= len(names):
        raise Http404("This report has no such metric.")
    labels = {d["key"]: d["label"] for d in report.content["dimensions"]}
    near = report.content["metrics"]["closeups"][names[place]]
    chosen = request.GET.get("dimension", "")
    chosen = chosen if chosen in near else metric.own_dimension(report.content, names[place])
    page = Paginator(near[chosen]["worst"], AT_ONCE).get_page(request.GET.get("page"))
    trios, drawn, sources = _trios(study, names[place], page.object_list)
    context = {
        "study": study,
        "report": report,
        "name": names[place],
        "place": place,
        "metrics": list(enumerate(names)),
        "answer": metric.answer(report.content, names[place]),
        "sections": metric.sections(report.content, place),
        "chosen": chosen,
        "chosen_label": labels[chosen],
        "dimensions": labels.items(),
        "page": page,
        "first": page.start_index(),
        "worst": trios,
        "drawn": drawn,
        "sources": sources,
        "simulated": report.content["study"]["simulated"],
    }
    return render(request, "studies/metric.html", context)


def _trios(
    study: Study, name: str, worst: Iterable[dict[str, Any]]
) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, list[str]]]:
    """The disagreements with their clips; key of a clip → what to draw over it; and which metric's each layer is."""
    worst = list(worst)
    names = {row["animation"] for row in worst}
    answers = {
        (one.animation.name, one.system.name): one
        for one in Reconstruction.objects.filter(
            animation__dataset=study.dataset_id, animation__name__in=names
        ).select_related("animation__clip", "system", "clip")
    }
    scores = _scores(name, answers.values())
    drawn: dict[str, Any] = {}
    sources: dict[str, list[str]] = {}
    trios = []
    for place, row in enumerate(worst):
        a, b = (answers.get((row["animation"], system)) for system in (row["a"], row["b"]))
        reference = a.animation.clip if a else None
        own = {
            f"a-{place}": scores.get(a.pk, []) if a else [],
            f"b-{place}": scores.get(b.pk, []) if b else [],
        }
        for key, mine in own.items():
            drawn[key] = _layers(mine, "candidate", sources)
        drawn[f"reference-{place}"] = _layers(own[f"a-{place}"], "reference", sources)
        clips = [
            (f"a-{place}", a.clip if a else None, row["a"], row["score_a"], row["votes"][2]),
            (f"reference-{place}", reference, "Reference", None, None),
            (f"b-{place}", b.clip if b else None, row["b"], row["score_b"], row["votes"][0]),
        ]
        trios.append(
            row
            | {
                "clips": clips,
                "seconds": max((clip.duration for _, clip, *_ in clips if clip), default=0.0),
                "raters": sum(row["votes"]),
                "metric_prefers": row["a"] if row["delta"] > 0 else row["b"],
                "sum": _sum(row),
                "playable": any(clip for _, clip, *_ in clips),
                "people_prefer": row["b"] if row["delta"] > 0 else row["a"],
                "against": row["votes"][0 if row["delta"] > 0 else 2],
            }
        )
    return trios, drawn, sources


def _sum(row: dict[str, Any]) -> str:
    """How Δ came about; nothing for a judge, which has no scores."""
    if row["score_a"] is None:
        return ""
    return f"Δ {number(row['score_a'], 3)} − {number(row['score_b'], 3)} = {number(row['delta'], 3)}"


def _scores(name: str, answers: Iterable[Reconstruction]) -> dict[int, list[Score]]:
    """Every reconstruction's present scores, those of the metric of this page first, then those of the others."""
    found: dict[int, list[Score]] = {}
    present = Score.objects.filter(
        reconstruction__in=list(answers),
        reference_clip=F("reconstruction__animation__clip"),
        candidate_clip=F("reconstruction__clip"),
    ).order_by("metric", "-pk")
    for score in present:
        found.setdefault(score.reconstruction_id, []).append(score)
    for mine in found.values():
        mine.sort(key=lambda score: _label(score) != name)
    return found


def _layers(scores: list[Score], role: str, sources: dict[str, list[str]]) -> dict[str, Any]:
    """The crop, tracks and warping path of the first score that has each; ``sources`` learns whose they are."""
    found: dict[str, Any] = {"boxes": [], "tracks": [], "warping": []}
    for score in scores:
        box = overlays.crop(score.diagnostics, role)
        layers = {"boxes": [box] if box else [], "tracks": overlays.tracks(score.diagnostics, role)}
        if role == "candidate":
            layers["warping"] = overlays.warping(score.diagnostics)
        for kind, shapes in layers.items():
            if shapes and not found[kind]:
                found[kind] = shapes
                if (name := _label(score)) not in sources.setdefault(kind, []):
                    sources[kind].append(name)
    return found


def _label(score: Score) -> str:
    return f"{score.metric} {score.version}".strip()
