"""Claiming a job, keeping its lease while it runs, and ending it: each a conditional update that one worker wins."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from datetime import timedelta
from types import TracebackType

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from benchmark.jobs.registry import PermanentError, SourceChanged, get_kind
from benchmark.models import Job

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
HEARTBEAT_S = 15.0
REPORT_EVERY_S = 0.5
BACKOFF = (timedelta(seconds=5), timedelta(seconds=60), timedelta(minutes=5))


class LeaseLost(Exception):
    """The job was swept and belongs to another attempt: stop without writing."""


def claim(pk: int, worker: str) -> Job | None:
    """Take a waiting job for this worker; None when somebody else has it, it ended, or its retry is not due."""
    now = timezone.now()
    with transaction.atomic():  # so that the row read is the attempt won
        taken = (
            Job.objects.filter(pk=pk, state=Job.State.QUEUED)
            .filter(Q(not_before__isnull=True) | Q(not_before__lte=now))
            .update(
                state=Job.State.RUNNING,
                attempt=F("attempt") + 1,
                lease_until=now + LEASE,
                worker=worker[:120],
                started_at=now,
                progress=0,
                message="",
            )
        )
        return Job.objects.get(pk=pk) if taken == 1 else None


class Lease:
    """Holds a claimed job: a thread extends the lease, and calling it reports progress. Lost leases raise LeaseLost."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.lost = False
        self._stop = threading.Event()
        self._last_report = 0.0
        self._thread = threading.Thread(target=self._beat, name=f"lease-{job.pk}", daemon=True)

    def mine(self, **changes: object) -> bool:
        """Update the row if this attempt still holds it; what is lost stays lost."""
        held = Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, attempt=self.job.attempt)
        if held.update(**changes) != 1:
            self.lost = True
        return not self.lost

    def _beat(self) -> None:
        try:
            while not self._stop.wait(HEARTBEAT_S):
                try:
                    if not self.mine(lease_until=timezone.now() + LEASE):
                        return
                except DatabaseError:
                    # A database that is away for a moment must not end the heartbeat: the lease outlasts several.
                    logger.warning(
                        "The lease of job %s could not be extended; trying again.", self.job.pk, exc_info=True
                    )
                    connection.close()
        finally:
            connection.close()

    def __enter__(self) -> Lease:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def __call__(self, progress: float, message: str = "") -> None:
        """Report progress, at most twice a second; a report of 1 is always made, so that a job can make sure of its
        lease before it writes what it found."""
        if self.lost:
            raise LeaseLost
        now = time.monotonic()
        if progress < 1 and now - self._last_report < REPORT_EVERY_S:
            return
        self._last_report = now
        if not self.mine(progress=min(max(progress, 0.0), 1.0), message=message[:300]):
            raise LeaseLost


def perform(pk: int, worker: str) -> Job | None:
    """Claim and run one job to its end. Returns the job if this call ran it."""
    job = claim(pk, worker)
    if job is None:
        return None
    lease = Lease(job)
    try:
        with lease:
            get_kind(job.kind).run(job, lease)
    except LeaseLost:
        return None
    except PermanentError as error:
        _fail(lease, str(error), "")
    except SourceChanged:
        _begin_again(lease)
    except Exception as error:
        # The worker must outlive any one job; the whole account is kept on the row and shown on the jobs page.
        if job.attempt < job.max_attempts:
            _wait_for_retry(lease, error)
        else:
            _fail(lease, _sentence(error), traceback.format_exc())
    else:
        lease.mine(
            state=Job.State.DONE,
            progress=1,
            message="",
            error="",
            error_detail="",
            finished_at=timezone.now(),
            lease_until=None,
        )
    return Job.objects.filter(pk=pk).first()


def _sentence(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return (text[0] if text else type(error).__name__)[:500]


def _fail(lease: Lease, sentence: str, detail: str) -> None:
    lease.mine(
        state=Job.State.FAILED,
        error=sentence[:500],
        error_detail=detail,
        finished_at=timezone.now(),
        lease_until=None,
    )


def _wait_for_retry(lease: Lease, error: Exception) -> None:
    pause = BACKOFF[min(lease.job.attempt, len(BACKOFF)) - 1]
    lease.mine(
        state=Job.State.QUEUED,
        error=_sentence(error),
        error_detail=traceback.format_exc(),
        not_before=timezone.now() + pause,
        lease_until=None,
    )


def _begin_again(lease: Lease) -> None:
    """What was worked on has changed meanwhile: nothing failed, so the attempt does not count against the job."""
    now = timezone.now()
    lease.mine(
        state=Job.State.QUEUED,
        max_attempts=F("max_attempts") + 1,
        not_before=now,
        rung_at=None,
        lease_until=None,
        message="The page changed while it was captured; once more.",
    )
