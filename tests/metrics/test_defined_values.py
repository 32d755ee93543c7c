"""What the embedded pair must answer whatever the clips: identical, static, blank, odd and broken ones."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from benchmark.metrics import score
from benchmark.video.decode import iter_frames
from benchmark.video.probe import VideoRefused
from tests.metrics.scenes import Pace, Style, write_frames

PAIR = ("object-appearance", "trajectory")


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    path = tmp_path_factory.mktemp("blank") / "blank.mp4"
    return write_frames(path, iter([np.full((384, 512, 3), 245, np.uint8)] * 12))


def coded_coarsely(path, out):
    """The clip as H.264 4:2:0 at a constant rate factor of 30."""
    with av.open(str(out), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(30), options={"crf": "30"})
        stream.width, stream.height, stream.pix_fmt = 512, 384, "yuv420p"
        for frame in iter_frames(path):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    return out


def values(scores):
    return {name: one.value for name, one in scores.items()}


def test_an_identical_clip_scores_exactly_one(clip, scored):
    assert values(scored(clip("travel"), clip("travel"))) == dict.fromkeys(PAIR, 1.0)


def test_a_static_candidate_has_no_motion_and_the_right_looks(clip, scored):
    scores = scored(clip("travel"), clip("travel", pace=Pace(still=True)))
    assert scores["trajectory"].value == 0.0
    assert scores["object-appearance"].value >= 0.95


def test_two_static_clips_move_alike(clip, scored):
    scores = scored(clip("travel", pace=Pace(still=True)), clip("flip", pace=Pace(still=True)))
    assert scores["trajectory"].value == 1.0
    assert scores["object-appearance"].value < 0.7


def test_two_blank_clips_are_undefined_with_a_reason(blank, scored):
    for one in scored(blank, blank).values():
        assert one.value is None
        assert one.reason is not None
        assert "blank" in one.reason


def test_a_blank_candidate_scores_nothing(blank, clip, scored):
    assert values(scored(clip("travel"), blank)) == dict.fromkeys(PAIR, 0.0)


def test_where_it_stands_on_the_page_does_not_count(clip, scored):
    for one in scored(clip("travel"), clip("travel", pace=Pace(shift=(37, -24)))).values():
        assert one.value >= 0.98


@pytest.mark.parametrize("name", ["travel", "bars"])
def test_the_arguments_can_be_swapped(clip, scored, name):
    other = clip(name, Style(hue=0.2, size=0.7), Pace(speed=1.6))
    forth, back = scored(clip(name), other), scored(other, clip(name))
    for metric in PAIR:
        assert abs(forth[metric].value - back[metric].value) <= 0.02


def test_coding_it_again_hardly_matters(clip, scored, tmp_path):
    coarse = coded_coarsely(clip("travel"), tmp_path / "again.mp4")
    for one in scored(clip("travel"), coarse).values():
        assert one.value >= 0.97


def test_frame_rates_and_lengths_may_differ(clip, scored):
    same_but_coarser = scored(clip("travel"), clip("travel", fps=24))
    assert same_but_coarser["trajectory"].value >= 0.9
    assert same_but_coarser["object-appearance"].value >= 0.95
    half_as_long = scored(clip("travel"), clip("travel", seconds=1.0))
    assert 0.4 <= half_as_long["trajectory"].value <= 0.65  # a half, of what may not be lost


def test_one_frame_is_a_static_clip(clip, scored, tmp_path):
    single = write_frames(tmp_path / "one.mp4", iter([np.full((60, 90, 3), 200, np.uint8)]))
    assert values(scored(clip("travel"), single)) == dict.fromkeys(PAIR, 0.0)


def test_sizes_may_differ_down_to_a_few_pixels(clip, scored, tmp_path):
    pictures = [np.full((16, 24, 3), 30, np.uint8) for _ in range(10)]
    for moment, picture in enumerate(pictures):
        picture[4:10, moment : moment + 8] = 220
    tiny = write_frames(tmp_path / "tiny.mp4", iter(pictures))
    for one in scored(clip("travel"), tiny).values():
        assert 0 <= one.value <= 1


def test_it_refuses_what_is_no_video_with_a_sentence(clip, tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"not a video at all")
    with pytest.raises(VideoRefused, match=r"^broken\.mp4 .*\.$"):
        score(clip("travel"), broken)
    with pytest.raises(VideoRefused, match=r"missing\.mp4"):
        score(tmp_path / "missing.mp4", clip("travel"))


def test_change_too_faint_to_show_a_thing_is_undefined_or_a_value(clip, scored, tmp_path):
    page = np.full((120, 160, 3), 200, np.uint8)
    faint = [page.copy() for _ in range(12)]
    for moment, picture in enumerate(faint):
        picture[40:43, 40:43] = 200 - 3 * moment
    path = write_frames(tmp_path / "faint.mp4", iter(faint))
    for one in scored(clip("travel"), path).values():
        assert one.value is None or 0 <= one.value <= 1
        assert (one.value is None) == (one.reason is not None)


def test_what_stands_still_instead_of_moving_keeps_its_looks(clip, scored):
    one_stands = scored(clip("orbit"), clip("orbit", pace=Pace(dropped=1)))
    assert one_stands["object-appearance"].value >= 0.9
