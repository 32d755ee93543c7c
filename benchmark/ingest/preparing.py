"""Normalising one upload, in a process that needs no Django: what a pool of them runs."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmark.metrics import Clip as Film
from benchmark.video import FlashReport, VideoRefused, iter_frames, normalise, write_poster

OUTCOMES = {"moving": "ok", "static": "static", "blank": "blank"}


class UploadRefused(ValueError):
    """One of the uploads is no video we can use; `path` says which, the text why."""

    def __init__(self, path: Path, sentence: str) -> None:
        super().__init__(path, sentence)  # both, so that it survives the way out of a child process
        self.path, self.sentence = path, sentence

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Prepared:
    """A normalised upload that waits in `folder` to be kept."""

    folder: Path
    outcome: str
    flashes: FlashReport


def prepare(upload: Path, folder: Path) -> Prepared:
    """Normalise one upload into `folder` and look at what it shows. Raises UploadRefused and leaves nothing then."""
    try:
        made = normalise(upload, folder)
        middle = next(islice(iter_frames(made.master), made.info.frames // 2, None))
        write_poster(middle, folder / "poster.png")
        made.poster.unlink()
        return Prepared(folder, OUTCOMES[Film.open(made.master).scene.kind], made.flashes)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, VideoRefused):
            raise UploadRefused(upload, str(error)) from error
        raise
