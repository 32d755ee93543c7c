"""Rates and means with intervals, against independent implementations and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from benchmark.aggregate.estimates import means, rate

NAN = float("nan")


@pytest.mark.parametrize(("yes", "n"), [(0, 5), (1, 5), (3, 14), (14, 14), (850, 1069)])
def test_wilsons_interval_is_scipys(yes, n):
    found, expected = rate(yes, n), binomtest(yes, n).proportion_ci(method="wilson")
    assert found.value == yes / n
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_a_rate_of_nothing_is_undefined():
    assert rate(0, 0).value is None
    assert rate(0, 0).reason
    with pytest.raises(ValueError, match="no share"):
        rate(3, 2)


def test_a_mean_leaves_out_what_has_no_value():
    found = means(np.array([[0.2, NAN], [0.4, NAN], [NAN, NAN]]))
    assert (found[0].value, found[0].n) == (pytest.approx(0.3), 2)
    assert (found[1].value, found[1].n) == (None, 0)
    assert found[1].reason == "No score yet."


def test_one_animation_gives_a_mean_without_interval():
    (found,) = means(np.array([[0.7]]))
    assert (found.value, found.low, found.n) == (0.7, None, 1)
    assert found.reason


def test_the_interval_is_the_bootstraps_over_animations():
    """Against a plain loop that draws whole animations."""
    rng = np.random.default_rng(5)
    values = np.clip(rng.normal(0.6, 0.2, (40, 2)), 0, 1)
    values[3:9, 1] = NAN
    found = means(values, replicates=4000)
    draws = np.random.default_rng(99).integers(0, 40, (4000, 40))
    for column in (0, 1):
        plain = [np.nanmean(values[draw, column]) for draw in draws]
        low, high = np.quantile(plain, [0.025, 0.975])
        assert (found[column].low, found[column].high) == pytest.approx((low, high), abs=0.006)


def test_a_constant_system_has_an_interval_of_no_width():
    (found,) = means(np.full((12, 1), 0.25))
    assert (found.low, found.value, found.high) == (0.25, 0.25, 0.25)


def test_the_same_seed_gives_the_same_interval_and_columns_share_their_draws():
    values = np.random.default_rng(1).random((20, 1))
    twice = means(np.hstack([values, values]))
    assert twice[0] == twice[1]
    assert means(values) == means(values)
    assert means(values, seed=1) != means(values, seed=2)


def test_the_interval_covers_the_true_mean_about_as_often_as_it_says():
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(200):
        (found,) = means(rng.beta(4, 2, (60, 1)), replicates=400)
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 4 / 6 <= found.high
    assert 178 <= covered <= 199


def test_no_animations_at_all_is_no_error():
    assert means(np.zeros((0, 2)))[0].value is None
