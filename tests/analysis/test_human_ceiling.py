"""What people can predict of people, against brute force over raters."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from studies.analysis.auc import auc, clustered_auc, exchanged, roc_curve
from studies.analysis.estimate import Estimate
from studies.analysis.humans import (
    HumanRuler,
    ceiling,
    human_ruler,
    leave_one_out_features,
    one_rater_for_majority,
    others_auc,
    two_afc_features,
)
from studies.analysis.patterns import hypergeometric_means, patterns


def ratings_by_unit(table):
    return [table.value[table.unit == u].astype(int) for u in range(table.n_units)]


def small(make_table, seed=0, raters=4, units=15):
    rng = np.random.default_rng(seed)
    matrix = rng.choice([-1.0, 0, 1], (raters, units), p=[0.3, 0.2, 0.5])
    matrix[rng.random(matrix.shape) < 0.15] = np.nan
    return make_table(matrix[:, ~np.isnan(matrix).all(0)])


@pytest.mark.parametrize("seed", range(3))
def test_the_ceiling_is_the_auc_of_each_raters_others(make_table, seed):
    table = small(make_table, seed)
    y, x = [], []
    for values in ratings_by_unit(table):
        for i, value in enumerate(values):
            others = np.delete(values, i)
            if value and len(others):
                y += [value, -value]
                x += [others.mean(), -others.mean()]
    assert ceiling(patterns(table)).value == pytest.approx(roc_auc_score(np.array(y) > 0, x))


@pytest.mark.parametrize("k", [1, 2, 3])
def test_k_others_are_averaged_over_every_way_to_choose_them(make_table, k):
    table = small(make_table, 4)
    y, x, weight = [], [], []
    for values in ratings_by_unit(table):
        for i, value in enumerate(values):
            chosen = list(combinations(np.delete(values, i), k))
            for few in chosen:
                if value:
                    y += [value, -value]
                    x += [np.mean(few), -np.mean(few)]
                    weight += [1 / len(chosen)] * 2
    found = others_auc(patterns(table), k)
    assert found.value == pytest.approx(roc_auc_score(np.array(y) > 0, x, sample_weight=weight))


def test_more_raters_than_anyone_has_is_said_to_be_impossible(make_table):
    found = others_auc(patterns(make_table([[1, -1], [1, 1]])), 2)
    assert found.value is None
    assert "2 other ratings" in found.reason


@pytest.mark.parametrize("seed", range(3))
def test_leave_one_out_asks_the_one_most_frequent_answer_of_the_others(make_table, seed):
    table = small(make_table, seed)
    hits = trials = 0
    for values in ratings_by_unit(table):
        for i, value in enumerate(values):
            others = np.delete(values, i)
            answers, times = np.unique(others, return_counts=True)
            if len(others) and (times == times.max()).sum() == 1:
                trials += 1
                hits += answers[times.argmax()] == value
    assert leave_one_out_features(table.counts).sum(0) == pytest.approx([hits, trials])


def test_unbiased_2afc_is_the_share_of_agreeing_ordered_pairs(make_table):
    table = small(make_table, 1)
    shares = []
    for values in ratings_by_unit(table):
        preferences = values[values != 0]
        pairs = list(combinations(preferences, 2))
        if pairs:
            shares.append(np.mean([a == b for a, b in pairs]))
    value, n = two_afc_features(table.counts).sum(0)
    assert value / n == pytest.approx(np.mean(shares))


def test_the_plug_in_2afc_would_overstate_the_real_one(tables):
    counts = tables["overall"].counts
    n = counts[:, 0] + counts[:, 2]
    p = counts[n >= 2, 2] / n[n >= 2]
    value, units = two_afc_features(counts).sum(0)
    assert 0.04 < (p**2 + (1 - p) ** 2).mean() - value / units < 0.08


def test_one_rater_predicts_the_majority_of_the_others(make_table):
    table = small(make_table, 2)
    y, x = [], []
    for values in ratings_by_unit(table):
        for i, value in enumerate(values):
            others = np.delete(values, i)
            for winner in (1, -1):
                if 2 * (others == winner).sum() > len(others):
                    y += [winner, -winner]
                    x += [value, -value]
    assert one_rater_for_majority(patterns(table)).value == pytest.approx(roc_auc_score(np.array(y) > 0, x))


def test_draws_without_replacement_have_their_probabilities():
    means, p = hypergeometric_means(np.array([2, 1, 3]), 2)
    every = [np.mean(two) for two in combinations([-1, -1, 0, 1, 1, 1], 2)]
    for mean, probability in zip(means, p, strict=True):
        assert probability == pytest.approx(np.mean(np.isclose(every, mean)))
    assert p.sum() == pytest.approx(1)


def test_the_ruler_says_how_many_raters_a_metric_is_worth():
    tick = {k: Estimate(v, n=9) for k, v in ((1, 0.8), (2, 0.9), (3, 0.92))}
    ruler = HumanRuler(tick, Estimate(0.93))
    assert ruler.worth(0.65)[0] == pytest.approx(0.5)
    assert ruler.worth(0.85)[0] == pytest.approx(1.5)
    assert ruler.worth(0.45) == (0.0, "It predicts no better than a coin.")
    assert ruler.worth(0.95)[0] is None
    assert "at least as well as 3" in ruler.worth(0.95)[1]
    assert ruler.worth(None)[0] is None


def test_a_study_of_two_raters_has_one_tick(make_table):
    ruler = human_ruler(make_table([[1, -1, 1, 0], [1, -1, -1, 1]]))
    assert ruler.ticks[1].value is not None
    assert ruler.ticks[2].value is None


weighted = st.lists(
    st.tuples(st.integers(-3, 3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 4)),
    min_size=2,
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(weighted)
def test_the_auc_counts_pairs_and_its_clusters_add_up(items):
    x, plus, minus, cluster = np.array(items).T
    wins = (x[:, None] > x[None]) + 0.5 * (x[:, None] == x[None])
    pairs = plus.sum() * minus.sum()
    expected = plus @ wins @ minus / pairs if pairs else np.nan
    assert auc(x, plus, minus) == pytest.approx(expected, nan_ok=True)
    area = clustered_auc(x, plus, minus, cluster, 5)
    assert area.value == pytest.approx(expected, nan_ok=True)
    assert area.draws(np.ones((1, 5), int))[0] == pytest.approx(expected, nan_ok=True)
    drawn = np.array([[2, 0, 1, 1, 3]])
    repeated = drawn[0][cluster]
    assert area.draws(drawn)[0] == pytest.approx(auc(x, plus * repeated, minus * repeated), nan_ok=True)


def test_beyond_many_clusters_the_first_order_resamples_are_as_good_as_exact(tables):
    """Same draws, both ways: the same spread within a few percent, and each draw close to its twin."""
    table = tables["overall"]
    rng = np.random.default_rng(0)
    delta = rng.normal(size=600) + 0.5 * (table.counts[:, 2] - table.counts[:, 0])
    items = (*exchanged(delta, table.counts[:, 2], table.counts[:, 0]), np.tile(table.unit_animation, 2), 214)
    drawn = rng.multinomial(214, np.full(214, 1 / 214), size=2000)
    exact, first_order = clustered_auc(*items), clustered_auc(*items, exact=0)
    assert (exact.method, first_order.method) == ("bootstrap", "bootstrap, to first order")
    assert first_order.value == pytest.approx(exact.value)
    one, two = exact.draws(drawn), first_order.draws(drawn)
    assert two.std() == pytest.approx(one.std(), rel=0.03)
    assert np.corrcoef(one, two)[0, 1] > 0.99
    assert np.quantile(two, [0.025, 0.975]) == pytest.approx(np.quantile(one, [0.025, 0.975]), abs=0.004)


@settings(max_examples=40, deadline=None)
@given(weighted)
def test_the_exchanged_auc_knows_no_orientation(items):
    x, plus, minus, turn = np.array(items).T
    turned = turn % 2 == 0
    other = (np.where(turned, -x, x), np.where(turned, minus, plus), np.where(turned, plus, minus))
    assert auc(*exchanged(x, plus, minus)) == pytest.approx(auc(*exchanged(*other)), nan_ok=True)


def test_the_area_under_the_curve_is_the_auc():
    rng = np.random.default_rng(0)
    x, plus, minus = rng.integers(0, 9, 50), rng.integers(0, 3, 50), rng.integers(0, 3, 50)
    false, true = roc_curve(x, plus, minus)
    assert (false[0], true[0], false[-1], true[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(true, false) == pytest.approx(auc(x, plus, minus))
