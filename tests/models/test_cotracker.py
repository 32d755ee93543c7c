"""The contract with CoTracker3's predictor, held with an obvious test double; the metric on tracks of known motion."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from benchmark.metrics import Clip, cotracker, registry, score, weights
from benchmark.metrics.torch_tools import best_device
from tests.metrics.scenes import SCENES, Pace, write
from tests.models.odd_clips import odd_clips

HUB = '''
import torch
dependencies = ["torch"]
torch.manual_seed(0)  # as the real code does when it is imported


class TestDoublePredictor(torch.nn.Module):
    """A TEST DOUBLE, not CoTracker: every point follows the centre of what is darker than the page."""

    def __init__(self):
        super().__init__()
        self.model = torch.nn.Linear(1, 1)
        self.seen = []

    def forward(self, video, queries=None, backward_tracking=False):
        assert video.ndim == 5 and video.shape[2] == 3 and video.dtype == torch.float32 and video.max() > 1.5
        assert queries.ndim == 3 and queries.shape[2] == 3 and backward_tracking
        self.seen.append(tuple(video.shape))
        dark = (video[0].mean(1) < 200).float()
        ys = torch.arange(dark.shape[1]).to(dark)[None, :, None]
        xs = torch.arange(dark.shape[2]).to(dark)[None, None]
        total = dark.sum((1, 2)).clamp(min=1)
        centre = torch.stack([(dark * xs).sum((1, 2)) / total, (dark * ys).sum((1, 2)) / total], -1)
        start = queries[0, :, 0].long()
        offset = queries[0, :, 1:] - centre[start]
        tracks = centre[:, None] + offset[None]
        return tracks[None], torch.ones(1, *tracks.shape[:2], dtype=torch.bool, device=dark.device)


def cotracker3_offline(*, pretrained=True, **kwargs):
    return TestDoublePredictor()
'''


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "_root", tmp_path / "weights")
    folder = tmp_path / "weights" / "cotracker3"
    (folder / "source").mkdir(parents=True)
    (folder / "source" / "hubconf.py").write_text(HUB)
    torch.save(torch.nn.Linear(1, 1).state_dict(), folder / "scaled_offline.pth")
    yield folder
    cotracker._loaded.clear()
    sys.modules.pop("hubconf", None)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    paces = {
        "reference": Pace(),
        "reversed": Pace(reverse=True),
        "static": Pace(still=True),
        "half": Pace(speed=0.5),
    }
    return {
        name: write(folder / f"{name}.mp4", SCENES["slide"], pace=pace, seconds=1.5)
        for name, pace in paces.items()
    }


def test_it_scores_through_torch_hub_from_the_local_folder(clips):
    assert registry.get("cotracker3-chamfer").available() is None
    values = {
        name: score(clips["reference"], path, ["cotracker3-chamfer"])["cotracker3-chamfer"].value
        for name, path in clips.items()
    }
    assert values["reference"] == 1.0
    assert values["static"] == 0.0
    assert values["reversed"] <= 0.05
    assert 0.2 <= values["half"] <= 0.7


def test_every_odd_clip_has_a_value_or_a_reason(tmp_path):
    odd = odd_clips(tmp_path)

    def value(reference, candidate):
        return score(odd[reference], odd[candidate], ["cotracker3-chamfer"])["cotracker3-chamfer"]

    assert value("moving", "moving").value == value("static", "coarse").value + 1 == 1.0
    assert value("moving", "blank").value == value("moving", "one frame").value == 0.0
    assert value("static", "static").value == 1.0
    assert "blank" in value("blank", "one frame").reason
    for other in ("coarse", "tiny"):
        assert 0 <= value("moving", other).value <= 1


def test_long_clips_are_tracked_in_spans(clips, folder):
    extractor = cotracker.CoTrackerTracks(cotracker.CoTrackerParameters(span=16, points=20))
    features = extractor.extract(Clip.open(clips["reference"]))
    network = cotracker.load(folder, best_device())
    assert [shape[1] for shape in network.seen] == [
        16,
        29,
    ]  # what is left over is too short for a span of its own
    visible = features["visible"]
    assert features["tracks"].shape == (*visible.shape, 2)
    assert (visible.sum(axis=1) <= 29).all()
    assert visible.any(axis=0).all()


def test_loading_leaves_the_generator_alone(folder):
    torch.manual_seed(5)
    expected = torch.rand(2)
    torch.manual_seed(5)
    cotracker.load(folder, best_device())
    assert torch.equal(torch.rand(2), expected)


def test_queries_lie_on_what_moves(clips):
    clip = Clip.open(clips["reference"])
    film, scene = clip.film, clip.scene
    queries = cotracker._queries(film.frames, film.index, scene, cotracker.CoTrackerParameters())
    assert len(np.unique(queries[:, 0])) == 3
    for frame, x, y in queries.astype(int):
        assert scene.distance(film.frames[film.index[frame]])[y, x] > 20
