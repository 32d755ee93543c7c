"""Celery's doors to the jobs, two lines each."""

from __future__ import annotations

import os
import socket

from celery import shared_task

from benchmark.jobs import claim
from benchmark.jobs import sweep as sweeping


@shared_task(name="benchmark.jobs.tasks.run_job")
def run_job(pk: int) -> None:
    claim.perform(pk, f"{socket.gethostname()}:{os.getpid()}")


@shared_task(name="benchmark.jobs.tasks.sweep")
def sweep() -> None:
    sweeping.sweep()
