"""Asking for work: a row first, the bell after commit."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone

from benchmark.models import Job


def ring(pks: Iterable[int]) -> None:
    """Tell the workers about these jobs. A lost bell is rung again by the sweep, a doubled one finds nothing to do."""
    from benchmark.jobs.tasks import run_job

    keys = list(pks)
    Job.objects.filter(pk__in=keys).update(rung_at=timezone.now())
    for pk in keys:
        run_job.delay(pk)


def enqueue(kind: str, subject: str, label: str = "") -> Job:
    """The open job of that kind for that subject: the one there is, or a new one whose bell rings after commit."""
    while True:
        try:
            with transaction.atomic():
                job = Job.objects.create(kind=kind, subject=subject, label=label[:300])
        except IntegrityError:
            existing = Job.objects.filter(
                kind=kind, subject=subject, state__in=[Job.State.QUEUED, Job.State.RUNNING]
            ).first()
            if existing is not None:
                return existing
            continue  # it ended between the two statements: ask again
        transaction.on_commit(lambda: ring([job.pk]))
        return job


def retry(job: Job) -> bool:
    """Give a failed job three more attempts; False when it is not failed, or the same work is already open."""
    try:
        with transaction.atomic():
            changed = Job.objects.filter(pk=job.pk, state=Job.State.FAILED).update(
                state=Job.State.QUEUED,
                max_attempts=job.attempt + 3,
                progress=0,
                message="",
                error="",
                error_detail="",
                not_before=None,
                finished_at=None,
            )
    except IntegrityError:
        return False
    if changed == 1:
        transaction.on_commit(lambda: ring([job.pk]))
    return changed == 1
