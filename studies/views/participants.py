"""Who took part; and one of them: what did this person do, may I keep it, and why?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from studies.models import Exclusion, Participant, Rating, Sitting, Study, Trial
from studies.recruitment.decisions import DecisionRefused, exclude, lift
from studies.recruitment.evaluation import evaluate, evaluate_study
from studies.views.report import get_study

PER_PAGE = 100
State = Sitting.State
FILTERS: dict[str, str] = {
    "": "all",
    "active": "under way",
    "completed": "completed",
    "review": "failed a check, undecided",
    "excluded": "excluded",
    "ended": "ended early",
}


def _sittings(study: Study, chosen: str) -> QuerySet[Sitting]:
    standing = Exclusion.objects.filter(sitting=OuterRef("pk"), lifted_at=None)
    found = (
        Sitting.objects.filter(participant__study=study)
        .select_related("participant", "block")
        .annotate(
            rounds=Count("trials"),
            answered=Count("trials", filter=Q(trials__answered_at__isnull=False)),
            checks=Count("trials", filter=Q(trials__kind__in=Trial.CHECKS, trials__passed__isnull=False)),
            checks_passed=Count("trials", filter=Q(trials__kind__in=Trial.CHECKS, trials__passed=True)),
            opened=Count("trials", filter=Q(trials__opened_at__isnull=False)),
            excluded=Exists(standing),
        )
        .prefetch_related(
            Prefetch("exclusions", Exclusion.objects.filter(lifted_at=None), to_attr="standing")
        )
        .order_by("participant__pseudonym", "-created_at")
    )
    if chosen == "review":
        failed = Trial.objects.filter(sitting=OuterRef("pk"), kind__in=Trial.CHECKS, passed=False)
        decided = Exclusion.objects.filter(sitting=OuterRef("pk"))
        return found.filter(Exists(failed), ~Exists(decided), state=State.COMPLETED)
    if chosen == "excluded":
        return found.filter(Exists(standing))
    if chosen == "ended":
        return found.exclude(state__in=[State.ACTIVE, State.COMPLETED])
    return found.filter(state=chosen) if chosen in (State.ACTIVE, State.COMPLETED) else found


@login_required
def participant_list(request: HttpRequest, slug: str) -> HttpResponse:
    study = get_study(slug)
    chosen = request.GET.get("show", "")
    page = Paginator(_sittings(study, chosen), PER_PAGE).get_page(request.GET.get("page"))
    evaluations = evaluate_study(study)
    rows: list[dict[str, Any]] = []
    for sitting in page:
        found = evaluations.get(sitting.pk)
        rows.append(
            {
                "sitting": sitting,
                "minutes": _minutes(sitting),
                "clean": found.clean if found else None,
                "words": [verdict.sentence for verdict in found.verdicts] if found else [],
            }
        )
    context = {"study": study, "rows": rows, "page": page, "filters": FILTERS.items(), "chosen": chosen}
    return render(request, "studies/participants.html", context)


def _minutes(sitting: Any) -> float | None:
    """From consent to the last answer; None where the rounds were never opened here (imported ratings)."""
    if sitting.completed_at is None or not sitting.opened:
        return None
    return float((sitting.completed_at - sitting.created_at).total_seconds() / 60)


def _participant(slug: str, pseudonym: str) -> Participant:
    found = Participant.objects.select_related("study__dataset")
    return get_object_or_404(found, study__slug=slug, pseudonym=pseudonym)


@login_required
def participant_page(request: HttpRequest, slug: str, pseudonym: str) -> HttpResponse:
    participant = _participant(slug, pseudonym)
    study = participant.study
    sittings = list(_sittings(study, "").filter(participant=participant))
    context = {
        "study": study,
        "participant": participant,
        "consent": getattr(participant, "consent", None),
        "dimensions": list(study.dimensions.all()),
        "sittings": [_described(sitting, study) for sitting in sittings],
    }
    return render(request, "studies/participant.html", context)


def _described(sitting: Any, study: Study) -> dict[str, Any]:
    dimensions = list(study.dimensions.all())
    trials = sitting.trials.select_related(
        "comparison__animation", "comparison__a__system", "comparison__b__system"
    )
    ratings: dict[int, dict[int, Rating]] = {}
    for rating in Rating.objects.filter(trial__sitting=sitting):
        ratings.setdefault(rating.trial_id, {})[rating.dimension_id] = rating
    rounds = [
        {
            "trial": trial,
            "answers": [_answer(ratings.get(trial.pk, {}).get(dimension.pk)) for dimension in dimensions],
            "left": trial.comparison.a if trial.a_on_left else trial.comparison.b,
            "right": _right(trial),
            "seconds": _seconds(trial),
            "evidence": _evidence(trial),
        }
        for trial in trials.order_by("position")
    ]
    return {
        "sitting": sitting,
        "minutes": _minutes(sitting),
        "evaluation": evaluate(sitting),
        "standing": sitting.standing[0] if sitting.standing else None,
        "history": list(sitting.exclusions.exclude(lifted_at=None).select_related("by")),
        "rounds": rounds,
    }


def _right(trial: Trial) -> Any:
    if trial.kind == Trial.Kind.IDENTICAL:
        return trial.comparison.a
    return trial.comparison.b if trial.a_on_left else trial.comparison.a


def _answer(rating: Rating | None) -> str:
    """The side as it was answered; whose it is stands in the columns beside it."""
    return rating.get_answer_display() if rating else "–"


def _seconds(trial: Trial) -> float | None:
    time = trial.evidence.get("response_ms")
    return time / 1000 if isinstance(time, int | float) else None


def _evidence(trial: Trial) -> str:
    words = {
        "plays": "plays",
        "loops": "loops",
        "worst_frame_error": "frames apart at worst",
        "stalls": "stalls",
        "hidden_ms": "ms hidden",
        "changes": "changes of mind",
    }
    told = [f"{value} {words[key]}" for key, value in trial.evidence.items() if key in words and value]
    if trial.skipped_at:
        told.append("skipped: its clips would not play")
    if trial.failures:
        told.append(f"{len(trial.failures)} clip failures")
    return ", ".join(told)


@login_required
@require_POST
def participant_exclude(request: HttpRequest, slug: str, pseudonym: str) -> HttpResponse:
    """Keep a sitting out of the analysis, with a reason. This says nothing about pay."""
    participant = _participant(slug, pseudonym)
    sitting = get_object_or_404(participant.sittings, pk=_number(request.POST.get("sitting")))
    try:
        exclude(sitting, reason=request.POST.get("reason", ""), by=_researcher(request))
    except DecisionRefused as refusal:
        messages.error(request, str(refusal), "bad")
    else:
        messages.success(
            request,
            "Excluded. The ratings are kept and stay out of the analysis; pay is not touched.",
            "good",
        )
    return redirect("studies:participant", slug=slug, pseudonym=pseudonym)


@login_required
@require_POST
def participant_lift(request: HttpRequest, slug: str, pseudonym: str) -> HttpResponse:
    """Let an excluded sitting count again; the record of its exclusion stays."""
    participant = _participant(slug, pseudonym)
    exclusion = get_object_or_404(
        Exclusion, sitting__participant=participant, pk=_number(request.POST.get("exclusion")), lifted_at=None
    )
    try:
        placed = lift(exclusion, by=_researcher(request))
    except DecisionRefused as refusal:
        messages.error(request, str(refusal), "bad")
    else:
        words = "The ratings count again" + ("." if placed else ", beside a block that is full already.")
        messages.success(request, words, "good")
    return redirect("studies:participant", slug=slug, pseudonym=pseudonym)


def _researcher(request: HttpRequest) -> User:
    """Who is signed in; these pages let nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0
