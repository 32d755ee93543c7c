"""The capture of one page into one clip."""

from __future__ import annotations

import os
import shutil

from django.conf import settings
from django.db import transaction

from benchmark.jobs.queue import enqueue
from benchmark.jobs.registry import PermanentError, Report, SourceChanged, job_kind
from benchmark.jobs.scoring import enqueue_scores
from benchmark.jobs.subjects import load_subject, subject_of
from benchmark.jobs.sweep import work_folder
from benchmark.models import Animation, Job, Outcome, Reconstruction

# What the browser gives; the rest of the bar is for scanning and keeping the clip.
CAPTURING = 0.9


class CaptureDoubtful(Exception):
    """What came of it may be the machine's doing as well as the page's."""


def enqueue_capture(item: Animation | Reconstruction) -> Job:
    return enqueue("capture", subject_of(item), label=str(item))


@job_kind("capture", "Capturing pages")
def run_capture(job: Job, report: Report) -> None:
    """Render the subject's page, keep the clip, say how it went, and ask for the scores that are now possible.

    A page that fails (an error, a time-out, nothing on screen) is a finding about the page, recorded as its outcome;
    the job itself has done its work. Running twice ends with the same clip.
    """
    # Only workers capture: the web process, which merely declares this kind, need not load browser and video code.
    from benchmark.capture import CaptureRefused, LibraryStore, capture_to_clip
    from benchmark.ingest.clips import keep_clip

    item = load_subject(job.subject)
    page = item.source_path
    if page is None or not page.is_file():
        raise PermanentError(
            f"The page of “{item}” is missing from the sources folder: import the dataset again."
        )
    folder = work_folder(job)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        result = capture_to_clip(
            page,
            master=folder / "master.mp4",
            playable=folder / "playable.mp4",
            poster=folder / "poster.png",
            duration=item.duration,
            progress=lambda share, words: report(CAPTURING * min(share, 1.0), words),
            store=LibraryStore.from_environment({**os.environ, "DIPTYCH_DATA": str(settings.DATA)}),
        )
    except CaptureRefused as error:
        _record(
            item, clip=None, outcome=Outcome.REFUSED, outcome_detail={"reason": str(error), "executed": False}
        )
        return
    if result.status in ("timed_out", "crashed") and job.attempt == 1:
        raise CaptureDoubtful(
            f"The page {Outcome(result.status).label}: tried once more, for a busy machine may be why."
        )
    clip = None
    if (folder / "master.mp4").is_file():
        report(CAPTURING, "looking for flashes")
        clip = keep_clip(folder, exact=result.exact)
    report(1.0, "saving")
    _record(item, clip=clip, outcome=result.status, outcome_detail=result.as_dict())
    shutil.rmtree(folder, ignore_errors=True)


def _record(item: Animation | Reconstruction, **found: object) -> None:
    """Write what came of it, unless another page was put in its place meanwhile; that one is captured next."""
    with transaction.atomic():
        same = type(item).objects.filter(pk=item.pk, source=item.source, duration=item.duration)
        if same.update(**found) != 1:
            raise SourceChanged
        item.refresh_from_db()
        enqueue_scores(item)
