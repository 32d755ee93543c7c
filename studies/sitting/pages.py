"""The participant's pages, from the door to the thanks. Each leads to where the participant stands."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from studies.models import CompletionCode, Consent, Participant, Sitting, Study
from studies.sitting import identity
from studies.sitting.assignment import claim_place, find_sitting, has_room, renew, resume, withdraw
from studies.sitting.completion import code_for, outcome_of, wording_key
from studies.sitting.identity import Arrival
from studies.sitting.messages import page_messages
from studies.sitting.practice import skip_practice_without_rounds
from studies.sitting.refusal import Refused
from studies.sitting.rounds import facts, flashes, next_state
from studies.wording import plain, text
from studies.wording import render as markdown

Outcome = CompletionCode.Outcome
P = ParamSpec("P")


def participant_page(
    view: Callable[Concatenate[HttpRequest, Study, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """The page of a study in the study's own language, never kept by a cache; a refusal becomes a page."""

    @never_cache
    @wraps(view)
    def page(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        study = get_object_or_404(Study, slug=slug)
        with translation.override(study.language):
            try:
                response = view(request, study, *args, **kwargs)
            except Refused as refusal:
                response = show(
                    request, study, "ended.html", refusal.status, words=markdown(refusal.sentence)
                )
            response.setdefault("Content-Language", study.language)
            return response

    return page


def show(
    request: HttpRequest, study: Study, template: str, status: int = 200, /, **context: Any
) -> HttpResponse:
    context |= {"study": study, "title": plain(study, "title"), "contact": text(study, "contact")}
    return render(request, f"sitting/{template}", context, status=status)


def ended(
    request: HttpRequest, study: Study, key: str, outcome: str | None = None, **context: Any
) -> HttpResponse:
    """A closing page: the study's words, and the recruiter's code for that outcome where there is one."""
    return show(
        request,
        study,
        "ended.html",
        words=text(study, key),
        code=code_for(study, outcome),
        ending=key,
        **context,
    )


@require_http_methods(["GET", "POST"])
@participant_page
def landing(request: HttpRequest, study: Study) -> HttpResponseBase:
    """What am I asked, how long, what is stored, may I stop. Whoever has been here goes to where they stood."""
    arrival = identity.read_link(request, study)
    if arrival is not None:
        known = identity.find_person(study, arrival)
        if known is not None:
            identity.note_submission(known, arrival)
            response = redirect(where(known))
            identity.remember(response, known)
            return response
        response = redirect("sitting:landing", study.slug)  # the recruiter's id leaves the address bar
        identity.remember_arrival(response, study, arrival)
        identity.forget(response, study)  # another person's cookie does not speak for this one
        return response
    if (participant := identity.find_participant(request, study)) is not None:
        return redirect(where(participant))
    if study.recruiter == Study.Recruiter.NONE:
        return ended(request, study, "closed")
    if study.state != Study.State.LIVE:
        return ended(request, study, study.state)
    if not has_room(study):
        return ended(request, study, "full", Outcome.FULL)
    arrival = identity.arrival_of(request, study)
    if study.recruiter == Study.Recruiter.PROLIFIC and (arrival is None or not arrival.person):
        raise Refused(
            _("Please open this study from your Prolific page: its link tells us whom to pay. If that is where you come "
              "from, please allow this site to keep cookies, and open the link again."), 403
        )  # fmt: skip
    if request.method == "POST":
        if study.access_code and not constant_time_compare(
            request.POST.get("access_code", "").strip(), study.access_code
        ):
            return _landing_page(
                request, study, _("That is not the access code; please check the invitation.")
            )
        response = redirect("sitting:consent", study.slug)
        identity.remember_arrival(response, study, _admitted(arrival))
        return response
    return _landing_page(request, study)


def _landing_page(request: HttpRequest, study: Study, error: str = "") -> HttpResponse:
    known = facts(study)
    return show(
        request,
        study,
        "landing.html",
        400 if error else 200,
        words=text(study, "landing", known),
        facts=known,
        questions=study.dimensions.order_by("position"),
        error=error,
    )


def _admitted(arrival: Arrival | None) -> Arrival:
    before = arrival or Arrival()
    return Arrival(before.person, before.recruiter_study, before.submission, admitted=True)


@require_http_methods(["GET", "POST"])
@participant_page
def consent(request: HttpRequest, study: Study) -> HttpResponseBase:
    """Nothing is stored before “I agree”; a refusal stores nothing at all."""
    if (participant := identity.find_participant(request, study)) is not None:
        return redirect(where(participant))
    arrival = identity.arrival_of(request, study)
    if study.state != Study.State.LIVE or arrival is None or not arrival.admitted:
        return redirect("sitting:landing", study.slug)
    words = with_flash_warning(study)
    if request.method != "POST":
        return show(request, study, "consent.html", words=markdown(words), version=_version(words))
    if request.POST.get("answer") == "decline":
        return ended(request, study, "declined", Outcome.NO_CONSENT)
    if request.POST.get("answer") != "agree":
        return redirect("sitting:consent", study.slug)
    if request.POST.get("version") != _version(words):
        raise Refused(
            _("These words have changed since you opened the page; please go back and read them again.")
        )
    if not has_room(study):
        return ended(request, study, "full", Outcome.FULL)
    participant = identity.enrol(study, arrival)
    Consent.objects.get_or_create(
        participant=participant,
        defaults={"text": words, "version": _version(words), "language": study.language},
    )
    sitting = claim_place(participant)
    if sitting is None:
        response: HttpResponseBase = ended(request, study, "full", Outcome.FULL)
    else:
        Sitting.objects.filter(pk=sitting.pk).update(environment=_environment(request))
        response = redirect("sitting:instructions", study.slug)
    identity.remember(response, participant)
    return response


def with_flash_warning(study: Study) -> str:
    """The words of the consent; clips that flash too much are named in it."""
    words = plain(study, "consent", facts(study))
    return f"{words}\n\n{plain(study, 'flashing')}" if flashes(study) else words


def _version(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def _environment(request: HttpRequest) -> dict[str, str]:
    """The browser's family and major version, nothing that would tell people apart."""
    agent = request.headers.get("User-Agent", "")
    for family in ("Edg", "OPR", "Firefox", "Chrome", "Version"):
        if match := re.search(rf"{family}/(\d+)", agent):
            return {
                "browser": {"Edg": "Edge", "OPR": "Opera", "Version": "Safari"}.get(family, family),
                "major": match[1],
            }
    return {"browser": "other"}


def where(participant: Participant) -> str:
    """The address of the page this participant belongs to now."""
    slug = participant.study.slug
    sitting = find_sitting(participant)
    if sitting is None or participant.withdrawn_at:
        return reverse("sitting:done", args=[slug])
    if sitting.state == Sitting.State.EXPIRED:
        resume(sitting)
    if sitting.state != Sitting.State.ACTIVE:
        return reverse("sitting:done", args=[slug])
    if sitting.practised_at is not None:
        return reverse("sitting:rate", args=[slug])
    return reverse("sitting:instructions", args=[slug])


def seated(request: HttpRequest, study: Study) -> Sitting | None:
    """This browser's sitting while it is under way."""
    participant = identity.find_participant(request, study)
    sitting = find_sitting(participant) if participant else None
    if sitting is not None and sitting.state == Sitting.State.EXPIRED:
        resume(sitting)
    return sitting if sitting is not None and sitting.state == Sitting.State.ACTIVE else None


@require_GET
@participant_page
def instructions(request: HttpRequest, study: Study) -> HttpResponseBase:
    sitting = seated(request, study)
    if sitting is None:
        return redirect("sitting:landing", study.slug)
    renew(sitting)
    skip_practice_without_rounds(sitting)
    return show(
        request,
        study,
        "instructions.html",
        words=text(study, "instructions", facts(study)),
        practice=text(study, "practice") if sitting.practised_at is None else "",
        questions=study.dimensions.order_by("position"),
        onward=reverse("sitting:rate" if sitting.practised_at else "sitting:practice", args=[study.slug]),
    )


@require_GET
@participant_page
def practice(request: HttpRequest, study: Study) -> HttpResponseBase:
    sitting = seated(request, study)
    if sitting is None or sitting.practised_at is not None:
        return redirect("sitting:rate" if sitting else "sitting:landing", study.slug)
    return judging(request, study, sitting)


@require_GET
@participant_page
def rate(request: HttpRequest, study: Study) -> HttpResponseBase:
    sitting = seated(request, study)
    if sitting is None or sitting.practised_at is None:
        return redirect("sitting:instructions" if sitting else "sitting:landing", study.slug)
    return judging(request, study, sitting)


def judging(request: HttpRequest, study: Study, sitting: Sitting) -> HttpResponse:
    """The judging screen; its script reads everything from one JSON element and asks the API for the rest."""
    renew(sitting)
    dimensions = list(study.dimensions.order_by("position"))
    here = [study.slug]
    page = {
        "state": next_state(sitting),
        "csrf": get_token(request),
        "dimensions": [{"key": one.key, "label": one.label, "question": one.question} for one in dimensions],
        "ask_reason": study.ask_reason,
        "urls": {
            name: reverse(f"sitting:api-{name}", args=here)
            for name in ("state", "answer", "practice", "failure")
        },
        "storage": f"diptych:{study.slug}:{_version(str(sitting.participant.key))[:12]}",
        "messages": page_messages(),
    }
    return show(request, study, "judging.html", page=page, dimensions=dimensions)


@require_GET
@participant_page
def done(request: HttpRequest, study: Study) -> HttpResponseBase:
    """The closing page of this browser's sitting, once the server has everything; before that, back to the round."""
    participant = identity.find_participant(request, study)
    if participant is None:
        return redirect("sitting:landing", study.slug)
    if participant.withdrawn_at:
        return ended(request, study, "withdrawn")
    sitting = find_sitting(participant)
    if sitting is None:  # consented when the last place had just gone
        if study.state == Study.State.LIVE and claim_place(participant):
            return redirect("sitting:instructions", study.slug)
        return ended(request, study, "full", Outcome.FULL)
    if sitting.state in (Sitting.State.ACTIVE, Sitting.State.EXPIRED) and where(participant) != request.path:
        return redirect(where(participant))
    sitting.refresh_from_db()
    return ended(
        request,
        study,
        wording_key(sitting),
        outcome_of(sitting),
        may_withdraw=sitting.state != Sitting.State.WITHDRAWN,
    )


@require_GET
@participant_page
def pause(request: HttpRequest, study: Study) -> HttpResponseBase:
    sitting = seated(request, study)
    if sitting is None:
        return redirect("sitting:landing", study.slug)
    renew(sitting)
    return show(request, study, "pause.html", lease=study.lease_minutes)


@require_http_methods(["GET", "POST"])
@participant_page
def stop(request: HttpRequest, study: Study) -> HttpResponseBase:
    """Stop and delete: asked once, then done for good."""
    participant = identity.find_participant(request, study)
    if participant is None:
        return redirect("sitting:landing", study.slug)
    if request.method == "POST" and not participant.withdrawn_at:
        withdraw(participant)
    if request.method == "POST" or participant.withdrawn_at:
        return redirect("sitting:done", study.slug)
    return show(request, study, "stop.html")
