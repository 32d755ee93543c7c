"""What two clips' measured motion has to share, moment by moment, on motion that is made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import trim1

from benchmark.metrics.averages import trimmed_mean
from benchmark.metrics.trajectory import Motion, TrajectoryParameters, _compare_motion

MOMENTS, THINGS = 45, 4
CORNERS = np.array([[-150.0, -150.0], [150.0, -150.0], [-150.0, 150.0], [150.0, 150.0]])
P = TrajectoryParameters()


def motion(speed: np.ndarray) -> Motion:
    """Things of 10 px in the corners of a crop of 300 × 300 px that go up and down at (T, K) px/s."""
    rows = np.zeros((*speed.shape, 11))
    rows[..., :2] = rows[..., 9:] = CORNERS[: speed.shape[1]]
    rows[..., 2] = 10
    rows[..., 4] = speed
    return Motion(rows, 10 * np.abs(speed), np.zeros(2), float(np.hypot(300, 300)))


def waves(later: float = 0) -> np.ndarray:
    """(T, K) px/s: every thing in its own phase, `later` moments later."""
    moment = np.arange(MOMENTS)[:, None] - later
    return 100 * np.sin(2 * np.pi * (moment / 15 + np.arange(THINGS) / THINGS))


def value(a: np.ndarray, b: np.ndarray, p: TrajectoryParameters = P) -> float:
    found, _ = _compare_motion(motion(a), motion(b), p)
    assert found is not None
    return found


@pytest.mark.parametrize(("measured", "strictly", "now"), [(0, 0.95, 0.995), (-150, 0.92, 0.96)])
def test_what_is_measured_badly_for_a_moment_finds_its_partner_beside_it(
    measured: float, strictly: float, now: float
) -> None:
    garbled = waves()
    garbled[4::10, 1:3] = measured
    assert value(waves(), garbled, TrajectoryParameters(slack=0, lost=0)) < strictly
    assert value(waves(), garbled) > now


def test_what_moves_otherwise_throughout_costs_its_share_but_for_what_may_be_lost() -> None:
    other = waves()
    other[:, 1] = waves(7.5)[:, 1]
    assert value(waves(), other) == pytest.approx(0.75 / (1 - P.lost), abs=0.06)


def test_a_thing_that_is_left_out_costs_its_share_but_for_what_may_be_lost() -> None:
    strict = TrajectoryParameters(slack=0, lost=0)
    assert value(waves(), waves()[:, :3], strict) == pytest.approx(0.75, abs=0.02)
    assert value(waves(), waves()[:, :3]) == pytest.approx(0.75 / (1 - P.lost), abs=0.02)


@pytest.mark.parametrize(
    ("faster", "expected"), [(1.4, 1), (0.7, 1), (0.5, 0.8**4 / P.same), (2, 0.8**4 / P.same), (-1, 0)]
)
def test_speeds_within_a_third_of_each_other_are_one_measured_twice(faster: float, expected: float) -> None:
    steady = np.full((MOMENTS, THINGS), 100.0)
    assert value(steady, faster * steady) == pytest.approx(expected, abs=1e-6)


def test_later_costs_more_the_later_it_is() -> None:
    values = [round(value(waves(), waves(later)), 9) for later in (0, 2, 4, 6)]
    assert values[0] == 1
    assert values == sorted(values, reverse=True)
    assert values[1] > 0.95
    assert values[3] < 0.5


def test_it_is_the_same_both_ways() -> None:
    a, b = waves(), 0.8 * waves(3)
    assert value(a, b) == pytest.approx(value(b, a), abs=1e-9)


def test_a_share_that_may_be_lost_leaves_nothing_alike_at_zero() -> None:
    still = np.zeros((MOMENTS, THINGS))
    assert value(waves(), still) == 0
    assert value(waves(), waves() * [[1, 0, 0, 0]]) == pytest.approx(0.25 / (1 - P.lost), abs=0.02)


def test_the_mean_is_trimmed_on_one_side_as_scipy_does() -> None:
    values = np.random.default_rng(5).random(40)
    assert trimmed_mean(values, np.ones(40), 0.25) == pytest.approx(trim1(values, 0.25, tail="left").mean())


def test_what_weighs_twice_counts_as_two() -> None:
    values, weight = np.array([0.1, 0.5, 0.9]), np.array([1, 2, 3])
    assert trimmed_mean(values, weight, 1 / 3) == pytest.approx(
        trimmed_mean(np.repeat(values, weight), np.ones(6), 1 / 3)
    )
    assert trimmed_mean(values, weight, 0.25) == pytest.approx((0.5 * 1.5 + 0.9 * 3) / 4.5)


def test_the_mean_of_what_does_not_weigh_is_nothing() -> None:
    assert trimmed_mean(np.ones(3), np.zeros(3), 0.05) == 0
