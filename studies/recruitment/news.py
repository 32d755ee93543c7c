"""Taking news of a submission, from a message or a poll: kept if it is newer than what is known, and passed on to the
sitting, which it can only move forward.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from studies.models import Participant, RecruiterIdentity, Sitting, Study, Submission
from studies.recruitment.prolific import Remote
from studies.sitting import assignment

Status = Submission.Status
# How far along a status is: settles news of the same second, which a clock cannot order.
ORDER = {status: place for place, status in enumerate(Status.values)}


def hear(study: Study, remote: Remote, as_of: datetime) -> str:
    """Take one piece of news; returns what came of it, in words. News may come twice, late, or out of order."""
    with transaction.atomic():
        current = _identity(study, submission=remote.key)
        participant = current.participant if current else _by_person(study, remote)
        row, _ = Submission.objects.select_for_update().get_or_create(
            study=study, key=remote.key, defaults={"status": "", "as_of": as_of}
        )
        if _is_old(row, remote, as_of):
            return "older than what is known"
        changed = row.status != remote.status
        arrived = row.participant_id is None and participant is not None
        row.status, row.as_of, row.missing_since = remote.status, as_of, None
        row.participant = participant or row.participant
        for field in ("code", "started_at", "completed_at"):
            if value := getattr(remote, field):
                setattr(row, field, value)
        row.recruiter_study = remote.study or row.recruiter_study
        row.return_asked_at = remote.return_asked_at or row.return_asked_at
        if changed:
            row.settled_at = row.settled_by = None
        row.save()
        if current is not None and (changed or arrived):
            return _move(current.participant, remote.status) or f"noted: {row.status_words}"
    return f"noted: {row.status_words}" if changed else "known already"


def find_study(key: str) -> Study | None:
    """Whose submission this is, by who came with it or by an earlier poll; None when nobody knows."""
    identity = (
        RecruiterIdentity.objects.filter(submission=key, recruiter=Study.Recruiter.PROLIFIC)
        .select_related("study")
        .first()
    )
    if identity is not None:
        return identity.study
    row = Submission.objects.filter(key=key).select_related("study").first()
    return row.study if row else None


def _move(participant: Participant, status: str) -> str:
    """Returned: the sitting has ended and its place is free. Timed out: its place is free, and it may go on if it still
    is. A completed sitting stays what it is, whatever happens elsewhere; the difference is shown to the researcher."""
    sitting = assignment.find_sitting(participant)
    if sitting is None:
        return ""
    if status == Status.RETURNED and assignment.end(sitting, Sitting.State.RETURNED):
        return "the sitting is returned and its place is free"
    if status == Status.TIMED_OUT:
        freed = Sitting.objects.filter(pk=sitting.pk, state=Sitting.State.ACTIVE).update(
            state=Sitting.State.EXPIRED, holds_place=False
        )
        if freed:
            return "the sitting expired and its place is free"
    return ""


def _is_old(row: Submission, remote: Remote, as_of: datetime) -> bool:
    if as_of != row.as_of:
        return as_of < row.as_of
    return ORDER.get(remote.status, 0) < ORDER.get(row.status, 0)


def _identity(study: Study, **who: str) -> RecruiterIdentity | None:
    identities = RecruiterIdentity.objects.filter(study=study, recruiter=Study.Recruiter.PROLIFIC, **who)
    return identities.select_related("participant").first()


def _by_person(study: Study, remote: Remote) -> Participant | None:
    """Somebody who is here with another submission."""
    identity = _identity(study, person=remote.person) if remote.person else None
    return identity.participant if identity else None
