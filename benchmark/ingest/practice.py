"""The worked example every study begins with, captured once."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from benchmark.ingest.sources import set_source
from benchmark.models import Animation, Dataset, Job, Reconstruction, System

PAGES = Path(__file__).resolve().parent.parent / "demo" / "practice"
SIDES = ("left", "right")


class PracticeMissing(RuntimeError):
    """The worked example could not be rendered; the text says what to do."""


def load_practice() -> list[Animation | Reconstruction]:
    """Rows and sources of the practice: the left candidate has the right look, the right one the right motion. Returns
    what still has to be captured."""
    dataset, _ = Dataset.objects.get_or_create(
        slug="practice",
        defaults={
            "title": "Practice material",
            "description": "The worked example shown before a study's first round.",
            "licence": "GPL-3.0-or-later",
            "simulated": True,
        },
    )
    animation, _ = Animation.objects.get_or_create(
        dataset=dataset, name="practice", defaults={"title": "Practice"}
    )
    items: list[Animation | Reconstruction] = [animation]
    set_source(animation, PAGES / "reference")
    for side in SIDES:
        system, _ = System.objects.get_or_create(dataset=dataset, name=side, defaults={"synthetic": True})
        reconstruction, _ = Reconstruction.objects.get_or_create(animation=animation, system=system)
        set_source(reconstruction, PAGES / side)
        items.append(reconstruction)
    return [item for item in items if item.clip_id is None]


def ensure_practice(say: Callable[[str], None]) -> None:
    """Capture the practice here and now where no worker has; seconds, the first time only. Raises PracticeMissing."""
    from benchmark.jobs.capturing import enqueue_capture
    from benchmark.jobs.claim import perform

    missing = load_practice()
    if missing:
        say("Rendering the practice round …")
    for item in missing:
        job = enqueue_capture(item)
        while job.state in (
            Job.State.QUEUED,
            Job.State.RUNNING,
        ):  # a worker may have been faster: then wait for it
            if perform(job.pk, "create_study") is None:
                time.sleep(0.5)
            job.refresh_from_db()
        if job.state != Job.State.DONE:
            raise PracticeMissing(
                f"The practice round could not be rendered ({job.error or 'a worker has not finished it'}): "
                "mend that and press “Add the practice round” on the study's page."
            )
