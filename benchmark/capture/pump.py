"""Decodes and hands on frames beside the browser, so that neither waits for the other."""

from __future__ import annotations

import base64
import contextlib
import queue
import threading
from collections.abc import Callable

import av
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Sink = Callable[[Image], None]

AHEAD = 8


class FramePump:
    """Takes base64 PNG frames; calls ``sink`` with each as an (H, W, 3) uint8 RGB array, in order, in one thread.

    Equal consecutive frames are decoded once and given as the same array: a sink must not write into one.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._queue: queue.Queue[str | None] = queue.Queue(AHEAD)
        self._error: BaseException | None = None
        self._abandoned = False
        self._thread = threading.Thread(target=self._run, name="capture-frames", daemon=True)
        self._thread.start()
        self._last = ""
        self.frames = 0
        self.distinct = 0
        self.uniform = True
        """Whether every frame so far is of one single colour."""

    def put(self, png: str) -> None:
        """Hand on one frame; raises what the sink raised, if it did."""
        if png != self._last:
            self._last = png
            self.distinct += 1
        self.frames += 1
        while True:
            if self._error is not None:
                raise self._error
            try:
                self._queue.put(png, timeout=0.5)
                return
            except queue.Full:
                continue

    def finish(self) -> None:
        """Wait until the sink has seen every frame; raises what it raised."""
        if self._thread.is_alive():
            while self._error is None:
                try:
                    self._queue.put(None, timeout=0.5)
                    break
                except queue.Full:
                    continue
            self._thread.join()
        if self._error is not None:
            raise self._error

    def abandon(self) -> None:
        """Stop without handing on what still waits; the sink is not called again after this returns."""
        self._abandoned = True
        while self._thread.is_alive():
            with contextlib.suppress(queue.Empty):
                self._queue.get_nowait()
            with contextlib.suppress(queue.Full):
                self._queue.put_nowait(None)
            self._thread.join(0.01)

    def _run(self) -> None:
        last, frame = "", None
        decode = _decoder()
        try:
            while (png := self._queue.get()) is not None and not self._abandoned:
                if frame is None or png != last:
                    last, frame = png, decode(png)
                    self.uniform = self.uniform and _is_uniform(frame)
                self._sink(frame)
        except BaseException as error:
            self._error = error


def _decoder() -> Callable[[str], Image]:
    """Reads PNGs half again as fast as OpenCV and Pillow do."""
    codec = av.CodecContext.create("png", "r")
    codec.thread_count = 1  # more would hold back frames, and have no core to run on

    def decode(png: str) -> Image:
        packet = av.Packet(base64.b64decode(png))
        packet.is_keyframe = True  # else it is added to the one before
        try:
            frames = codec.decode(packet)
        except av.FFmpegError as error:
            raise RuntimeError("The browser gave a frame that is not a PNG.") from error
        # Whole rows of pixels without gaps, whatever the width, as sinks expect.
        return np.ascontiguousarray(frames[0].to_ndarray(format="rgb24"), np.uint8)

    return decode


def _is_uniform(frame: Image) -> bool:
    return bool((frame[0] == frame[0, 0]).all() and (frame == frame[0, 0]).all())
