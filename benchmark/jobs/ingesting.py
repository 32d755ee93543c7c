"""The ingestion of one video file that lies on this machine's disk."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.db import transaction

from benchmark.jobs.queue import enqueue
from benchmark.jobs.registry import PermanentError, Report, SourceChanged, job_kind
from benchmark.jobs.scoring import enqueue_scores
from benchmark.jobs.subjects import load_subject, subject_of
from benchmark.jobs.sweep import work_folder
from benchmark.models import Animation, Job, Outcome, Reconstruction


def enqueue_ingest(item: Animation | Reconstruction, upload: Path) -> Job:
    """Ask for the item's clip to be made from a file, which must stay where it is until then."""
    type(item).objects.filter(pk=item.pk).update(
        outcome_detail={"upload": {"path": str(upload), "name": upload.name}}
    )
    return enqueue("ingest", subject_of(item), label=str(item))


@job_kind("ingest", "Reading clips")
def run_ingest(job: Job, report: Report) -> None:
    """Normalise the file, keep the clip, say what it shows, and ask for the scores that are now possible."""
    # Only workers read videos: the web process need not load the video and metric code.
    from benchmark.ingest.preparing import UploadRefused, prepare
    from benchmark.ingest.uploads import keep
    from benchmark.video import sha256_file

    item = load_subject(job.subject)
    detail = item.outcome_detail
    upload = Path(detail.get("upload", {}).get("path", ""))
    if not upload.is_file():
        raise PermanentError(f"The clip file of “{item}” is gone ({upload}): put it back, then press Retry.")
    folder = work_folder(job)
    shutil.rmtree(folder, ignore_errors=True)
    report(0.1, f"reading {upload.name}")
    try:
        prepared = prepare(upload, folder)
    except UploadRefused as error:
        found: dict[str, Any] = {
            "clip": None,
            "outcome": Outcome.REFUSED,
            "outcome_detail": {**detail, "reason": str(error)},
        }
    else:
        report(1.0, "saving")
        kept = keep(prepared)
        facts = {**detail, "upload": {**detail["upload"], "sha256": sha256_file(upload)}}
        found = {"clip": kept.clip, "outcome": kept.outcome, "outcome_detail": facts}
    with transaction.atomic():
        # Unless another file was named meanwhile; that one is read next.
        if type(item).objects.filter(pk=item.pk, outcome_detail=detail).update(**found) != 1:
            raise SourceChanged
        item.refresh_from_db()
        enqueue_scores(item)
