"""What a video file holds, or one sentence on why it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

# Playlists and all that name further files stay out: an upload must never make us open another file.
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,apng,png_pipe,ogg,mpegts,mpeg,flv,asf,nut,ivf,yuv4mpegpipe"
)
STEADY = 0.25  # of a slot: an interval further from the usual one than this makes a variable frame rate


class VideoRefused(ValueError):
    """A file that is not a video we can use; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is still accepted: bytes on disk, pixels along a side, seconds, and frames."""

    size: int = 500_000_000
    side: int = 4096
    duration: float = 180.0
    frames: int = 20_000


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """One video as it is shown: turned upright, with square pixels.

    `width` and `height` in pixels; `fps` frames per second (the average where the rate varies); `frames`
    counts the slots of 1/fps seconds, which is the number of frames that decoding gives; `duration` in
    seconds; `codec` and `pixel_format` by FFmpeg's names; `constant` says whether the stored frames are
    evenly spaced.
    """

    width: int
    height: int
    fps: float
    frames: int
    duration: float
    codec: str
    pixel_format: str
    constant: bool = True


@contextmanager
def opened(path: Path | str) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The container and its first video stream, decoding on all cores; raises VideoRefused."""
    path = Path(path)
    if not path.is_file():
        raise VideoRefused(f"There is no file {path.name}; give the path of a video.")
    if path.stat().st_size == 0:
        raise VideoRefused(f"{path.name} is empty; upload the video again.")
    try:
        options = {"format_whitelist": FORMATS, "protocol_whitelist": "file", "err_detect": "explode"}
        container = av.open(f"file:{path}", container_options=options)
    except (FFmpegError, ValueError) as error:
        raise VideoRefused(
            f"{path.name} is not a video file we can read; export it as MP4 or WebM."
        ) from error
    with container:
        if not container.streams.video:
            raise VideoRefused(f"{path.name} has no picture in it; export it with its video track.")
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        # A damaged frame is refused, not painted over.
        stream.codec_context.options = {"err_detect": "explode"}
        yield container, stream


def probe(path: Path | str, limits: Limits | None = None) -> VideoInfo:
    """Reads the file's index and its first frame, nothing else.

    Raises VideoRefused for what is missing, empty, corrupt, without a picture, or beyond `limits`.
    """
    limits = limits or Limits()
    path = Path(path)
    if path.is_file() and path.stat().st_size > limits.size:
        size, most = path.stat().st_size / 1e6, limits.size / 1e6
        raise VideoRefused(
            f"{path.name} has {size:.0f} MB and at most {most:.0f} MB are taken; compress or shorten it."
        )
    with opened(path) as (container, stream):
        side = max(stream.codec_context.width, stream.codec_context.height)
        if side > limits.side:
            raise VideoRefused(
                f"{path.name} is {side} pixels along a side, more than {limits.side}; scale it down."
            )
        times = _presentation_times(container, stream, path, limits)
    with opened(path) as (container, stream):
        try:
            first = next(container.decode(stream), None)
        except FFmpegError as error:
            raise VideoRefused(
                f"{path.name} is damaged: its first frame cannot be decoded; export it again."
            ) from error
        if first is None:
            raise VideoRefused(f"{path.name} holds no frame; export it again.")
        width, height = shown_size(first, pixel_aspect(stream))
        fps, constant = frame_rate(times, stream)
        duration = times[-1]
        if duration > limits.duration:
            raise VideoRefused(
                f"{path.name} lasts {duration:.0f} s, more than {limits.duration:.0f} s; cut it shorter."
            )
        return VideoInfo(
            width=width,
            height=height,
            fps=fps,
            frames=slots(duration, fps),
            duration=duration,
            codec=stream.codec_context.name,
            pixel_format=first.format.name,
            constant=constant,
        )


def slots(duration: float, fps: float) -> int:
    """How many frames of 1/fps seconds `duration` seconds hold, at least one."""
    return max(1, round(duration * fps))


def pixel_aspect(stream: VideoStream) -> float:
    """How much wider than high a pixel is; 1 where the file says nothing or nonsense."""
    ratio = float(stream.sample_aspect_ratio or 1)
    return ratio if 0.25 <= ratio <= 4 else 1.0


def shown_size(frame: VideoFrame, aspect: float) -> tuple[int, int]:
    """Width and height as shown: pixels made square, then turned by the file's rotation."""
    width, height = max(1, round(frame.width * aspect)), frame.height
    return (height, width) if frame.rotation % 180 else (width, height)


def frame_rate(times: list[float], stream: VideoStream) -> tuple[float, bool]:
    """Frames per second and whether they are evenly spaced, from presentation times in s and the end."""
    intervals = np.diff(times)
    if len(times) == 2:
        return _tidy(1 / intervals[0]), True
    usual = float(np.median(intervals[:-1]))
    average = (len(times) - 2) / (times[-2] - times[0])
    # A clock in milliseconds writes 33, 33, 34: the average is the rate, no frame may stray from its slot.
    strays = np.abs(np.asarray(times[:-1]) * average - np.arange(len(times) - 1))
    if strays.max() <= STEADY:
        declared = float(stream.average_rate or 0)
        return (declared if declared and abs(declared / average - 1) < 0.002 else _tidy(average)), True
    return min(60.0, _tidy(1 / usual)), False


def _tidy(rate: float) -> float:
    """The whole number that a measured rate means, or the rate itself."""
    return float(round(rate)) if abs(rate - round(rate)) < 0.01 else float(rate)


def _presentation_times(
    container: InputContainer, stream: VideoStream, path: Path, limits: Limits
) -> list[float]:
    """When each frame begins, in seconds from the first, and at last the end of the last; decodes nothing."""
    ends: dict[int, int] = {}  # beginning → end, in units of the stream's time base
    try:
        for packet in container.demux(stream):
            stamp = packet.pts if packet.pts is not None else packet.dts
            if packet.size == 0 or packet.is_discard or stamp is None:
                continue
            ends[stamp] = stamp + (packet.duration or 0)
            if len(ends) > limits.frames:
                raise VideoRefused(f"{path.name} has more than {limits.frames} frames; cut it shorter.")
    except FFmpegError as error:
        raise VideoRefused(
            f"{path.name} is damaged and breaks off in the middle; export it again."
        ) from error
    if not ends or stream.time_base is None:
        raise VideoRefused(f"{path.name} holds no frame; export it again.")
    unit = float(stream.time_base)
    stamps = sorted(ends)
    end = ends[stamps[-1]]
    if end <= stamps[-1]:  # no duration written: as long as the one before, or as the declared rate says
        rate = float(stream.guessed_rate or 25)
        end = 2 * stamps[-1] - stamps[-2] if len(stamps) > 1 else stamps[-1] + round(1 / (rate * unit))
    times = [(stamp - stamps[0]) * unit for stamp in stamps] + [(end - stamps[0]) * unit]
    promised = _declared_duration(container, stream)
    if promised - times[-1] > max(0.25, 0.05 * promised):
        raise VideoRefused(
            f"{path.name} breaks off after {times[-1]:.1f} of its {promised:.1f} s; export it again."
        )
    return times


def _declared_duration(container: InputContainer, stream: VideoStream) -> float:
    """How long the file's header says the picture lasts, in seconds; 0 where it does not say."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration and len(container.streams) == 1:  # else the sound may simply be longer
        return container.duration / av.time_base
    return 0.0
