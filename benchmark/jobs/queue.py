"""Asking for work: a row first, the bell after commit."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import KombuError, OperationalError

from benchmark.models import Job

logger = logging.getLogger(__name__)


def ring(pks: Iterable[int]) -> None:
    """Tell the workers about these jobs. A lost bell is rung again by the sweep, a doubled one finds nothing to do."""
    from benchmark.jobs.tasks import run_job

    keys = list(pks)
    make_queue_folders()
    Job.objects.filter(pk__in=keys).update(rung_at=timezone.now())
    for place, pk in enumerate(keys):
        try:
            run_job.delay(pk)
        except (KombuError, OperationalError, OSError) as error:
            # The work is asked for whatever the queue says: the sweep rings for every job that nobody heard of.
            Job.objects.filter(pk__in=keys[place:]).update(rung_at=None)
            logger.warning(
                "The queue cannot be reached (%s): %d jobs wait for the next sweep.", error, len(keys) - place
            )
            return


def make_queue_folders() -> None:
    """The embedded queue needs its folders before the first message, whoever comes first."""
    if settings.BROKER_URL.startswith("filesystem"):
        for name in ("messages", "processed", "control"):
            (Path(settings.DATA) / "queue" / name).mkdir(parents=True, exist_ok=True)


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
        transaction.on_commit(partial(ring, [job.pk]))
        return job


def retry(job: Job) -> bool:
    """Give a failed job three more attempts; False when it is not failed, or the same work is already open."""
    try:
        with transaction.atomic():
            changed = Job.objects.filter(pk=job.pk, state=Job.State.FAILED).update(
                state=Job.State.QUEUED,
                max_attempts=F("attempt") + 3,
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
