from __future__ import annotations

from pathlib import Path
from typing import Literal

import av
import numpy as np
import pytest

from benchmark.video import Encoder, probe, read_frames, sha256_file
from tests.video.conftest import Frames, moving_square


def encoded(
    path: Path, frames: Frames, kind: Literal["master", "playable"] = "master", fps: int = 30
) -> Path:
    height, width = frames[0].shape[:2]
    with Encoder(path, fps=fps, size=(width, height), kind=kind) as clip:
        for frame in frames:
            clip.write(frame)
    return path


@pytest.mark.parametrize("kind", ["master", "playable"])
def test_the_same_frames_give_the_same_bytes(tmp_path: Path, kind: Literal["master", "playable"]) -> None:
    frames = moving_square(12)
    first = encoded(tmp_path / "first.mp4", frames, kind)
    again = encoded(tmp_path / "again.mp4", frames, kind)
    assert sha256_file(first) == sha256_file(again)


def test_other_frames_give_other_bytes(tmp_path: Path) -> None:
    first = encoded(tmp_path / "first.mp4", moving_square(12))
    other = encoded(tmp_path / "other.mp4", moving_square(12)[::-1])
    assert sha256_file(first) != sha256_file(other)


@pytest.mark.parametrize("kind", ["master", "playable"])
def test_a_solid_colour_comes_back_within_two_levels(
    tmp_path: Path, kind: Literal["master", "playable"]
) -> None:
    colours = np.random.default_rng(7).integers(0, 256, (24, 3), dtype=np.uint8)
    extremes = np.array(
        [(0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 0, 255)], np.uint8
    )
    for colour in np.concatenate([colours, extremes]):
        solid = np.empty((48, 64, 3), np.uint8)
        solid[:] = colour
        back = read_frames(encoded(tmp_path / "solid.mp4", [solid] * 2, kind))
        assert np.abs(back.astype(int) - colour).max() <= 2, colour


def test_a_master_keeps_coloured_edges_that_a_playable_copy_blurs(tmp_path: Path) -> None:
    frames = moving_square(8)
    errors = {}
    for kind in ("master", "playable"):
        back = read_frames(encoded(tmp_path / f"{kind}.mp4", frames, kind)).astype(float)
        errors[kind] = float(((back - np.stack(frames)) ** 2).mean())
    assert 10 * np.log10(255**2 / errors["master"]) > 44
    assert errors["master"] < errors["playable"]


def test_a_playable_copy_plays_everywhere(tmp_path: Path) -> None:
    path = encoded(tmp_path / "playable.mp4", moving_square(40), "playable")
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "the index comes first"
    with av.open(str(path)) as container:
        assert len(container.streams) == 1, "no sound"
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        stamps = [packet.pts or 0 for packet in container.demux(video=0) if packet.size]
        assert stamps == sorted(stamps), "no frame waits for a later one"
        assert stamps[0] == 0


def test_odd_sides_are_padded_in_the_playable_copy_and_kept_in_the_master(tmp_path: Path) -> None:
    frames = moving_square(3, (97, 63))
    master = encoded(tmp_path / "master.mp4", frames)
    playable = encoded(tmp_path / "playable.mp4", frames, "playable")
    assert read_frames(master).shape == (3, 63, 97, 3)
    padded = read_frames(playable)
    assert padded.shape == (3, 64, 98, 3)
    assert np.abs(padded[0, -1].astype(int) - padded[0, -2]).max() < 6, "the edge is repeated"


def test_a_clip_may_have_one_frame(tmp_path: Path) -> None:
    info = probe(encoded(tmp_path / "one.mp4", moving_square(1)))
    assert (info.frames, info.fps, info.duration) == (1, 30.0, pytest.approx(1 / 30))


def test_what_is_probed_is_what_was_written(tmp_path: Path) -> None:
    info = probe(encoded(tmp_path / "clip.mp4", moving_square(50), fps=25))
    assert (info.width, info.height, info.fps, info.frames, info.duration) == (96, 64, 25.0, 50, 2.0)
    assert (info.codec, info.pixel_format, info.constant) == ("h264", "yuv444p", True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with nothing in it."""
    folder = tmp_path / "clips"
    folder.mkdir()
    return folder


def test_nothing_is_left_when_the_block_fails(folder: Path) -> None:
    def crash() -> None:
        with Encoder(folder / "clip.mp4", fps=30, size=(96, 64), kind="master") as clip:
            clip.write(moving_square(1)[0])
            raise RuntimeError("page crashed")

    with pytest.raises(RuntimeError, match="page crashed"):
        crash()
    assert list(folder.iterdir()) == []


def test_an_older_clip_survives_a_failed_one(folder: Path) -> None:
    path = encoded(folder / "clip.mp4", moving_square(2))
    before = sha256_file(path)
    empty = Encoder(path, fps=30, size=(96, 64), kind="master")
    with pytest.raises(ValueError, match="at least one frame"), empty:
        pass
    assert sha256_file(path) == before
    assert list(folder.iterdir()) == [path]


def test_a_frame_outside_the_block_is_refused(folder: Path) -> None:
    clip = Encoder(folder / "clip.mp4", fps=30, size=(96, 64), kind="master")
    with pytest.raises(ValueError, match="inside the encoder's with block"):
        clip.write(moving_square(1)[0])


@pytest.mark.parametrize(
    "frame",
    [np.zeros((64, 95, 3), np.uint8), np.zeros((64, 96, 3), np.float32), np.zeros((64, 96), np.uint8)],
)
def test_a_frame_of_another_kind_is_refused(tmp_path: Path, frame: np.ndarray) -> None:
    with (
        pytest.raises(ValueError, match=r"is \(64, 96, 3\) uint8"),
        Encoder(tmp_path / "clip.mp4", fps=30, size=(96, 64), kind="master") as clip,
    ):
        clip.write(frame)


def test_a_frame_may_be_reused_by_the_caller(tmp_path: Path) -> None:
    scene = moving_square(6)
    buffer = np.empty_like(scene[0])
    with Encoder(tmp_path / "reused.mp4", fps=30, size=(96, 64), kind="master") as clip:
        for frame in scene:
            buffer[:] = frame
            clip.write(buffer)
    fresh = encoded(tmp_path / "fresh.mp4", scene)
    assert sha256_file(tmp_path / "reused.mp4") == sha256_file(fresh)


@pytest.mark.parametrize(("fps", "size"), [(0, (96, 64)), (29.97, (96, 64)), (30, (0, 64))])
def test_a_senseless_clip_is_refused(tmp_path: Path, fps: int, size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="whole number of frames"):
        Encoder(tmp_path / "clip.mp4", fps=fps, size=size, kind="master")
