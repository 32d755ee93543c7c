from __future__ import annotations

import pytest

from benchmark.metrics import registry
from tests.metrics.scenes import Pace, Style

NAMES = [metric.name for metric in registry if metric.baseline]


def test_baselines_are_named_as_such_and_not_used_unless_asked():
    assert set(NAMES) == {"ms-ssim-dtw", "gmsd-dtw", "pixel-dtw", "histogram-dtw", "motion-energy"}
    assert not set(NAMES) & set(registry.embedded())


def test_an_identical_clip_scores_one_and_another_less(clip, scored):
    same = scored(clip("travel"), clip("travel"), NAMES)
    other = scored(clip("travel"), clip("flip", Style(background="dark")), NAMES)
    for name in NAMES:
        assert same[name].value == 1.0
        assert 0 <= other[name].value < 0.9


@pytest.mark.parametrize("name", NAMES)
def test_the_arguments_can_be_swapped(clip, scored, name):
    pair = clip("travel"), clip("travel", Style(hue=0.3), Pace(speed=1.6))
    assert scored(*pair, [name])[name].value == pytest.approx(
        scored(*pair[::-1], [name])[name].value, abs=0.02
    )


def test_warping_forgives_another_pace(clip, scored):
    value = scored(clip("spin"), clip("spin", pace=Pace(delay=0.3)), ["pixel-dtw"])["pixel-dtw"].value
    assert value >= 0.95


def test_motion_energy_knows_a_static_clip(clip, scored):
    assert (
        scored(clip("spin"), clip("spin", pace=Pace(still=True)), ["motion-energy"])["motion-energy"].value
        == 0.0
    )
