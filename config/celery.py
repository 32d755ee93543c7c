"""The Celery application. Messages carry a job's key and nothing else; see benchmark/jobs."""

from __future__ import annotations

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init, worker_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

app = Celery("diptych")


def transport_options() -> dict[str, Any]:
    """Folders for the embedded filesystem queue, or a visibility timeout above the longest job for Redis."""
    if not settings.BROKER_URL.startswith("filesystem"):
        return {"visibility_timeout": 6 * 3600}
    queue = settings.DATA / "queue"
    return {
        "data_folder_in": str(queue / "messages"),
        "data_folder_out": str(queue / "messages"),
        "processed_folder": str(queue / "processed"),
        "control_folder": str(queue / "control"),
        # Without this a worker unlinks a message before it has read it whole; processed ones are pruned by the sweep.
        "store_processed": True,
    }


app.conf.update(
    broker_url=settings.BROKER_URL,
    broker_transport_options=transport_options(),
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    task_default_queue="diptych",
    beat_schedule={"sweep": {"task": "benchmark.jobs.tasks.sweep", "schedule": 60.0}},
    beat_schedule_filename=str(settings.DATA / "queue" / "beat"),
    timezone="UTC",
)
app.autodiscover_tasks(["benchmark.jobs"])


@celeryd_init.connect
def share_the_cores(options: dict[str, Any], **_: Any) -> None:
    """PyTorch, which a worker's processes load when they first need it, would start as many threads as there are cores in
    each of them, and these would wait for one another."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    processes = int(options.get("concurrency") or cores)
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, cores // processes)))


@worker_init.connect
def make_queue_folders(**_: Any) -> None:
    for name in ("messages", "processed", "control"):
        (settings.DATA / "queue" / name).mkdir(parents=True, exist_ok=True)


@worker_ready.connect
def say_how_captures_fall_short(**_: Any) -> None:
    """An operator should read at start, not in a paper's review, that pages are shut in less well here."""
    from benchmark.capture import (
        shortcomings,
    )  # the web process, which imports this module too, needs no browser

    for sentence in shortcomings():
        logging.getLogger("diptych.capture").warning(sentence)


@worker_ready.connect
def sweep_at_start(**_: Any) -> None:
    """Whatever a killed worker left behind is queued again as soon as one is back."""
    app.send_task("benchmark.jobs.tasks.sweep")
