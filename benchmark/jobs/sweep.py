"""Bringing back what a killed worker or a lost message left behind; safe to run at any time, twice, or in parallel."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from benchmark.jobs.queue import ring
from benchmark.models import Job

BELL_PATIENCE = timedelta(minutes=2)
KEEP_MESSAGES_S = 3600.0
SWEEP_EVERY_S = 60.0


@dataclass(frozen=True)
class Swept:
    requeued: int
    given_up: int
    rung: int


def sweep() -> Swept:
    """Queue again every running job whose lease ran out (or give it up after its last attempt), ring for waiting jobs
    nobody seems to know of, and remove temporary folders and messages that nobody needs."""
    now = timezone.now()
    expired = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now)
    given_up = expired.filter(attempt__gte=F("max_attempts")).update(
        state=Job.State.FAILED,
        lease_until=None,
        finished_at=now,
        error="The worker stopped in the middle of this job each time it was tried: "
        "see the worker's log, then press Retry.",
    )
    requeued = expired.filter(attempt__lt=F("max_attempts")).update(
        state=Job.State.QUEUED, lease_until=None, not_before=None, rung_at=None
    )
    waiting = unheard_jobs()
    ring(waiting)
    sweep_work_folders()
    sweep_messages()
    return Swept(requeued=requeued, given_up=given_up, rung=len(waiting))


_last_sweep = 0.0
_sweeping = threading.Lock()


def sweep_if_due() -> Swept | None:
    """Sweep, unless this process did within the last minute. Workers call it between jobs: the sweep that the clock
    asks for is a message too, and waits behind all others while the house is busy."""
    global _last_sweep
    with _sweeping:
        if time.monotonic() - _last_sweep < SWEEP_EVERY_S:
            return None
        _last_sweep = time.monotonic()
    return sweep()


def unheard_jobs() -> list[int]:
    """Waiting jobs that are due and whose bell was never rung, or rang in vain: while a worker is busy an old bell is
    merely queued behind others, so only an idle house, or a retry that came due, counts as in vain."""
    now = timezone.now()
    due = Job.objects.filter(state=Job.State.QUEUED).filter(
        Q(not_before__isnull=True) | Q(not_before__lte=now)
    )
    unheard = Q(rung_at__isnull=True) | Q(not_before__isnull=False, rung_at__lt=F("not_before"))
    if not Job.objects.filter(state=Job.State.RUNNING).exists():
        unheard |= Q(rung_at__lt=now - BELL_PATIENCE)
    return list(due.filter(unheard).order_by("pk").values_list("pk", flat=True))


def work_folder(job: Job) -> Path:
    """A folder for this attempt's temporary files, on the same disk as the clips so that a rename finishes the work."""
    return Path(settings.DATA) / "work" / f"job-{job.pk}-{job.attempt}"


def sweep_work_folders() -> None:
    root = Path(settings.DATA) / "work"
    if not root.is_dir():
        return
    found = list(
        root.glob("job-*")
    )  # before asking who is live: a folder made in between is not ours to judge
    running = Job.objects.filter(state=Job.State.RUNNING).values_list("pk", "attempt")
    live = {f"job-{pk}-{attempt}" for pk, attempt in running}
    for folder in found:
        if folder.name not in live:
            shutil.rmtree(folder, ignore_errors=True)


def sweep_messages() -> None:
    """The filesystem transport keeps read messages; an hour is long enough to look into one."""
    for message in (Path(settings.DATA) / "queue" / "processed").glob("*"):
        if message.is_file() and time.time() - message.stat().st_mtime > KEEP_MESSAGES_S:
            message.unlink(missing_ok=True)
