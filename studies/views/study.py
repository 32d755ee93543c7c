"""The list of studies, and the page of one: is it filling, is it sound, what next?"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from studies.launch import LaunchRefused, close, launch, pause, resume, why_not
from studies.models import Study
from studies.reports.live import so_far, wished_of
from studies.reports.make import latest_report
from studies.views.overview import block_rows, soundness, standings
from studies.views.report import get_study

STEPS: dict[str, tuple[Callable[[Study], None], str]] = {
    "open": (launch, "The study is open. Its design is frozen; send the link."),
    "pause": (pause, "The study is paused: nobody new is admitted, who is under way may finish."),
    "resume": (resume, "The study is open again."),
    "close": (close, "The study is closed. Its data stay as they are."),
}


@login_required
def study_list(request: HttpRequest) -> HttpResponse:
    return render(request, "studies/list.html", {"standings": standings(Study.objects.all())})


@login_required
def study_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole page, or only what changes while people sit when HTMX asks for it."""
    study = get_study(slug)
    standing = standings(Study.objects.filter(pk=study.pk))[0]
    report = latest_report(study)
    wished = wished_of(request.GET.get("wished"))
    context = {
        "study": study,
        "standing": standing,
        "blocks": block_rows(study),
        "soundness": soundness(study),
        "summary": list(report.content["summary"].items()) if report else [],
        "labels": {d["key"]: d["label"] for d in report.content["dimensions"]} if report else {},
        "report": report,
        "so_far": so_far(study, wished),
        "wished": wished,
        "obstacle": why_not(study) if study.state == Study.State.DRAFT else None,
        "link": request.build_absolute_uri(reverse("sitting:landing", args=[study.slug])),
        "dimensions": study.dimensions.all(),
    }
    template = "studies/_filling.html" if request.headers.get("HX-Request") else "studies/study.html"
    return render(request, template, context)


@login_required
@require_POST
def study_step(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    """Open, pause, resume or close; a refusal says why."""
    study = get_study(slug)
    if step not in STEPS:
        raise Http404("There is no such step.")
    act, done = STEPS[step]
    try:
        act(study)
    except LaunchRefused as refusal:
        messages.error(request, str(refusal), extra_tags="bad")
    else:
        messages.success(request, done, extra_tags="good")
    return redirect("studies:study", slug=study.slug)


@login_required
def comparisons(request: HttpRequest, slug: str) -> HttpResponse:
    """What participants are shown, with the names they never see: practice rounds and comparisons, playing."""
    study = get_study(slug)
    rows = study.comparisons.select_related("animation", "a__system", "b__system").order_by(
        "animation__name", "a__system__name", "b__system__name"
    )
    page = Paginator(rows, 12).get_page(request.GET.get("page"))
    context = {
        "study": study,
        "page": page,
        "practice": study.practice_rounds.all() if page.number == 1 else [],
    }
    return render(request, "studies/comparisons.html", context)
