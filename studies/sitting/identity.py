"""Who is sitting there: a signed cookie for the browser, the recruiter's id for the person.

Nothing is stored before consent. Until then what the link said travels in a signed cookie of its own.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from studies.models import Participant, RecruiterIdentity, Study
from studies.sitting.refusal import Refused

COOKIE = "diptych_sitting_"
ARRIVAL = "diptych_arrival_"
A_DAY_S = 86_400
KEEP_S = 90 * A_DAY_S
COOKIES_READ = (
    30  # clips ask every cookie the browser sends; a forged header must not make us check thousands
)
RECRUITER_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the link said: the recruiter's ids (empty for a plain link), and whether the access code was given."""

    person: str = ""
    recruiter_study: str = ""
    submission: str = ""
    admitted: bool = False


def pseudonym_for(study: Study, arrival: Arrival) -> str:
    """The same for a person and study for ever, and not to be undone without PSEUDONYM_KEY; random for a plain link."""
    if not arrival.person:
        return f"p-{secrets.token_hex(6)}"
    words = f"{study.slug}\n{study.recruiter}\n{arrival.person}".encode()
    return f"p-{hmac.new(settings.PSEUDONYM_KEY.encode(), words, hashlib.sha256).hexdigest()[:16]}"


def read_link(request: HttpRequest, study: Study) -> Arrival | None:
    """What this very address says; None when it names nobody. Raises Refused for ids that no recruiter sends."""
    if study.recruiter != Study.Recruiter.PROLIFIC:
        return None
    ids = [request.GET.get(name, "") for name in ("PROLIFIC_PID", "STUDY_ID", "SESSION_ID")]
    if not any(ids):
        return None
    if not all(RECRUITER_ID.fullmatch(one) for one in ids):
        raise Refused(
            _("The link is incomplete: please open the study from your Prolific page again."), status=400
        )
    return Arrival(person=ids[0], recruiter_study=ids[1], submission=ids[2])


def arrival_of(request: HttpRequest, study: Study) -> Arrival | None:
    """What the link said on the way in, from the signed cookie."""
    raw = request.get_signed_cookie(f"{ARRIVAL}{study.pk}", None, salt=f"arrival:{study.pk}", max_age=A_DAY_S)
    if raw is None:
        return None
    person, recruiter_study, submission, admitted = raw.split(",")
    return Arrival(person, recruiter_study, submission, admitted == "1")


def remember_arrival(response: HttpResponseBase, study: Study, arrival: Arrival) -> None:
    said = asdict(arrival)
    raw = f"{said['person']},{said['recruiter_study']},{said['submission']},{int(arrival.admitted)}"
    _set(response, f"{ARRIVAL}{study.pk}", raw, salt=f"arrival:{study.pk}", max_age=A_DAY_S)


def find_person(study: Study, arrival: Arrival) -> Participant | None:
    """The participant a recruiter's id belongs to: found by the pseudonym, which outlives the id map."""
    if not arrival.person:
        return None
    return study.participants.filter(pseudonym=pseudonym_for(study, arrival)).first()


def find_participant(request: HttpRequest, study: Study) -> Participant | None:
    """Whom this browser's cookie names, if it names anybody of this study."""
    key = request.get_signed_cookie(
        f"{COOKIE}{study.pk}", None, salt=f"participant:{study.pk}", max_age=KEEP_S
    )
    return study.participants.filter(key=key).first() if key else None


def participants_of(request: HttpRequest) -> list[Participant]:
    """Everybody this browser's cookies name, one per study: a clip's address says nothing about its study."""
    keys = []
    for name in [name for name in request.COOKIES if name.startswith(COOKIE)][:COOKIES_READ]:
        number = name.removeprefix(COOKIE)
        key = request.get_signed_cookie(name, None, salt=f"participant:{number}", max_age=KEEP_S)
        if key and number.isdigit():
            keys.append(key)
    return list(Participant.objects.filter(key__in=keys).select_related("study"))


def remember(response: HttpResponseBase, participant: Participant) -> None:
    study = participant.study_id
    _set(response, f"{COOKIE}{study}", str(participant.key), salt=f"participant:{study}", max_age=KEEP_S)


def forget(response: HttpResponseBase, study: Study) -> None:
    response.delete_cookie(f"{COOKIE}{study.pk}", path="/s/", samesite="Lax")


def enrol(study: Study, arrival: Arrival) -> Participant:
    """The participant of this arrival, made if need be: twice at once ends with one row. Call after consent only."""
    pseudonym = pseudonym_for(study, arrival)
    try:
        with transaction.atomic():
            participant = Participant.objects.create(study=study, pseudonym=pseudonym)
    except IntegrityError:
        participant = Participant.objects.get(study=study, pseudonym=pseudonym)
    if arrival.person:
        note_submission(participant, arrival)
    return participant


def note_submission(participant: Participant, arrival: Arrival) -> None:
    """Keep the recruiter's ids apart from the data; a person who comes back brings a new submission. Once the study is
    closed nothing is noted: its map may have been destroyed, and a visit must not write it again."""
    if participant.withdrawn_at or participant.study.state == Study.State.CLOSED:
        return
    RecruiterIdentity.objects.update_or_create(
        participant=participant,
        defaults={
            "study": participant.study,
            "recruiter": participant.study.recruiter,
            "person": arrival.person,
            "recruiter_study": arrival.recruiter_study,
            "submission": arrival.submission,
        },
    )


def _set(response: HttpResponseBase, name: str, value: str, *, salt: str, max_age: int) -> None:
    response.set_signed_cookie(
        name,
        value,
        salt=salt,
        max_age=max_age,
        path="/s/",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
