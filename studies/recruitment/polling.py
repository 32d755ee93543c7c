"""Asking Prolific about every submission, because messages get lost: the net under the webhooks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from benchmark.jobs.queue import enqueue
from benchmark.models import Job
from studies.models import RecruiterIdentity, RecruiterPoll, RecruiterStudy, Study, Submission
from studies.recruitment.news import hear
from studies.recruitment.prolific import Prolific, ProlificError

POLL_JOB = "ask_prolific"
EVERY = timedelta(minutes=5)
EVERY_AFTER_CLOSING = timedelta(hours=1)
AFTER_CLOSING = timedelta(days=30)  # Prolific approves by itself after 21
SETTLING_IN = timedelta(minutes=10)
KEEP_JOBS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Heard:
    submissions: int
    changed: int
    missing: int


def recruiter_keys(study: Study) -> list[str]:
    """Prolific's ids of this study: those the researcher entered, else those that people came with."""
    entered = list(RecruiterStudy.objects.filter(study=study).order_by("pk").values_list("key", flat=True))
    if entered:
        return entered
    came_with = RecruiterIdentity.objects.filter(study=study, recruiter=Study.Recruiter.PROLIFIC)
    return sorted(set(came_with.exclude(recruiter_study="").values_list("recruiter_study", flat=True)))


def poll(
    study: Study, client: Prolific, progress: Callable[[float, str], None] = lambda share, words: None
) -> Heard:
    """Ask for every submission of the study and take the news. One id that fails does not keep the others from being
    asked; then the first error is raised at the end. Running twice changes nothing."""
    keys = recruiter_keys(study)
    heard = changed = missing = 0
    failure: ProlificError | None = None
    for place, key in enumerate(keys):
        asked = timezone.now()
        listed: set[str] = set()
        try:
            for remote in client.submissions(key):
                listed.add(remote.key)
                changed += hear(study, remote, asked) not in ("known already", "older than what is known")
                progress(place / len(keys), f"{heard + len(listed)} submissions")
        except ProlificError as error:
            failure = failure or error
        else:
            missing += _note_missing(study, key, listed, asked)
        heard += len(listed)
    if failure is not None:
        _note(study, error=str(failure)[:500])
        raise failure
    _note(study, error="", heard_at=timezone.now())
    return Heard(heard, changed, missing)


def ask(study: Study) -> Job:
    """Ask for a poll now."""
    return enqueue(POLL_JOB, f"study:{study.pk}", label=str(study))


def ask_due(now: datetime | None = None) -> int:
    """Ask for the polls that are due; each is asked for once, however many processes look at the same moment."""
    if not settings.PROLIFIC_TOKEN:
        return 0
    now = now or timezone.now()
    asked = 0
    for study in _polled(now):
        if not recruiter_keys(study):
            continue
        RecruiterPoll.objects.get_or_create(study=study)
        every = EVERY_AFTER_CLOSING if study.state == Study.State.CLOSED else EVERY
        due = RecruiterPoll.objects.filter(study=study).filter(
            Q(asked_at__isnull=True) | Q(asked_at__lte=now - every)
        )
        if due.update(asked_at=now):
            ask(study)
            asked += 1
    # A poll every few minutes would bury the list of jobs: the poll's row says how the last one went.
    Job.objects.filter(kind=POLL_JOB, state=Job.State.DONE, finished_at__lt=now - KEEP_JOBS).delete()
    return asked


def _polled(now: datetime) -> list[Study]:
    open_ = Q(state__in=[Study.State.LIVE, Study.State.PAUSED])
    just_closed = Q(state=Study.State.CLOSED, closed_at__gte=now - AFTER_CLOSING)
    studies = Study.objects.filter(recruiter=Study.Recruiter.PROLIFIC, origin=Study.Origin.OWN)
    return list(studies.filter(open_ | just_closed))


def _note_missing(study: Study, key: str, listed: set[str], asked: datetime) -> int:
    """Who came with a submission that Prolific's list, complete, does not hold. Newcomers are given time to appear."""
    came = RecruiterIdentity.objects.filter(
        study=study,
        recruiter=Study.Recruiter.PROLIFIC,
        recruiter_study=key,
        participant__created_at__lt=asked - SETTLING_IN,
    ).exclude(submission="")
    count = 0
    for identity in came.select_related("participant"):
        if identity.submission in listed:
            continue
        row, _ = Submission.objects.get_or_create(
            study=study,
            key=identity.submission,
            defaults={
                "status": "",
                "as_of": asked,
                "participant": identity.participant,
                "recruiter_study": key,
            },
        )
        Submission.objects.filter(pk=row.pk, missing_since=None, as_of__lte=asked).update(missing_since=asked)
        count += 1
    return count


def _note(study: Study, **changes: object) -> None:
    RecruiterPoll.objects.update_or_create(study=study, defaults=changes)
