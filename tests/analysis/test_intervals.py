"""Intervals against the long way round: leaving out and resampling ratings one study at a time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from studies.analysis.agreement import agreement
from studies.analysis.codings import HEADLINE
from studies.analysis.estimate import Estimate
from studies.analysis.patterns import patterns
from studies.analysis.reliability import alpha, coincidences
from studies.analysis.resampling import Draws, bootstrap, exceedance, group_sums, jackknife_t


def headline(table):
    return float(alpha(coincidences(table.counts).sum(0), "ordinal", swap_invariant=True))


def test_leaving_out_a_block_is_dropping_its_ratings(tables):
    table = tables["motion"]
    left_out = np.array([headline(table.keep(table.block != b)) for b in range(20)])
    se = np.sqrt(19 / 20 * ((left_out - left_out.mean()) ** 2).sum())
    half = stats.t.ppf(0.975, 19) * se
    found = agreement(table, replicates=10).headline
    assert found.se == pytest.approx(se)
    assert (found.low, found.high) == pytest.approx((headline(table) - half, headline(table) + half))


def test_a_multinomial_over_patterns_is_a_bootstrap_over_units(tables):
    table = tables["overall"]
    rng = np.random.default_rng(0)
    o = coincidences(table.counts)
    slow = np.array(
        [alpha(o[rng.integers(0, 600, 600)].sum(0), "ordinal", swap_invariant=True) for _ in range(1500)]
    )
    p = patterns(table)
    fast = bootstrap(
        HEADLINE.features(p, 5), HEADLINE.of_sums, 1500, np.random.default_rng(1), p.weight
    ).values
    assert stats.ks_2samp(slow, fast).pvalue > 0.01
    assert fast.std() == pytest.approx(slow.std(), rel=0.1)


def test_the_animation_bootstrap_takes_animations_whole(make_table):
    """Two units an animation that always agree with each other: the interval is wider than by units."""
    rng = np.random.default_rng(5)
    one = np.where(rng.random((3, 40)) < 0.75, 1, -1)
    doubled = make_table(
        np.repeat(one, 2, axis=1),
        animations=[f"x{u // 2}" for u in range(80)],
        pairs=[("a", "b"), ("a", "c")] * 40,
    )
    found = agreement(doubled, replicates=2000).intervals
    width = {name: e.high - e.low for name, e in found.items() if e.low is not None}
    assert width["animation bootstrap"] > 1.25 * width["unit bootstrap"]


def test_the_same_seed_gives_the_same_numbers_and_another_does_not(tables):
    first, again, other = (agreement(tables["overall"], replicates=200, seed=s) for s in (7, 7, 8))
    assert first.intervals == again.intervals
    assert first.codings == again.codings
    assert first.intervals["unit bootstrap"] != other.intervals["unit bootstrap"]
    assert first.headline == other.headline


def test_chunks_do_not_change_the_draws(tables):
    p = patterns(tables["overall"])
    features = HEADLINE.features(p, 5)
    whole = bootstrap(features, HEADLINE.of_sums, 300, np.random.default_rng(2), p.weight).values
    import studies.analysis.resampling as resampling

    original, resampling._CELLS = resampling._CELLS, 1000
    try:
        chunked = bootstrap(features, HEADLINE.of_sums, 300, np.random.default_rng(2), p.weight).values
    finally:
        resampling._CELLS = original
    assert chunked == pytest.approx(whole)


def test_the_chance_of_a_threshold_is_the_tail_of_the_intervals_own_distribution(published):
    overall = published["overall"]
    t = (0.667 - overall.headline.value) / overall.headline.se
    assert overall.at_least[0.667] == pytest.approx(stats.t.sf(t, 19))
    assert overall.at_least[0.8] < 0.01 < overall.at_least[0.667]


def test_a_bootstrap_headline_takes_its_chances_from_its_draws(tables):
    found = agreement(tables["overall"], interval="unit bootstrap", replicates=1000)
    assert found.headline.method.startswith("unit bootstrap")
    assert 0 < found.at_least[0.667] <= 1


def test_an_interval_of_a_share_stays_between_0_and_1():
    sums = np.array([[9.0, 10], [10, 10], [10, 10], [2, 2]])
    found = jackknife_t(sums, lambda s: s[..., 0] / s[..., 1], 32, bounds=(0, 1))
    assert found.high == 1
    assert found.low < found.value < 1


def test_one_group_gives_a_value_without_an_interval():
    found = jackknife_t(np.array([[1.0, 2.0]]), lambda s: s[..., 0] / s[..., 1], 2)
    assert found.value == 0.5
    assert (found.low, found.high) == (None, None)
    assert "two or more" in found.reason
    assert exceedance(found, 1, 0.4) is None


def test_groups_that_cannot_be_left_out_give_a_value_without_an_interval():
    sums = np.array([[1.0, 2.0], [0.0, 0.0]])
    with np.errstate(invalid="ignore"):
        found = jackknife_t(sums, lambda s: s[..., 0] / s[..., 1], 2)
    assert found.value == 0.5
    assert found.low is None
    assert "undefined" in found.reason


def test_draws_that_are_mostly_undefined_give_no_interval():
    draws = Draws(np.array([0.5, np.nan, np.nan, np.nan]), "bootstrap")
    assert draws.estimate(0.5, 4).low is None
    assert draws.estimate(float("nan"), 4) == Estimate.undefined(
        "The data leave this number undefined.", 4, "bootstrap"
    )


def test_sums_by_group_are_sums_by_group():
    features = np.arange(12.0).reshape(6, 2)
    assert group_sums(features, np.array([0, 1, 0, 2, 2, 2])) == pytest.approx(
        np.array([[4, 6], [2, 3], [24, 27]])
    )
