"""The report: do people agree, may the metric stand in for them?"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from benchmark.models import Job
from studies.models import Report, Study
from studies.reports.charts.draw import svg
from studies.reports.charts.palette import Theme
from studies.reports.compose import compose, made_up
from studies.reports.document import Chart, charts_of
from studies.reports.forms.files import FORMS, file_name
from studies.reports.job import enqueue_report, open_report_job
from studies.reports.make import (
    AT_ONCE,
    NothingToReport,
    countable,
    current_report,
    latest_report,
    make_report,
)
from studies.reports.sections import metric


def get_study(slug: str) -> Study:
    return get_object_or_404(Study.objects.select_related("dataset"), slug=slug)


@login_required
def report_page(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """The report of the present data, or of the snapshot ``pk``. Few ratings are analysed at once, many by a worker."""
    study = get_study(slug)
    if pk is not None:
        return _show(request, study, get_object_or_404(Report, study=study, pk=pk), pinned=True)
    report = current_report(study)
    if report is None:
        ratings = countable(study)
        if ratings == 0:
            return render(request, "studies/report_empty.html", {"study": study})
        if ratings <= AT_ONCE:
            try:
                report = make_report(study)
            except NothingToReport as reason:
                return render(request, "studies/report_empty.html", {"study": study, "reason": reason})
    if report is not None:
        return _show(request, study, report)
    older, job = latest_report(study), open_report_job(study)
    if older is not None:
        return _show(request, study, older, stale=True, job=job)
    return render(
        request, "studies/report_wait.html", {"study": study, "job": job, "ratings": countable(study)}
    )


def _show(
    request: HttpRequest,
    study: Study,
    report: Report,
    *,
    pinned: bool = False,
    stale: bool = False,
    job: Job | None = None,
) -> HttpResponse:
    context = {
        "study": study,
        "report": report,
        "document": compose(report),
        "pinned": pinned,
        "stale": stale,
        "job": job,
        "metrics": list(enumerate(metric.labels(report.content))),
        "forms": [(form, words) for form, (_, _, _, words) in FORMS.items()],
        "snapshots": study.reports.exclude(pk=report.pk).only("pk", "made_at", "data_digest", "study")[:20],
    }
    return render(request, "studies/report.html", context)


@login_required
def report_chart(
    request: HttpRequest, slug: str, pk: int, chart: str, theme: str, width: str
) -> HttpResponse:
    """One chart of one report as SVG. A report never changes, so its charts may be kept for good."""
    report = get_object_or_404(Report, study__slug=slug, pk=pk)
    key = f"chart:{report.content_digest}:{chart}:{theme}:{width}"
    drawn = cache.get(key)
    if drawn is None:
        found = _find_chart(report, chart)
        if found is None or theme not in ("light", "dark") or width not in ("wide", "narrow"):
            raise Http404("This report has no such chart.")
        tone: Theme = "dark" if theme == "dark" else "light"
        drawn = svg(found.spec, tone, narrow=width == "narrow", note=made_up(report.content["study"]))
        cache.set(key, drawn, timeout=24 * 3600)
    response = HttpResponse(drawn, content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _find_chart(report: Report, key: str) -> Chart | None:
    """A chart of the report itself, or of one of its metrics' pages: those carry the metric's number."""
    sections = list(compose(report).sections)
    for place in range(len(metric.labels(report.content))):
        sections += metric.sections(report.content, place)
    return next((chart for chart in charts_of(sections) if chart.key == key), None)


@login_required
def report_form(request: HttpRequest, slug: str, pk: int, form: str) -> HttpResponse:
    """The report in another form: PDF, LaTeX, CSV tables, figures, JSON."""
    report = get_object_or_404(Report, study__slug=slug, pk=pk)
    if form not in FORMS:
        raise Http404("There is no such form of the report.")
    make, _, media, _ = FORMS[form]
    response = HttpResponse(make(report), content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{file_name(report, form)}"'
    return response


@login_required
@require_POST
def report_make(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask a worker for the report of the present data."""
    study = get_study(slug)
    enqueue_report(study)
    return redirect("studies:report", slug=study.slug)


@login_required
def report_progress(request: HttpRequest, slug: str) -> HttpResponse:
    """How far the worker is; when it has ended, HTMX loads the page anew."""
    study = get_study(slug)
    job = open_report_job(study)
    response = render(request, "studies/report_progress.html", {"study": study, "job": job})
    if job is None:
        response["HX-Refresh"] = "true"
    return response
