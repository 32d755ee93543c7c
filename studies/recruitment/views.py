"""The researcher's pages about recruitment: do Prolific and we tell the same story, who is to be paid, who are they?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from studies.models import (
    PayDecision,
    RecruiterIdentity,
    RecruiterPoll,
    RecruiterStudy,
    Sitting,
    Study,
    Submission,
)
from studies.recruitment import decisions, identities, polling
from studies.recruitment.differences import differences
from studies.recruitment.forms import KeyForm, PayForm, SetupForm
from studies.recruitment.review import review, reviews, tally

PER_PAGE = 100
PARAMETERS = "?PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}"


def _study(slug: str) -> Study:
    return get_object_or_404(Study, slug=slug)


def _back(study: Study) -> HttpResponse:
    return redirect("recruitment:overview", study.slug)


@login_required
@never_cache
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Statuses, differences and what to do about them, pay, and the map of identities."""
    study = _study(slug)
    return _show(request, study, KeyForm())


def _show(request: HttpRequest, study: Study, key_form: KeyForm, status: int = 200) -> HttpResponse:
    found = reviews(study)
    entered = list(RecruiterStudy.objects.filter(study=study).order_by("pk"))
    context: dict[str, Any] = {
        "study": study,
        "prolific": study.recruiter == Study.Recruiter.PROLIFIC,
        "token": bool(settings.PROLIFIC_TOKEN),
        "hook_secret": bool(settings.PROLIFIC_WEBHOOK_SECRET),
        "poll": RecruiterPoll.objects.filter(study=study).first(),
        "differences": differences(study),
        "tally": tally(study, found),
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "people": len(found),
        "due": sum(one.plainly_due for one in found),
        "entered": entered,
        "came_from": [] if entered else polling.recruiter_keys(study),
        "key_form": key_form,
        "link": request.build_absolute_uri(reverse("sitting:landing", args=[study.slug])) + PARAMETERS,
        "hook": request.build_absolute_uri(reverse("recruitment:hook")),
        "identities": RecruiterIdentity.objects.filter(study=study).count(),
    }
    return render(request, "recruitment/study.html", context, status=status)


@login_required
@require_POST
def poll_now(request: HttpRequest, slug: str) -> HttpResponse:
    study = _study(slug)
    if not settings.PROLIFIC_TOKEN:
        messages.error(
            request, "Set DIPTYCH_PROLIFIC_TOKEN and restart: without it Prolific answers nothing.", "bad"
        )
    elif not polling.recruiter_keys(study):
        messages.error(request, "Enter Prolific's study id first: nobody has come from there yet.", "bad")
    else:
        polling.ask(study)
        messages.success(request, "Prolific is being asked; reload this page in a moment.", "good")
    return _back(study)


@login_required
@require_POST
def add_key(request: HttpRequest, slug: str) -> HttpResponse:
    study = _study(slug)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _show(request, study, form, status=400)
    form.save(study)
    messages.success(request, "Entered. Its submissions are asked for from now on.", "good")
    return _back(study)


@login_required
@require_POST
def remove_key(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    study = _study(slug)
    get_object_or_404(RecruiterStudy, study=study, pk=pk).delete()
    messages.success(request, "Removed. What was heard of its submissions stays.", "good")
    return _back(study)


@login_required
@require_POST
def settle(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Tick a difference off; it comes back when Prolific tells something new."""
    study = _study(slug)
    get_object_or_404(Submission, study=study, pk=pk)
    Submission.objects.filter(pk=pk, settled_at=None).update(
        settled_at=timezone.now(), settled_by=request.user
    )
    messages.success(request, "Ticked off. It comes back if the submission's status changes.", "good")
    return _back(study)


@login_required
@never_cache
def pay(request: HttpRequest, pk: int, decision: str) -> HttpResponse:
    """Look at the grounds, then decide: the page between the wish and the deed."""
    sitting = get_object_or_404(Sitting.objects.select_related("participant__study"), pk=pk)
    found = review(sitting)
    if decision not in PayDecision.Decision.values or found is None:
        raise Http404("There is no such decision to make.")
    form = PayForm(decision, found.evaluation.verdicts, request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                decisions.decide_pay(
                    sitting,
                    decision,
                    form.cleaned_data.get("category", ""),
                    form.cleaned_data.get("message", ""),
                    request.user,  # type: ignore[arg-type]
                )
            except decisions.DecisionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(
                    request, "Decided. Prolific is being told; this page will say when it is there.", "good"
                )
                return _back(sitting.participant.study)
        status = 400
    context = {
        "study": sitting.participant.study,
        "sitting": sitting,
        "review": found,
        "decision": decision,
        "words": PayDecision.Decision(decision).label,
        "permitted": decision in found.choices,
        "form": form,
    }
    return render(request, "recruitment/pay.html", context, status=status)


@login_required
@never_cache
def approve_all(request: HttpRequest, slug: str) -> HttpResponse:
    """Approve everybody for whom nothing else is permitted: those shown when the button was pressed, no others."""
    study = _study(slug)
    due = [one for one in reviews(study) if one.plainly_due]
    if request.method != "POST":
        return render(request, "recruitment/approve_all.html", {"study": study, "due": due})
    shown = set(request.POST.getlist("sitting"))
    approved = 0
    for one in due:
        if str(one.sitting.pk) not in shown:
            continue
        try:
            decisions.decide_pay(one.sitting, PayDecision.Decision.APPROVE, "", "", request.user)  # type: ignore[arg-type]
        except decisions.DecisionRefused as refusal:
            messages.error(request, f"{one.sitting.participant}: {refusal}", "bad")
        else:
            approved += 1
    messages.success(request, f"{approved} approved. Prolific is being told.", "good")
    return _back(study)


@login_required
@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    decision = get_object_or_404(PayDecision.objects.select_related("sitting__participant__study"), pk=pk)
    decisions.send(decision)
    messages.success(request, "Prolific is being told again.", "good")
    return _back(decision.sitting.participant.study)


@login_required
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    decision = get_object_or_404(PayDecision.objects.select_related("sitting__participant__study"), pk=pk)
    try:
        decisions.take_back(decision)
    except decisions.DecisionRefused as refusal:
        messages.error(request, str(refusal), "bad")
    else:
        messages.success(request, "Taken back. Prolific was told nothing.", "good")
    return _back(decision.sitting.participant.study)


@login_required
def setup(request: HttpRequest, slug: str) -> HttpResponse:
    """A draft's completion codes and rule for excluding; read-only from launch on."""
    study = _study(slug)
    form = SetupForm(study, request.POST or None)
    status = 200
    if request.method == "POST":
        if study.frozen:
            messages.error(request, "This study has been opened: its codes and its plan are frozen.", "bad")
            return redirect("recruitment:setup", study.slug)
        if form.is_valid():
            if form.save():
                messages.success(request, "Saved.", "good")
            else:
                messages.error(
                    request, "The study was opened a moment ago: its codes and plan are frozen.", "bad"
                )
            return redirect("recruitment:setup", study.slug)
        status = 400
    return render(request, "recruitment/setup.html", {"study": study, "form": form}, status=status)


def _staff(request: HttpRequest) -> None:
    if not request.user.is_staff:
        raise PermissionDenied("Only staff may see or destroy who the participants are.")


@login_required
@never_cache
def identity_file(request: HttpRequest, slug: str) -> HttpResponse:
    study = _study(slug)
    _staff(request)
    response = HttpResponse(identities.identity_csv(study), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{study.slug}-identities.csv"'
    return response


@login_required
@never_cache
def destroy_identities(request: HttpRequest, slug: str) -> HttpResponse:
    """The page between the wish and the deed, with what will be gone and what will stay."""
    study = _study(slug)
    _staff(request)
    error = ""
    if request.method == "POST":
        if request.POST.get("slug", "").strip() != study.slug:
            error = f"Type the study's short name, {study.slug}, to show that this is the one you mean."
        else:
            try:
                people = identities.destroy(study)
            except identities.IdentitiesRefused as refusal:
                error = str(refusal)
            else:
                words = "1 person" if people == 1 else f"{people} people"
                messages.success(request, f"Destroyed: the map of {words} is gone; the ratings stay.", "good")
                return _back(study)
    context = {
        "study": study,
        "people": RecruiterIdentity.objects.filter(study=study).count(),
        "submissions": Submission.objects.filter(study=study).count(),
        "unreviewed": identities.unreviewed(study),
        "obstacle": identities.why_not_destroy(study),
        "error": error,
    }
    return render(request, "recruitment/destroy.html", context, status=400 if error else 200)
