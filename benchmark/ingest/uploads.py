"""From any video file to a clip of ours."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.conf import settings

from benchmark.ingest.clips import keep_clip
from benchmark.ingest.preparing import Prepared, UploadRefused, prepare
from benchmark.models import Clip
from benchmark.processes import side_by_side

PREFIX = "import-"
WORTH_A_PROCESS = 4  # uploads: for fewer, starting another process takes longer than it saves


@dataclass(frozen=True)
class Kept:
    clip: Clip
    outcome: str


def keep(prepared: Prepared) -> Kept:
    return Kept(keep_clip(prepared.folder, exact=False, flashes=prepared.flashes), prepared.outcome)


def keep_uploads(uploads: list[Path], progress: Callable[[int, int], None] | None = None) -> dict[Path, Kept]:
    """A clip for each upload, decoded on all cores. Every upload is read to its end before the first clip is kept.

    Raises UploadRefused for the first that cannot be read, and keeps nothing then. `progress(done, of)` is
    called as files finish.
    """
    sweep_abandoned()
    root = Path(settings.DATA) / "work"
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=root))
    try:
        prepared = _prepare_all(sorted(set(uploads)), folder, progress or (lambda done, of: None))
        return {upload: keep(one) for upload, one in prepared.items()}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare_all(
    uploads: list[Path], folder: Path, progress: Callable[[int, int], None]
) -> dict[Path, Prepared]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = min(cores, len(uploads) // WORTH_A_PROCESS)
    if workers <= 1:
        prepared = {}
        for place, upload in enumerate(uploads):
            prepared[upload] = prepare(upload, folder / str(place))
            progress(place + 1, len(uploads))
        return prepared
    with side_by_side(workers) as pool:
        waiting = {
            pool.submit(prepare, upload, folder / str(place)): upload for place, upload in enumerate(uploads)
        }
        prepared = {}
        try:
            for done, future in enumerate(as_completed(waiting), start=1):
                prepared[waiting[future]] = future.result()
                progress(done, len(uploads))
        except UploadRefused:
            pool.shutdown(cancel_futures=True)
            raise
    return prepared


def sweep_abandoned() -> None:
    """Remove what an import that was killed left behind."""
    for folder in (Path(settings.DATA) / "work").glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        if not (owner.isdigit() and psutil.pid_exists(int(owner))):
            shutil.rmtree(folder, ignore_errors=True)
