"""Addresses of clips for participants: opaque, expiring, and good for one sitting alone.

A token is a keyed hash of (participant, round, side, hour). It holds nothing to decode; the server finds its clip by
hashing the few clips this participant may see now. So an address names neither clip nor system, an identical pair has
two addresses, and an address handed to somebody else opens nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_safe

from benchmark.models import Clip
from benchmark.views.files import send_file
from studies.models import Participant, PracticeRound, Sitting, Trial
from studies.sitting import identity

ROLES = ("reference", "left", "right")
HOUR_S = 3600


def clips_of_trial(trial: Trial) -> dict[str, Clip | None]:
    """What stands where; an identical check shows A on both sides."""
    comparison = trial.comparison
    a, b = comparison.a.clip, comparison.b.clip
    if trial.kind == Trial.Kind.IDENTICAL:
        b = a
    left, right = (a, b) if trial.a_on_left else (b, a)
    return {"reference": comparison.animation.clip, "left": left, "right": right}


def clips_of_practice(practice: PracticeRound) -> dict[str, Clip | None]:
    return {"reference": practice.reference, "left": practice.left, "right": practice.right}


def clip_url(participant: Participant, round_: Trial | PracticeRound, role: str) -> str:
    """Good for this hour and the next."""
    return reverse("sitting:clip", args=[_token(participant, round_, role, _hour())])


@require_safe
def clip(request: HttpRequest, token: str) -> HttpResponseBase:
    """One clip of a round that is open to this browser's sitting now, by Range if asked."""
    for participant in identity.participants_of(request):
        for round_, role, one in _within_reach(participant):
            for hour in (_hour(), _hour() - 1):
                if constant_time_compare(token, _token(participant, round_, role, hour)):
                    if one is None:
                        raise Http404("There is no such clip.")
                    return send_file(request, one.playable, "video/mp4", max_age=HOUR_S)
    raise Http404("There is no such clip.")


def _within_reach(participant: Participant) -> Iterator[tuple[Trial | PracticeRound, str, Clip | None]]:
    """The round that is open, the one before it and the next, which the page loads ahead; before them, the practice."""
    sitting = participant.sittings.filter(state=Sitting.State.ACTIVE).first()
    if sitting is None:
        return
    if sitting.practised_at is None:
        rounds = participant.study.practice_rounds.select_related("reference", "left", "right")
        for practice in rounds:
            for role, one in clips_of_practice(practice).items():
                yield practice, role, one
    trials = sitting.trials.select_related(
        "comparison__animation__clip", "comparison__a__clip", "comparison__b__clip"
    )
    position = (
        trials.filter(answered_at=None, skipped_at=None).values_list("position", flat=True).first() or 1
    )
    for trial in trials.filter(position__gte=position - 1).order_by("position")[:3]:
        for role, one in clips_of_trial(trial).items():
            yield trial, role, one


def _token(participant: Participant, round_: Trial | PracticeRound, role: str, hour: int) -> str:
    words = f"{participant.key}:{type(round_).__name__}:{round_.pk}:{_shown(round_)}:{role}:{hour}"
    return salted_hmac("studies.sitting.clip", words, algorithm="sha256").hexdigest()[:40]


def _shown(round_: Trial | PracticeRound) -> str:
    """A round whose comparison was exchanged has new addresses."""
    return str(round_.comparison_id) if isinstance(round_, Trial) else ""


def _hour() -> int:
    return int(time.time() // HOUR_S)
