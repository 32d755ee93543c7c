"""The pair tells looks from motion, on scenes and perturbations that were drawn after the methods stood."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kendalltau

from benchmark.metrics.trajectory import TrajectoryParameters
from tests.metrics import held_out
from tests.metrics.scenes import SCENES, Pace, Style

NAMES = [scene.name for scene in held_out.SCENES]


def test_the_scenes_are_held_out():
    assert not set(NAMES) & set(SCENES)


def test_other_looks_leave_motion_alone(clip, scored):
    values = [
        scored(clip(n), clip(n, style), ["trajectory"])["trajectory"].value
        for n in NAMES
        for style in held_out.LOOKS.values()
    ]
    assert np.mean(np.array(values) >= 0.95) >= 0.9, np.round(values, 2)


def test_other_timing_leaves_looks_alone(clip, scored):
    values = [
        scored(clip(n), clip(n, pace=pace), ["object-appearance"])["object-appearance"].value
        for n in NAMES
        for pace in held_out.TIMING.values()
    ]
    assert np.mean(np.array(values) >= 0.95) >= 0.9, np.round(values, 2)


@pytest.mark.parametrize("metric", list(held_out.LADDERS))
def test_more_of_the_wrong_thing_scores_less(clip, scored, metric):
    taus = []
    for name in ("planets", "compasses", "title"):
        for levels in held_out.LADDERS[metric].values():
            changed = [{"pace" if isinstance(level, Pace) else "style": level} for level in levels]
            values = [scored(clip(name), clip(name, **each), [metric])[metric].value for each in changed]
            taus.append(-kendalltau(range(len(levels) + 1), [1.0, *values]).statistic)
    assert np.mean(taus) >= 0.9, np.round(taus, 2)


@pytest.mark.parametrize(
    ("name", "dropped", "share"), [("travel", 1, 0.22), ("crossing", 1, 0.5), ("orbit", 1, 0.1)]
)
def test_a_thing_that_stands_still_costs_its_share_of_the_motion_but_for_what_may_be_lost(
    clip, scored, name, dropped, share
):
    value = scored(clip(name), clip(name, pace=Pace(dropped=dropped)))["trajectory"].value
    assert value == pytest.approx((1 - share) / (1 - TrajectoryParameters().lost), abs=0.06)


def test_a_reversed_turn_is_no_likeness(clip, scored):
    assert scored(clip("spin"), clip("spin", pace=Pace(reverse=True)))["trajectory"].value <= 0.1


def test_fading_is_motion_that_looks_do_not_change(clip, scored):
    fade = clip("fade")
    assert scored(fade, clip("fade", Style(hue=0.4)))["trajectory"].value >= 0.95
    assert scored(fade, clip("fade", pace=Pace(delay=0.6)))["trajectory"].value <= 0.7
    assert scored(fade, clip("fade", pace=Pace(still=True)))["trajectory"].value == 0.0
