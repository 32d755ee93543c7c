from __future__ import annotations

import importlib.metadata
import sys

import numpy as np
import pytest

from benchmark.metrics import (
    Clip,
    Extractor,
    Features,
    Metric,
    MetricRefused,
    Result,
    registry,
    score,
    weights,
)
from benchmark.metrics.registry import Registry


class MeanColour(Extractor):
    name = "mean-colour"
    version = "1"

    def extract(self, clip: Clip) -> Features:
        return Features({"mean": clip.film.frames.mean(axis=(0, 1, 2))})


class Brightness(Metric):
    name = "brightness"
    version = "1"
    dimension = "appearance"

    def __init__(self) -> None:
        super().__init__({"scale": 255})
        self.extractor = MeanColour()

    def compare(self, reference: Features, candidate: Features) -> Result:
        return Result(
            1 - float(np.abs(reference["mean"] - candidate["mean"]).mean()) / self.parameters["scale"]
        )


class Undimensioned(Brightness):
    name = "undimensioned"
    dimension = "taste"


class Unavailable(Brightness):
    name = "unavailable"

    def available(self) -> str:
        return "unavailable needs weights; fetch them with: python manage.py models fetch unavailable"


@pytest.fixture
def added():
    names = []
    yield lambda metric: names.append(registry.register(metric).name)
    for name in names:
        registry.unregister(name)


def test_another_package_whose_metric_cannot_be_loaded_is_named(monkeypatch):
    point = importlib.metadata.EntryPoint("brightness", "not_there:Brightness", "diptych.metrics")
    monkeypatch.setattr(sys.modules[Registry.__module__], "entry_points", lambda group: [point])
    with pytest.raises(
        MetricRefused, match=r"brightness \(not_there:Brightness\) cannot be loaded.* uninstall"
    ):
        Registry().names()


def test_an_added_metric_scores_with_ours(clip, added):
    added(Brightness())
    scores = score(clip("spin"), clip("travel"), ["brightness", "trajectory"])
    assert 0 < scores["brightness"].value < 1
    assert scores["brightness"].parameters == {"scale": 255, "extractor": {}}


def test_an_unknown_metric_is_refused_with_the_names_there_are(clip):
    with pytest.raises(MetricRefused, match="There is no metric named lpips; choose among object-appearance"):
        score(clip("spin"), clip("spin"), ["lpips"])


def test_an_unavailable_metric_is_never_dropped_silently(clip, added):
    added(Unavailable())
    with pytest.raises(MetricRefused, match="models fetch unavailable"):
        score(clip("spin"), clip("spin"), ["trajectory", "unavailable"])


def test_a_metric_must_declare_itself(added):
    with pytest.raises(MetricRefused, match="must be appearance or motion"):
        registry.register(Undimensioned())
    with pytest.raises(MetricRefused, match="already a metric named trajectory"):
        registry.register(type("Twin", (Brightness,), {"name": "trajectory"})())


def test_every_metric_says_what_it_is():
    for metric in registry:
        assert metric.description
        assert metric.licence
        assert metric.higher_is_better
        assert len(metric.digest) == 16
    assert registry.embedded() == ["object-appearance", "trajectory"]
    assert {m.name for m in registry if m.needs_weights} == {
        "dreamsim-dtw",
        "dreamsim-ensemble-dtw",
        "cotracker3-chamfer",
    }


def test_a_metric_without_its_weights_names_the_command(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "_root", tmp_path)
    for metric in registry:
        if metric.needs_weights:
            assert "python manage.py models fetch " in metric.available()
