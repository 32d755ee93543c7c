from __future__ import annotations

import wave
from pathlib import Path

import av
import numpy as np
import pytest

from benchmark.video import Limits, VideoRefused, probe
from tests.video.conftest import Writer, moving_square


def refused(path: Path, limits: Limits | None = None) -> str:
    """The sentence a file is refused with."""
    with pytest.raises(VideoRefused) as refusal:
        probe(path, limits)
    sentence = str(refusal.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert path.name in sentence
    assert str(path.parent) not in sentence, "the folder is nobody's business"
    return sentence


def test_it_refuses_a_missing_file(tmp_path: Path) -> None:
    assert "no file" in refused(tmp_path / "gone.mp4")


def test_it_refuses_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    assert "is empty" in refused(tmp_path / "empty.mp4")


@pytest.mark.parametrize(
    "content",
    [b"just some words", bytes(5000), np.random.default_rng(1).bytes(20_000)],
    ids=["text", "zeros", "noise"],
)
def test_it_refuses_what_is_not_a_video(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "clip.mp4").write_bytes(content)
    assert "not a video" in refused(tmp_path / "clip.mp4")


@pytest.mark.parametrize(
    ("name", "codec"),
    [("cut.mp4", "libx264"), ("cut.webm", "libvpx-vp9"), ("cut.mkv", "ffv1")],
)
def test_it_refuses_a_video_cut_short(foreign: Writer, name: str, codec: str) -> None:
    path = foreign(name, moving_square(60, (320, 240)), codec=codec)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    refused(path)


def test_it_refuses_sound_alone(tmp_path: Path) -> None:
    path = tmp_path / "talk.avi"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
    assert "no picture" in refused(path)


@pytest.mark.parametrize(
    "playlist",
    ["#EXTM3U\n#EXTINF:5,\n{secret}\n#EXT-X-ENDLIST\n", "ffconcat version 1.0\nfile {secret}\n"],
    ids=["hls", "concat"],
)
def test_a_playlist_cannot_open_another_file(foreign: Writer, tmp_path: Path, playlist: str) -> None:
    secret = foreign("secret.mp4", moving_square(3))
    path = tmp_path / "upload.mp4"
    path.write_text(playlist.format(secret=secret))
    assert "not a video" in refused(path)


def test_limits_are_kept(foreign: Writer) -> None:
    path = foreign("clip.mp4", moving_square(60, (320, 240)))
    assert "MB" in refused(path, Limits(size=100))
    assert "320 pixels" in refused(path, Limits(side=200))
    assert "lasts 2 s" in refused(path, Limits(duration=1))
    assert "more than 59 frames" in refused(path, Limits(frames=59))
    assert probe(path, Limits(size=10**6, side=320, duration=2, frames=60)).frames == 60


def test_a_very_long_video_is_refused_without_decoding_it(foreign: Writer) -> None:
    frames = [np.zeros((16, 16, 3), np.uint8)] * 400
    assert "lasts 400 s" in refused(foreign("long.mp4", frames, rate=1))


def test_a_sound_track_does_not_matter(foreign: Writer) -> None:
    info = probe(foreign("loud.mp4", moving_square(30), sound=True))
    assert (info.frames, info.duration) == (30, 1.0)


def test_a_name_with_strange_characters_is_only_a_name(foreign: Writer) -> None:
    assert probe(foreign("concat:a|b %03d ü.mp4", moving_square(3))).frames == 3


def test_frames_stored_out_of_order_are_counted_once(foreign: Writer) -> None:
    path = foreign("b-frames.mp4", moving_square(45), options={"bf": "3", "preset": "medium"})
    info = probe(path)
    assert (info.frames, info.fps, info.duration) == (45, 30.0, pytest.approx(1.5))


def test_wave_files_are_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "talk.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1600))
    assert "not a video" in refused(path)
