"""Frames come out of the pump as they went in, in order."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from benchmark.capture.pump import FramePump


def packed(pixels: np.ndarray, mode: str = "RGB") -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("width", [16, 17, 320])
def test_every_frame_is_decoded_on_its_own(width):
    chance = np.random.default_rng(0)
    pictures = [chance.integers(0, 256, (24, width, 3), dtype=np.uint8) for _ in range(4)]
    seen: list[np.ndarray] = []
    pump = FramePump(seen.append)
    for pixels in [*pictures, pictures[-1]]:
        pump.put(packed(pixels))
    pump.finish()
    assert [frame.shape for frame in seen] == [(24, width, 3)] * 5
    assert all(np.array_equal(frame, due) for frame, due in zip(seen, [*pictures, pictures[-1]], strict=True))
    assert all(frame.flags.c_contiguous for frame in seen)
    assert (pump.frames, pump.distinct, pump.uniform) == (5, 4, False)


def test_a_frame_with_alpha_gives_its_colours_and_one_colour_is_seen_to_be_one():
    seen: list[np.ndarray] = []
    pump = FramePump(seen.append)
    pump.put(packed(np.full((16, 16, 3), (9, 200, 77), np.uint8), "RGBA"))
    pump.finish()
    assert (seen[0] == (9, 200, 77)).all()
    assert pump.uniform


def test_what_is_no_picture_is_said_and_what_a_sink_raises_comes_through():
    pump = FramePump(lambda frame: None)
    pump.put(base64.b64encode(b"no picture").decode())
    with pytest.raises(RuntimeError, match="not a PNG"):
        pump.finish()

    def refuse(frame: np.ndarray) -> None:
        raise OSError("full")

    pump = FramePump(refuse)
    pump.put(packed(np.zeros((16, 16, 3), np.uint8)))
    with pytest.raises(OSError, match="full"):
        pump.finish()
