"""A worker as it runs in the field, with less patience, and one kind of work that takes its time.

celery -A tests.jobs.worker worker --beat
"""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402

from benchmark.jobs import claim, sweep  # noqa: E402
from benchmark.jobs.registry import Report, job_kind  # noqa: E402
from benchmark.models import Job  # noqa: E402
from config.celery import app  # noqa: E402

__all__ = ["app"]

claim.LEASE = timedelta(seconds=10)
claim.HEARTBEAT_S = 0.5
sweep.SWEEP_EVERY_S = 1.0
sweep.BELL_PATIENCE = timedelta(seconds=3)
app.conf.beat_schedule = {"sweep": {"task": "benchmark.jobs.tasks.sweep", "schedule": 1.0}}


@job_kind("slow", "Taking time")
def take_time(job: Job, report: Report) -> None:
    """Notes its attempt, works until it is let go, and leaves one file."""
    root = Path(settings.DATA) / "slow"
    with (root / f"{job.subject}.begun").open("a") as begun:
        begun.write(f"{job.attempt}\n")
    folder = sweep.work_folder(job)
    folder.mkdir(parents=True)
    (folder / "half-done").touch()
    while not (root / f"{job.subject}.go").exists():
        time.sleep(0.1)
        report(0.5, "working")
    report(1.0, "saving")
    (root / f"{job.subject}.done").touch()
    (folder / "half-done").unlink()
    folder.rmdir()
