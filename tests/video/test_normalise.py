from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmark.video import VideoRefused, normalise, probe, read_frames, sha256_file, write_poster
from tests.video.conftest import Writer, damaged, moving_square


def test_an_upload_becomes_a_clip(foreign: Writer, tmp_path: Path) -> None:
    upload = foreign("upload.webm", moving_square(30), codec="libvpx-vp9", options={"deadline": "realtime"})
    clip = normalise(upload, tmp_path / "clip")
    assert sorted(path.name for path in (tmp_path / "clip").iterdir()) == [
        "master.mp4",
        "playable.mp4",
        "poster.jpg",
    ]
    assert clip.sha256 == sha256_file(clip.master)
    assert clip.info == probe(clip.master)
    assert (clip.info.fps, clip.info.frames, clip.info.pixel_format) == (30.0, 30, "yuv444p")
    assert probe(clip.playable).pixel_format == "yuv420p"
    assert clip.source.codec == "vp9"
    assert not clip.flashes.exceeds
    with Image.open(clip.poster) as poster:
        assert poster.size == (96, 64)


def test_the_same_upload_gives_the_same_clip(foreign: Writer, tmp_path: Path) -> None:
    upload = foreign("upload.mp4", moving_square(20))
    clips = [normalise(upload, tmp_path / name) for name in ("one", "two")]
    assert clips[0].sha256 == clips[1].sha256
    assert sha256_file(clips[0].playable) == sha256_file(clips[1].playable)
    assert sha256_file(clips[0].poster) == sha256_file(clips[1].poster)


def test_a_variable_rate_with_sound_and_odd_sides_comes_out_regular(foreign: Writer, tmp_path: Path) -> None:
    times = [0, 33, 66, 100, 500, 533, 566, 600, 633, 667]
    upload = foreign(
        "upload.mkv", moving_square(10, (97, 63)), codec="ffv1", pixels="yuv444p", times=times, sound=True
    )
    clip = normalise(upload, tmp_path / "clip", fps=30)
    assert (clip.info.width, clip.info.height, clip.info.fps, clip.info.constant) == (98, 64, 30.0, True)
    assert clip.info.duration == pytest.approx(0.7, abs=0.05)
    shown = read_frames(clip.master).astype(int)
    assert np.abs(shown[4] - shown[14]).max() <= 2, "the long frame stands still"


def test_another_rate_keeps_the_duration(foreign: Writer, tmp_path: Path) -> None:
    clip = normalise(foreign("upload.mp4", moving_square(120), rate=60), tmp_path / "clip", fps=30)
    assert (clip.info.frames, clip.info.duration) == (60, 2.0)


def test_one_frame_is_enough(foreign: Writer, tmp_path: Path) -> None:
    clip = normalise(foreign("still.png", moving_square(1), codec="png", pixels="rgb24"), tmp_path / "clip")
    assert clip.info.frames == 1
    assert clip.flashes.flashes_per_second_max == 0


def test_a_flashing_upload_is_flagged(foreign: Writer, tmp_path: Path) -> None:
    frames = [np.full((64, 96, 3), 255 * (index // 2 % 2), np.uint8) for index in range(60)]
    assert normalise(foreign("strobe.mp4", frames), tmp_path / "clip").flashes.exceeds


def test_a_damaged_upload_leaves_nothing(foreign: Writer, tmp_path: Path) -> None:
    upload = damaged(foreign("upload.mp4", moving_square(60, (320, 240))))
    with pytest.raises(VideoRefused, match="damaged"):
        normalise(upload, tmp_path / "clip")
    assert list((tmp_path / "clip").iterdir()) == []


def test_progress_is_told(foreign: Writer, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    normalise(
        foreign("upload.mp4", moving_square(5)), tmp_path / "clip", progress=lambda *step: told.append(step)
    )
    assert told == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_a_poster_is_an_image(tmp_path: Path, ending: str) -> None:
    folder = tmp_path / "posters"
    folder.mkdir()
    path = write_poster(moving_square(1)[0], folder / f"poster.{ending}")
    with Image.open(path) as poster:
        assert poster.size == (96, 64)
    assert list(folder.iterdir()) == [path]
