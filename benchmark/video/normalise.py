"""Any uploaded clip → a clip of ours: constant rate, silent; master, playable copy, poster, flash report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.video.decode import iter_frames
from benchmark.video.digest import sha256_file
from benchmark.video.encode import Encoder
from benchmark.video.flashes import FlashReport, scan_flashes
from benchmark.video.poster import write_poster
from benchmark.video.probe import Limits, VideoInfo, probe, slots

FASTEST = 60


@dataclass(frozen=True, slots=True)
class NormalisedClip:
    """A clip's three files, the sha256 of its master's bytes, what the master and what the upload hold."""

    master: Path
    playable: Path
    poster: Path
    sha256: str
    info: VideoInfo
    flashes: FlashReport
    source: VideoInfo


def normalise(
    path_in: Path | str,
    folder: Path | str,
    *,
    fps: int | None = None,
    limits: Limits | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> NormalisedClip:
    """Writes master.mp4, playable.mp4 and poster.jpg into `folder`, which is made if need be.

    `fps` is the rate of the result; without it the source's own, as a whole number of at most 60. Sides
    become even by repeating the last row or column. `progress(done, frames)` is called after each frame. The
    same upload gives the same bytes. Raises VideoRefused, and then leaves no file behind.
    """
    source = probe(path_in, limits)
    rate = fps or min(FASTEST, max(1, round(source.fps)))
    frames = slots(source.duration, rate)
    size = source.width + source.width % 2, source.height + source.height % 2
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    master, playable, poster = folder / "master.mp4", folder / "playable.mp4", folder / "poster.jpg"
    still: list[NDArray[np.uint8]] = []

    def written(first: Encoder, second: Encoder) -> Iterator[NDArray[np.uint8]]:
        for place, frame in enumerate(iter_frames(path_in, fps=rate, limits=limits)):
            frame = _even(frame, size)
            first.write(frame)
            second.write(frame)
            if place == frames // 2:
                still.append(frame)
            if progress:
                progress(place + 1, frames)
            yield frame

    with (
        Encoder(master, fps=rate, size=size, kind="master") as first,
        Encoder(playable, fps=rate, size=size, kind="playable") as second,
    ):
        flashes = scan_flashes(written(first, second), rate)
    write_poster(still[0], poster)
    return NormalisedClip(master, playable, poster, sha256_file(master), probe(master), flashes, source)


def _even(frame: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The frame with its last row and column repeated up to the even size (width, height)."""
    height, width = frame.shape[:2]
    if (width, height) == size:
        return frame
    return np.pad(frame, ((0, size[1] - height), (0, size[0] - width), (0, 0)), mode="edge")
