"""The capture of one page into one clip."""

from __future__ import annotations

import shutil

from django.db import transaction

from benchmark.jobs.queue import enqueue
from benchmark.jobs.registry import PermanentError, Report, job_kind
from benchmark.jobs.scoring import enqueue_scores
from benchmark.jobs.subjects import load_subject, subject_of
from benchmark.jobs.sweep import work_folder
from benchmark.models import Animation, Job, Reconstruction


def enqueue_capture(item: Animation | Reconstruction) -> Job:
    return enqueue("capture", subject_of(item), label=str(item))


@job_kind("capture", "Capturing pages")
def run_capture(job: Job, report: Report) -> None:
    """Render the subject's page, keep the clip, say how it went, and ask for the scores that are now possible.

    A page that fails (an error, a time-out, nothing on screen) is a finding about the page, recorded as its outcome; the
    job itself has done its work.
    """
    # Only workers capture: the web process, which merely declares this kind, need not load browser and video code.
    from benchmark.capture import capture_to_clip
    from benchmark.ingest.clips import keep_clip

    item = load_subject(job.subject)
    page = item.source_path
    if page is None or not page.is_file():
        raise PermanentError(f"The page of “{item}” is missing from the sources folder: import the dataset again.")
    folder = work_folder(job)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    result = capture_to_clip(
        page,
        master=folder / "master.mp4",
        playable=folder / "playable.mp4",
        poster=folder / "poster.png",
        duration=item.duration,
        progress=lambda done, words: report(done, words),
    )
    clip = keep_clip(folder, exact=result.exact) if (folder / "master.mp4").is_file() else None
    shutil.rmtree(folder, ignore_errors=True)
    with transaction.atomic():
        type(item).objects.filter(pk=item.pk).update(
            clip=clip, outcome=result.status, outcome_detail=result.as_dict()
        )
        item.refresh_from_db()
        enqueue_scores(item)
