"""Celery's doors to the jobs, two lines each."""

from __future__ import annotations

import os
import socket

from celery import shared_task

from benchmark.jobs import claim, filequeue
from benchmark.jobs import sweep as sweeping

# Whoever rings or hears the bell uses the safe form of the embedded queue.
__all__ = ["filequeue", "run_job", "sweep"]

# No job may hang for ever: the worker kills the process that runs one longer than this, and the sweep brings it back.
LONGEST_S = 3600


@shared_task(name="benchmark.jobs.tasks.run_job", time_limit=LONGEST_S)
def run_job(pk: int) -> None:
    claim.perform(pk, f"{socket.gethostname()}:{os.getpid()}")
    sweeping.sweep_if_due()


@shared_task(name="benchmark.jobs.tasks.sweep")
def sweep() -> None:
    sweeping.sweep()
