"""Keeping a clip: its files move under the hash of the master, its row says what it is."""

from __future__ import annotations

import os
import shutil
from dataclasses import asdict
from pathlib import Path

from benchmark.models import Clip
from benchmark.models.clip import clip_folder
from benchmark.video.decode import iter_frames
from benchmark.video.digest import sha256_file
from benchmark.video.flashes import FlashReport, scan_flashes
from benchmark.video.probe import probe


def keep_clip(folder: Path, *, exact: bool, flashes: FlashReport | None = None) -> Clip:
    """Move `folder` (master.mp4, playable.mp4, poster.png) to its content's address and return its row.

    Running twice, or twice at once, ends with one folder and one row: the rename of a folder onto an existing one
    fails, and then the content is already there. A clip once captured exactly is exact, whoever made the same before or
    makes it again. Raises `VideoRefused` when the master cannot be read.
    """
    master = folder / "master.mp4"
    info = probe(master)
    if flashes is None:
        flashes = scan_flashes(iter_frames(master), info.fps)
    sha256 = sha256_file(master)
    target = clip_folder(sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(folder, target)
    except OSError:
        if not (target / "master.mp4").is_file():
            raise
        shutil.rmtree(folder)
    clip, made = Clip.objects.get_or_create(
        sha256=sha256,
        defaults={
            "frames": info.frames,
            "fps": info.fps,
            "width": info.width,
            "height": info.height,
            "duration": info.duration,
            "codec": info.codec,
            "exact": exact,
            "flashes": asdict(flashes),
        },
    )
    if exact and not made and not clip.exact:
        Clip.objects.filter(pk=clip.pk).update(exact=True)
        clip.refresh_from_db()
    return clip
