"""Frames of a video as arrays, each as it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from numpy.typing import NDArray

from benchmark.video.colour import rgb_from_planes
from benchmark.video.probe import Limits, VideoRefused, opened, pixel_aspect, probe, slots

Image = NDArray[np.uint8]

_CAREFUL = int(Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT)
_BT709, _UNSPECIFIED = 1, 2
_OURS = {"yuv444p", "yuv420p"}
_HD_LINES = 720  # an untagged video is taken as BT.709 from here on and as BT.601 below, as players do


def iter_frames(
    path: Path | str,
    *,
    step: int = 1,
    limit: int | None = None,
    fps: float | None = None,
    limits: Limits | None = None,
) -> Iterator[Image]:
    """Every `step`-th frame, at most `limit` of them, each (H, W, 3) uint8 RGB; memory stays bounded.

    Frame k is what is shown in the middle of slot k, at (k + ½)/fps seconds, with `fps` the video's own
    unless given: so a variable frame rate comes out even, and a clip of constant rate gives every stored
    frame once. Frames are turned upright, their pixels made square, and what is transparent is laid on white.
    Arrays may be shared between equal frames: copy before writing into one.

    Raises VideoRefused for a file that cannot be read to its end, ValueError for a step, limit or rate below
    its least.
    """
    if step < 1 or (limit is not None and limit < 0) or (fps is not None and fps <= 0):
        raise ValueError("step is at least 1, limit at least 0 and fps above 0.")
    info = probe(path, limits)
    rate = fps or info.fps
    wanted = range(0, slots(info.duration, rate), step)
    return _sampled(Path(path), wanted[:limit], rate)


def read_frames(path: Path | str, *, fps: float | None = None, limits: Limits | None = None) -> Image:
    """All frames at once, (T, H, W, 3) uint8 RGB: 2.4 MB a frame at 1024×768. Raises as `iter_frames`."""
    return np.stack(list(iter_frames(path, fps=fps, limits=limits)))


def _sampled(path: Path, wanted: range, rate: float) -> Iterator[Image]:
    """The frames shown at the middles of the wanted slots."""
    slot = iter(wanted)
    try:
        middle = (next(slot) + 0.5) / rate
        shown: VideoFrame | None = None
        image: Image | None = None  # of `shown`, once it is asked for
        with opened(path) as (container, stream):
            unit = float(stream.time_base or 1 / 90_000)
            aspect = pixel_aspect(stream)
            first: int | None = None
            for frame in container.decode(stream):
                stamp = frame.pts if frame.pts is not None else (frame.dts or 0)
                first = stamp if first is None else first
                begins = (stamp - first) * unit
                while shown is not None and begins > middle:
                    image = _upright(shown, aspect) if image is None else image
                    yield image
                    middle = (next(slot) + 0.5) / rate
                if image is not None and not _alike(shown, frame):
                    image = None
                shown = frame
        if shown is None:
            raise VideoRefused(f"{path.name} holds no frame; export it again.")
        image = _upright(shown, aspect) if image is None else image
        while True:  # the last frame stays until the end
            yield image
            next(slot)
    except StopIteration:
        return
    except FFmpegError as error:
        raise VideoRefused(
            f"{path.name} is damaged and cannot be decoded to its end; export it again."
        ) from error


def _alike(before: VideoFrame | None, after: VideoFrame) -> bool:
    """Whether two frames of our own formats hold the same picture, so that it need not be converted again; a few lines
    tell most frames apart."""
    name = after.format.name
    if before is None or name not in _OURS or name != before.format.name:
        return False
    for fact in ("colorspace", "color_range", "rotation"):
        if getattr(before, fact) != getattr(after, fact):
            return False
    for lines in (16, 1):
        for index in range(3):
            a, b = _plane(before, index), _plane(after, index)
            if a.shape != b.shape or not np.array_equal(a[::lines], b[::lines]):
                return False
    return True


def _upright(frame: VideoFrame, aspect: float) -> Image:
    """The frame in RGB with square pixels, turned as the file says."""
    image = _rgb(frame)
    width = max(1, round(frame.width * aspect))
    if width != frame.width:
        image = cv2.resize(image, (width, frame.height), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    turns = round(frame.rotation / 90) % 4  # FFmpeg counts counter-clockwise, as numpy does
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image


def _rgb(frame: VideoFrame) -> Image:
    """The frame in full-range RGB by the colour matrix and range it is tagged with."""
    name = frame.format.name
    if name in _OURS and frame.colorspace == _BT709 and frame.color_range == ColorRange.MPEG:
        luma, *chroma = (_plane(frame, index) for index in range(3))
        if name == "yuv420p":
            size = (2 * chroma[0].shape[1], 2 * chroma[0].shape[0])
            chroma = [
                cv2.resize(plane, size)[: luma.shape[0], : luma.shape[1]]  # type: ignore[misc]
                for plane in chroma
            ]
        return rgb_from_planes(luma, *chroma)
    source: Colorspace | None = None
    if frame.colorspace == _UNSPECIFIED and not frame.format.is_rgb:
        source = Colorspace.ITU709 if frame.height >= _HD_LINES else Colorspace.ITU601
    alpha = name == "pal8" or any(component.is_alpha for component in frame.format.components)
    image = frame.to_ndarray(
        format="rgba" if alpha else "rgb24",
        src_colorspace=source,
        dst_color_range=ColorRange.JPEG,
        interpolation=_CAREFUL,
    ).astype(np.uint8, copy=False)
    return _on_white(image) if alpha else image


def _plane(frame: VideoFrame, index: int) -> Image:
    """One 8-bit plane (H, W), a view without its padding."""
    plane = frame.planes[index]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def _on_white(image: Image) -> Image:
    """RGBA (H, W, 4) laid on a white page, (H, W, 3)."""
    opacity = image[..., 3:].astype(np.uint16)
    blended = image[..., :3] * opacity + 255 * (255 - opacity)
    return ((blended + 127) // 255).astype(np.uint8)
