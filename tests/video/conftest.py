"""Small moving scenes and a writer of foreign video files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest
from av.video.stream import VideoStream
from numpy.typing import NDArray

Frames = list[NDArray[np.uint8]]
Writer = Callable[..., Path]


def moving_square(frames: int, size: tuple[int, int] = (96, 64)) -> Frames:
    """A red square that goes 3 px a frame to the right on a pale ground; size is (width, height)."""
    scene = []
    for index in range(frames):
        frame = np.full((size[1], size[0], 3), (235, 230, 220), np.uint8)
        left = 3 * index % (size[0] - 16)
        frame[20:36, left : left + 16] = (200, 40, 30)
        scene.append(frame)
    return scene


def damaged(path: Path) -> Path:
    """The MP4 file with noise in the middle of its pictures, its index untouched."""
    data = bytearray(path.read_bytes())
    begin, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    middle, length = (begin + end) // 2, (end - begin) // 10
    data[middle : middle + length] = np.random.default_rng(0).bytes(length)
    path.write_bytes(data)
    return path


@pytest.fixture
def foreign(tmp_path: Path) -> Writer:
    """Writes frames as another program would: any container, codec, pixel format, times, rotation, sound."""

    def write(
        name: str,
        frames: Sequence[NDArray[Any]],
        *,
        codec: str = "libx264",
        pixels: str = "yuv420p",
        source: str = "rgb24",
        rate: int | Fraction = 30,
        times: Sequence[int] | None = None,
        rotation: int = 0,
        aspect: Fraction | None = None,
        matrix: int | None = None,
        full_range: bool = False,
        sound: bool = False,
        options: dict[str, str] | None = None,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w") as container:
            stream = cast(VideoStream, container.add_stream(codec, rate=rate, options=options or {}))
            planar = source == "yuv444p"
            stream.height, stream.width = frames[0].shape[1:] if planar else frames[0].shape[:2]
            stream.pix_fmt = pixels
            if times is not None:
                stream.codec_context.time_base = Fraction(1, 1000)
            if aspect is not None:
                stream.codec_context.sample_aspect_ratio = aspect
            if matrix is not None:
                stream.codec_context.colorspace = matrix
                stream.codec_context.color_range = 2 if full_range else 1
            if rotation:
                stream.set_display_rotation(rotation)
            noise = container.add_stream("aac", rate=48000) if sound else None
            for index, frame in enumerate(frames):
                picture = av.VideoFrame.from_ndarray(frame, format=source)
                picture.pts = times[index] if times is not None else index
                if matrix is not None:
                    picture.colorspace, picture.color_range = matrix, 2 if full_range else 1
                if times is not None:
                    picture.time_base = Fraction(1, 1000)
                container.mux(stream.encode(picture))
            container.mux(stream.encode())
            if noise is not None:
                silence = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
                silence.sample_rate, silence.pts = 48000, 0
                container.mux(noise.encode(silence))
                container.mux(noise.encode())
        return path

    return write
