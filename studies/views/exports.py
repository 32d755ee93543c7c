"""The study's data as files, and what their columns mean."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from studies.reports.exports.tables import EXPORTS
from studies.reports.exports.write import MEDIA, codebook, file_name, write
from studies.views.report import get_study

MAY_SEE_PEOPLE = "studies.view_recruiteridentity"


@login_required
def exports(request: HttpRequest, slug: str) -> HttpResponse:
    context = {
        "study": get_study(slug),
        "exports": EXPORTS.values(),
        "forms": MEDIA,
        "may_see_people": request.user.has_perm(MAY_SEE_PEOPLE),
        "with_people": [e for e in EXPORTS.values() if any(column.private for column in e.columns)],
    }
    return render(request, "studies/exports.html", context)


@login_required
def export_file(request: HttpRequest, slug: str, key: str, form: str) -> HttpResponseBase:
    """One table. ``?private=1`` adds the recruiter's ids and free words, for those who may see them."""
    study = get_study(slug)
    private = request.GET.get("private") == "1"
    if private and not request.user.has_perm(MAY_SEE_PEOPLE):
        raise PermissionDenied("Only those who may see recruiter identities may download private exports.")
    if key not in EXPORTS or form not in MEDIA:
        raise Http404("There is no such export.")
    export = EXPORTS[key]
    response = StreamingHttpResponse(write(export, study, form, private), content_type=MEDIA[form])
    response["Content-Disposition"] = f'attachment; filename="{file_name(export, study, form, private)}"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
def export_codebook(request: HttpRequest, slug: str) -> HttpResponse:
    study = get_study(slug)
    private = request.user.has_perm(MAY_SEE_PEOPLE)
    response = HttpResponse(codebook(study, private), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{study.slug}-codebook.md"'
    return response
