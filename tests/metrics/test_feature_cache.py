from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmark.metrics import Clip, Extractor, FeatureCache, Features, MetricRefused, score
from benchmark.metrics.extractors.movers import Movers
from benchmark.metrics.scoring import features_of


class Counted(Extractor):
    name = "counted"
    version = "1"

    def extract(self, clip: Clip) -> Features:
        return Features({"a": np.arange(4.0)}, {"of": clip.sha256})


def some(size: int = 10_000, seed: int = 0) -> Features:
    return Features(
        {"a": np.random.default_rng(seed).uniform(size=size)}, {"kind": "moving", "box": [1, 2, 3, 4]}
    )


def test_it_gives_back_what_was_put(tmp_path):
    cache = FeatureCache(tmp_path)
    cache.put("ab" * 32, Counted(), some())
    kept = cache.get("ab" * 32, Counted())
    assert np.array_equal(kept["a"], some()["a"])
    assert kept.facts == some().facts


def test_other_parameters_are_another_key(tmp_path):
    cache = FeatureCache(tmp_path)
    cache.put("ab" * 32, Counted({"rate": 10}), some())
    assert cache.get("ab" * 32, Counted({"rate": 15})) is None
    assert cache.get("cd" * 32, Counted({"rate": 10})) is None


def test_the_least_recently_used_go_first(tmp_path):
    cache = FeatureCache(tmp_path)
    keys = [f"{k:02d}" * 32 for k in range(4)]
    for age, key in enumerate(keys):
        cache.put(key, Counted(), some(seed=age))
        os.utime(cache.path(key, Counted()), (1000 + age, 1000 + age))
    assert cache.get(keys[0], Counted()) is not None  # used just now
    cache.limit = cache.size() // 2
    cache.prune()
    assert cache.size() <= cache.limit
    assert cache.get(keys[0], Counted()) is not None
    assert cache.get(keys[1], Counted()) is None


def test_a_damaged_file_is_removed_and_made_again(tmp_path):
    cache = FeatureCache(tmp_path)
    cache.put("ab" * 32, Counted(), some())
    cache.path("ab" * 32, Counted()).write_bytes(b"half a fi")
    assert cache.get("ab" * 32, Counted()) is None
    assert not cache.path("ab" * 32, Counted()).exists()


def put_often(folder: str) -> int:
    cache = FeatureCache(folder)
    for _ in range(20):
        cache.put("ab" * 32, Counted(), some())
        kept = cache.get("ab" * 32, Counted())
        assert kept is not None
        assert np.array_equal(kept["a"], some()["a"])
    return cache.misses


def test_processes_share_it_and_never_see_half_a_file(tmp_path):
    with ProcessPoolExecutor(2) as pool:
        assert list(pool.map(put_often, [str(tmp_path)] * 2)) == [0, 0]
    assert not list(tmp_path.rglob("*.part"))


class Slow(Extractor):
    """Writes down that it was asked, and takes its time."""

    name = "slow"
    version = "1"

    def extract(self, clip: Clip) -> Features:
        with (Path(self.parameters["notes"]) / "asked").open("a") as notes:
            notes.write("once\n")
        time.sleep(0.5)
        return some()


def get_slowly(folder: str) -> float:
    cache, clip = FeatureCache(Path(folder) / "cache"), SimpleNamespace(sha256="ab" * 32)
    features, _ = features_of(clip, Slow({"notes": folder}), cache)
    return float(features["a"].sum())


def test_two_processes_at_once_extract_a_clip_once(tmp_path):
    with ProcessPoolExecutor(3) as pool:
        assert set(pool.map(get_slowly, [str(tmp_path)] * 3)) == {float(some()["a"].sum())}
    assert (tmp_path / "asked").read_text() == "once\n"


def test_features_that_could_not_be_read_back_are_refused(tmp_path):
    with pytest.raises(MetricRefused, match="arrays of numbers"):
        FeatureCache(tmp_path).put("ab" * 32, Counted(), Features({"a": np.array([{"no": "number"}])}))


def test_a_reference_is_never_extracted_twice(clip, tmp_path, monkeypatch):
    extracted = []
    real = Movers.extract
    monkeypatch.setattr(Movers, "extract", lambda self, one: extracted.append(one.sha256) or real(self, one))
    cache = FeatureCache(tmp_path)
    for name in ("flip", "words"):
        score(clip("travel"), clip(name), ["trajectory"], cache=cache)
    assert extracted.count(Clip.open(clip("travel")).sha256) == 1
    assert len(extracted) == 3


def test_cached_features_give_the_same_score(clip, tmp_path):
    cache = FeatureCache(tmp_path)
    pair = clip("travel"), clip("flip")
    fresh = score(*pair)
    first, second = score(*pair, cache=cache), score(*pair, cache=cache)
    assert (
        [s.value for s in fresh.values()]
        == [s.value for s in first.values()]
        == [s.value for s in second.values()]
    )
