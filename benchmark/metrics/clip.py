"""A clip as the metrics see it: opened once, scaled down, every different frame kept once, in bounded memory."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from benchmark.metrics.scene import Scene, steadied, understand
from benchmark.video.decode import iter_frames
from benchmark.video.digest import sha256_file
from benchmark.video.probe import VideoInfo, VideoRefused, probe

WORKING_SIDE = 512  # px along the longer side: half of 1024×768, where lines of one pixel still show
RATE = 30.0  # frames per second looked at: more tells nothing about motion that people can follow
MEMORY = 640 * 1024**2  # bytes of frames; a clip beyond it is looked at in coarser steps


@dataclass(frozen=True)
class Film:
    """`frames` (U, h, w, 3) uint8 sRGB, each different frame once; `index` (T,) says which of them stands at each of
    T evenly spaced moments, `rate` moments per second; `scale` is working pixels per clip pixel."""

    frames: np.ndarray
    index: np.ndarray
    rate: float
    scale: float

    def __len__(self) -> int:
        return len(self.index)


@dataclass
class Clip:
    """One video file. Its frames are decoded at the first use and forgotten with `release`."""

    path: Path
    sha256: str
    info: VideoInfo
    _film: Film | None = field(default=None, repr=False)
    _scene: Scene | None = field(default=None, repr=False)
    _steadied: Scene | None = field(default=None, repr=False)

    @classmethod
    def open(cls, path: Path | str) -> Clip:
        """Raises VideoRefused, one sentence, for a file that is missing or not a video."""
        path = Path(path)
        info = probe(path)
        return cls(path, sha256_file(path), info)

    @property
    def film(self) -> Film:
        if self._film is None:
            self._film = _read(self.path, self.info)
        return self._film

    @property
    def scene(self) -> Scene:
        """Where the clip moves and what it moves in front of."""
        if self._scene is None:
            self._scene = understand(self.film.frames)
        return self._scene

    @property
    def steadied(self) -> Scene:
        """The same, but that a page which changes its colour as a whole is what things move in front of."""
        if self._steadied is None:
            self._steadied = steadied(self.film.frames, self.scene)
        return self._steadied

    def release(self) -> None:
        self._film = None
        self._scene = None
        self._steadied = None


def _read(path: Path, info: VideoInfo) -> Film:
    scale = min(1.0, WORKING_SIDE / max(info.width, info.height))
    size = max(1, round(info.width * scale)), max(1, round(info.height * scale))
    bytes_each = size[0] * size[1] * 3
    step = max(1, round(info.fps / RATE), math.ceil(info.frames * bytes_each / MEMORY))
    capacity = math.ceil(info.frames / step) + 1
    frames = np.empty((capacity, size[1], size[0], 3), np.uint8)  # pages are committed as they are filled
    seen: dict[bytes, int] = {}
    index: list[int] = []
    last: np.ndarray | None = None
    for frame in iter_frames(path, step=step):
        if len(index) == capacity:
            break
        if frame is last:
            index.append(index[-1])
            continue
        last = frame
        small = frame if scale == 1.0 else cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
        key = hashlib.sha1(np.ascontiguousarray(small).data, usedforsecurity=False).digest()
        if key not in seen:
            frames[len(seen)] = small
            seen[key] = len(seen)
        index.append(seen[key])
    if not index:
        raise VideoRefused(f"{path.name} holds no frame that can be decoded; export it again.")
    return Film(frames[: len(seen)], np.array(index), info.fps / step, scale)
