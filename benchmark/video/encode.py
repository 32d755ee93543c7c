"""Clips as files: a master for metrics and a playable copy for people.

Both are H.264 in MP4, one encoder thread, no B-frames: the same frames give the same bytes, a clip begins at
0, and seeking decodes little. The settings trade bytes for speed and fidelity: see docs/video.md for what was
measured.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from pathlib import Path
from types import TracebackType
from typing import Literal

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc
from av.video.stream import VideoStream
from numpy.typing import NDArray

from benchmark.video.colour import planes_from_rgb

Image = NDArray[np.uint8]
Kind = Literal["master", "playable"]

_BT709 = 1
_MASTER = {"preset": "ultrafast", "crf": "18", "x264-params": "cabac=1"}
_PLAYABLE = {
    "preset": "veryfast",
    "crf": "18",
    "x264-params": "mbtree=0:subme=1:bframes=0:rc-lookahead=0",
}


class Encoder:
    """Writes frames into `path`, which appears when the block ends well and never half-written.

    `fps` frames per second, a whole number; `size` (width, height) in pixels, any; `kind` "master" is yuv444p
    and keeps the size, "playable" is yuv420p with its index first, odd sides padded by one pixel of their
    edge.

        with Encoder("clip.mp4", fps=30, size=(1024, 768), kind="master") as clip:
            for frame in frames:
                clip.write(frame)

    Raises ValueError for a rate or size below 1, a frame of another shape or type, or no frame at all.
    """

    def __init__(self, path: Path | str, *, fps: int, size: tuple[int, int], kind: Kind) -> None:
        if fps < 1 or fps != int(fps) or min(size) < 1:
            raise ValueError(
                f"A clip needs a whole number of frames a second and a size, not {fps} and {size}."
            )
        if kind not in ("master", "playable"):
            raise ValueError(f'A clip is a "master" or a "playable", not {kind!r}.')
        self.path = Path(path)
        self.fps, self.size, self.kind = int(fps), size, kind
        self.frames = 0
        self._part = self.path.with_name(f".{self.path.name}.{uuid.uuid4().hex}.part")
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._last: tuple[Image, Image] | None = None  # a frame and its planes: still scenes repeat

    def __enter__(self) -> Encoder:
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
                os.replace(self._part, self.path)
            elif self._container is not None:
                self._container.close()
        finally:
            with contextlib.suppress(FileNotFoundError):
                self._part.unlink()

    def write(self, frame: Image) -> None:
        """Appends one frame, (H, W, 3) uint8 RGB."""
        width, height = self.size
        if frame.shape != (height, width, 3) or frame.dtype != np.uint8:
            raise ValueError(
                f"A frame of this clip is ({height}, {width}, 3) uint8, not {frame.shape} {frame.dtype}."
            )
        container, stream = self._opened()
        if self._last is None or not np.array_equal(frame, self._last[0]):
            self._last = frame.copy(), self._planes(frame)
        picture = VideoFrame.from_ndarray(self._last[1], format=self._pixels)
        picture.pts = self.frames
        picture.colorspace, picture.color_range = _BT709, ColorRange.MPEG
        container.mux(stream.encode(picture))
        self.frames += 1

    @property
    def _pixels(self) -> str:
        return "yuv444p" if self.kind == "master" else "yuv420p"

    def _open(self) -> None:
        options = {"fflags": "+bitexact"}  # no library version in the file
        if self.kind == "playable":
            options["movflags"] = "+faststart"
        self._container = av.open(str(self._part), "w", format="mp4", options=options)
        stream = self._container.add_stream(
            "libx264", rate=self.fps, options=_MASTER if self.kind == "master" else _PLAYABLE
        )
        width, height = self.size
        even = self.kind == "playable"
        stream.width, stream.height = (width + width % 2, height + height % 2) if even else (width, height)
        stream.pix_fmt = self._pixels
        context = stream.codec_context
        context.thread_count = 1
        context.gop_size = 2 * self.fps if self.kind == "master" else self.fps
        context.colorspace, context.color_range = _BT709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        self._stream = stream

    def _planes(self, frame: Image) -> Image:
        """The frame's planes as PyAV takes them: (3, H, W) for 4:4:4, (3H/2, W) for 4:2:0."""
        if self.kind == "master":
            return np.stack(planes_from_rgb(np.ascontiguousarray(frame)))
        height, width = frame.shape[:2]
        if height % 2 or width % 2:
            frame = np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        luma, blue, red = planes_from_rgb(np.ascontiguousarray(frame))
        half = luma.shape[1] // 2, luma.shape[0] // 2
        chroma = [cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in (blue, red)]
        return np.concatenate([luma.ravel(), *(plane.ravel() for plane in chroma)]).reshape(-1, luma.shape[1])

    def _finish(self) -> None:
        container, stream = self._opened()
        with container:
            if not self.frames:
                raise ValueError("A clip needs at least one frame.")
            container.mux(stream.encode())

    def _opened(self) -> tuple[OutputContainer, VideoStream]:
        if self._container is None or self._stream is None:
            raise ValueError("Frames are written inside the encoder's with block.")
        return self._container, self._stream
