from __future__ import annotations

import tracemalloc
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmark.video import Encoder, VideoRefused, iter_frames, probe, read_frames
from tests.video.conftest import Writer, damaged, moving_square


def numbered(count: int, size: tuple[int, int] = (64, 48)) -> list[np.ndarray]:
    """Solid frames whose grey tells their number: 4 levels each, which survive any codec here."""
    return [np.full((size[1], size[0], 3), 16 + 4 * index, np.uint8) for index in range(count)]


def numbers(frames: np.ndarray) -> list[int]:
    return [round((frame.mean() - 16) / 4) for frame in frames]


def test_every_stored_frame_comes_once(foreign: Writer) -> None:
    assert numbers(read_frames(foreign("clip.mp4", numbered(40)))) == list(range(40))


def test_steps_and_limits_choose_frames(foreign: Writer) -> None:
    path = foreign("clip.mp4", numbered(20))
    assert numbers(np.stack(list(iter_frames(path, step=3)))) == [0, 3, 6, 9, 12, 15, 18]
    assert numbers(np.stack(list(iter_frames(path, step=2, limit=3)))) == [0, 2, 4]
    assert list(iter_frames(path, limit=0)) == []


def test_a_millisecond_clock_is_still_a_constant_rate(foreign: Writer) -> None:
    path = foreign("clip.mkv", numbered(30), codec="ffv1", pixels="yuv444p")
    info = probe(path)
    assert (info.fps, info.frames, info.constant) == (30.0, 30, True)
    assert numbers(read_frames(path)) == list(range(30))


def test_a_variable_frame_rate_comes_out_even(foreign: Writer) -> None:
    # Frames 0–4 at 20 ms, then 5 stands for 200 ms, then 20 ms again.
    times = [0, 20, 40, 60, 80, 100, 300, 320, 340, 360]
    path = foreign("clip.mkv", numbered(10), codec="ffv1", pixels="yuv444p", times=times)
    info = probe(path)
    assert not info.constant
    assert info.fps == pytest.approx(50)
    shown = numbers(read_frames(path))
    assert len(shown) == info.frames
    assert shown[:5] == [0, 1, 2, 3, 4]
    assert shown[5:15] == [5] * 10
    assert shown[15:19] == [6, 7, 8, 9]


def test_another_rate_shows_what_a_player_shows(foreign: Writer) -> None:
    path = foreign("clip.mp4", numbered(30), rate=60)
    assert numbers(np.stack(list(iter_frames(path, fps=30)))) == list(range(1, 30, 2))
    assert numbers(np.stack(list(iter_frames(path, fps=120))))[:6] == [0, 0, 1, 1, 2, 2]


def test_ntsc_rates_are_kept(foreign: Writer) -> None:
    info = probe(foreign("clip.mp4", numbered(30), rate=Fraction(30000, 1001)))
    assert info.fps == pytest.approx(30000 / 1001)
    assert info.frames == 30


@pytest.mark.parametrize("turn", [90, 180, -90])
def test_a_turned_phone_video_stands_upright(foreign: Writer, turn: int) -> None:
    frame = np.full((48, 64, 3), 230, np.uint8)
    frame[:16, :16] = (20, 20, 200)  # blue in the corner at the top left
    upright = foreign("upright.mp4", [frame] * 3)
    turned = foreign("turned.mp4", [np.ascontiguousarray(np.rot90(frame, -turn // 90))] * 3, rotation=turn)
    info = probe(turned)
    assert (info.width, info.height) == (64, 48)
    difference = read_frames(turned).astype(int) - read_frames(upright)
    assert np.abs(difference).mean() < 2


def test_wide_pixels_are_made_square(foreign: Writer) -> None:
    path = foreign("dv.mp4", numbered(2), aspect=Fraction(2, 1))
    assert (probe(path).width, probe(path).height) == (128, 48)
    assert read_frames(path).shape == (2, 48, 128, 3)


@pytest.mark.parametrize(("width", "height"), [(97, 63), (1, 1), (2, 3), (33, 200)])
def test_odd_sizes_keep_their_pixels(tmp_path: Path, width: int, height: int) -> None:
    frame = np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)
    frame[:] = cv2.GaussianBlur(frame, (0, 0), 4).reshape(height, width, 3)
    path = tmp_path / "odd.mp4"
    with Encoder(path, fps=30, size=(width, height), kind="master") as clip:
        clip.write(frame)
    back = read_frames(path)
    assert back.shape == (1, height, width, 3)
    assert np.abs(back[0].astype(int) - frame).mean() < 3


@pytest.mark.parametrize(
    ("matrix", "kr", "kb"),
    [(1, 0.2126, 0.0722), (6, 0.299, 0.114), (9, 0.2627, 0.0593)],
    ids=["709", "601", "2020"],
)
@pytest.mark.parametrize("full_range", [False, True], ids=["limited", "full"])
def test_the_colour_matrix_and_range_of_the_file_are_obeyed(
    foreign: Writer, matrix: int, kr: float, kb: float, full_range: bool
) -> None:
    """The same YCbCr numbers are other colours under another matrix (ITU-T H.273, tables 4 and 8.3)."""
    levels = np.array([120, 100, 150])
    planes = np.empty((3, 64, 64), np.uint8)
    planes[:] = levels[:, None, None]
    path = foreign(
        "m.mp4", [planes], pixels="yuv444p", source="yuv444p", matrix=matrix, full_range=full_range
    )
    y, cb, cr = (levels - (0, 128, 128)) / 255 if full_range else (levels - (16, 128, 128)) / (219, 224, 224)
    red, blue = y + 2 * (1 - kr) * cr, y + 2 * (1 - kb) * cb
    green = (y - kr * red - kb * blue) / (1 - kr - kb)
    shown = read_frames(path)[0, 32, 32]
    assert np.abs(shown - 255 * np.array([red, green, blue])).max() <= 2


def test_an_untagged_small_video_is_taken_as_standard_definition(foreign: Writer) -> None:
    red = np.zeros((48, 64, 3), np.uint8)
    red[:] = (200, 30, 40)
    path = foreign("untagged.avi", [red], codec="mpeg4")  # written with BT.601, the writer's default
    assert np.abs(read_frames(path)[0, 24, 32].astype(int) - (200, 30, 40)).max() <= 4


def test_sixteen_bits_become_eight(foreign: Writer) -> None:
    ramp = np.linspace(0, 65535, 64).astype(np.uint16)
    frame = np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (48, 64, 3)))
    path = foreign("deep.mkv", [frame], codec="ffv1", pixels="gbrp16le", source="rgb48le")
    assert probe(path).pixel_format == "gbrp16le"
    shown = read_frames(path)
    assert shown.dtype == np.uint8
    assert np.abs(shown[0, 0, :, 0] - ramp / 257).max() < 1.5


def test_what_is_transparent_lies_on_white(foreign: Writer) -> None:
    frame = np.zeros((48, 64, 4), np.uint8)
    frame[:, :32] = (200, 0, 0, 255)
    frame[:, 32:48] = (200, 0, 0, 128)
    path = foreign("alpha.mov", [frame], codec="png", pixels="rgba", source="rgba")
    shown = read_frames(path)[0]
    assert shown[0, 0].tolist() == [200, 0, 0]
    assert shown[0, 40].tolist() == pytest.approx([227, 127, 127], abs=1)
    assert shown[0, 60].tolist() == [255, 255, 255]


def test_an_animated_gif_is_a_video(foreign: Writer) -> None:
    path = foreign("loop.gif", [np.full((48, 64), level, np.uint8) for level in (0, 120, 240)],
                   codec="gif", pixels="gray", source="gray", rate=10)  # fmt: skip
    info = probe(path)
    assert (info.fps, info.frames) == (10.0, 3)
    assert [round(frame.mean()) for frame in read_frames(path)] == pytest.approx([0, 120, 240], abs=2)


def test_memory_stays_bounded_on_a_long_video(foreign: Writer) -> None:
    path = foreign("long.mp4", numbered(50, (640, 480)) * 6, options={"preset": "ultrafast"})
    tracemalloc.start()
    count = sum(1 for _ in iter_frames(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 300
    assert peak < 12 * 640 * 480 * 3, "a few frames at a time, not 300"


@pytest.mark.parametrize("arguments", [{"step": 0}, {"limit": -1}, {"fps": 0.0}])
def test_senseless_requests_are_refused(foreign: Writer, arguments: dict[str, float]) -> None:
    path = foreign("clip.mp4", moving_square(2))
    with pytest.raises(ValueError, match="step is at least 1"):
        iter_frames(path, **arguments)  # type: ignore[arg-type]


def test_a_damaged_file_is_refused_and_not_painted_over(foreign: Writer) -> None:
    path = damaged(foreign("clip.mp4", moving_square(60, (320, 240))))
    assert probe(path).frames == 60, "its index is whole"
    with pytest.raises(VideoRefused, match="damaged"):
        read_frames(path)
