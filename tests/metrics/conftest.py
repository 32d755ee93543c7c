"""Clips drawn once per session, by scene, style and pace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmark.metrics import FeatureCache, Score, score
from tests.metrics import held_out
from tests.metrics.scenes import PLAIN, SCENES, STEADY, Pace, Style, write

Clips = Callable[..., Path]
Scoring = Callable[..., dict[str, Score]]


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    """clip(scene, style=…, pace=…, seconds=…, fps=…) → path."""
    folder, known = tmp_path_factory.mktemp("clips"), {}
    scenes = SCENES | {scene.name: scene for scene in held_out.SCENES}

    def drawn(
        name: str, style: Style = PLAIN, pace: Pace = STEADY, seconds: float = 2.0, fps: float = 30
    ) -> Path:
        key = name, style, pace, seconds, fps
        if key not in known:
            known[key] = write(folder / f"{len(known)}.mp4", scenes[name], style, pace, seconds, fps)
        return known[key]

    return drawn


@pytest.fixture(scope="session")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Scoring:
    """score() with features kept for the whole session."""
    cache = FeatureCache(tmp_path_factory.mktemp("features"))
    return lambda reference, candidate, metrics=None: score(reference, candidate, metrics, cache=cache)
