"""The table of raters: brute force for every column, and signs that show up where they were put."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from studies.analysis.agreement import agreement
from studies.analysis.raters import (
    Checks,
    before_and_after,
    influence,
    leave_one_out,
    rater_table,
    run_chance,
)
from studies.analysis.reliability import alpha, coincidences
from studies.analysis.table import TableError


@pytest.fixture(scope="module")
def timed(tables):
    """The real answers with simulated times: 10 s at first, 3 % faster each trial, one rater very fast."""
    table = tables["overall"]
    rng = np.random.default_rng(0)
    ms = 10_000 * 0.97 ** (table.position - 1) * rng.lognormal(0, 0.1, len(table))
    ms[table.rater == 7] /= 10
    return replace(table, response_ms=ms)


@pytest.fixture(scope="module")
def rows(timed):
    return rater_table(timed, {"rater-03": Checks(1, 2), "rater-04": Checks(2, 2)})


def test_every_rater_has_a_row(rows, tables):
    assert [row.rater for row in rows] == list(tables["overall"].rater_labels)
    assert sum(row.ratings for row in rows) == 1950
    assert rows[0].blocks == ("block-01",)


def test_agreement_with_the_others_adds_up_to_the_studys(rows, published):
    hits = sum(row.agreement.value * row.agreement.n for row in rows)
    n = sum(row.agreement.n for row in rows)
    assert hits / n == pytest.approx(published["overall"].leave_one_out.value)


def test_a_share_wears_wilsons_interval(rows):
    row = rows[0].agreement
    oracle = stats.binomtest(round(row.value * row.n), row.n).proportion_ci(method="wilson")
    assert (row.low, row.high) == pytest.approx((oracle.low, oracle.high))


@pytest.mark.parametrize("rater", [0, 17, 64])
def test_influence_is_alpha_without_minus_alpha_with(tables, rater):
    table = tables["motion"]

    def headline(t):
        return float(alpha(coincidences(t.counts).sum(0), "ordinal", swap_invariant=True))

    expected = headline(table.keep(table.rater != rater)) - headline(table)
    assert influence(table)[rater] == pytest.approx(expected, abs=1e-12)


def test_left_is_tested_exactly_and_corrected_across_raters(rows, tables):
    side = tables["overall"].side
    mine = side[tables["overall"].rater == 3]
    n, k = int((mine != 0).sum()), int((mine > 0).sum())
    assert rows[3].left_rate.value == pytest.approx(k / n)
    assert rows[3].left_p == pytest.approx(stats.binomtest(k, n).pvalue)
    assert rows[3].left_q == pytest.approx(stats.false_discovery_control([row.left_p for row in rows])[3])


def test_the_slope_finds_how_fast_a_rater_speeds_up(rows):
    assert rows[10].slope.value == pytest.approx(-0.03, abs=0.01)
    assert rows[10].slope.low < -0.03 < rows[10].slope.high
    assert rows[10].median_ms == pytest.approx(10_000 * 0.97**14.5, rel=0.1)


def test_a_very_fast_rater_and_failed_checks_are_signs(rows):
    assert "answers in less than a third of the usual time" in rows[7].signs
    assert "failed 1 of 2 checks" in rows[2].signs
    assert rows[3].checks == Checks(2, 2)
    assert not any("checks" in sign for sign in rows[3].signs)


def test_one_answer_all_the_time_is_a_sign(tables):
    table = tables["overall"]
    lazy = table.rater == 20
    value = np.where(lazy, np.where(table.a_on_left, 1, -1), table.value).astype(np.int8)
    row = rater_table(replace(table, value=value))[20]
    assert (row.longest_run, row.top_share) == (30, 1.0)
    assert row.run_chance < 1e-6
    assert "gave one answer 30 times in a row" in row.signs
    assert "prefers the left side" in row.signs
    assert row.influence > 0


def test_the_longest_run_is_counted_in_order_of_trials(tables):
    table = tables["overall"]
    shuffled = table.keep(np.random.default_rng(0).permutation(len(table)))
    assert [r.longest_run for r in rater_table(shuffled)] == [r.longest_run for r in rater_table(table)]


def test_the_chance_of_a_run_bounds_what_simulation_finds():
    rng = np.random.default_rng(0)
    shares = np.array([0.45, 0.1, 0.45])
    drawn = rng.choice(3, (4000, 30), p=shares)
    longest = [max(len(run) for run in np.split(row, np.flatnonzero(np.diff(row)) + 1)) for row in drawn]
    for run in (7, 9):
        found = np.mean(np.array(longest) >= run)
        assert found <= run_chance(run, 30, shares) * 1.1
        assert found > run_chance(run, 30, shares) * 0.6


def test_leave_one_out_needs_one_most_frequent_answer(make_table):
    table = make_table([[1, 1, 1], [1, 0, 1], [1, -1, np.nan]])
    hits, judged = leave_one_out(table)
    by_unit = [(table.unit[judged] == u).sum() for u in range(3)]
    assert by_unit == [3, 0, 2]
    assert hits[judged].all()


def test_nothing_is_claimed_about_what_was_not_recorded(make_table):
    row = rater_table(make_table([[1, -1, 0], [1, 1, 0]]))[0]
    assert row.left_rate.value is None
    assert row.left_p is None
    assert row.longest_run is None
    assert row.median_ms is None
    assert "not recorded" in row.slope.reason
    alone = rater_table(make_table([[1, -1, 0]]))[0]
    assert alone.agreement.value is None
    assert alone.influence is None


def test_exclusions_stand_beside_the_whole_with_their_reasons(tables):
    table = tables["overall"]
    effect = before_and_after(
        table, {"rater-52": "Failed both checks.", "rater-55": "Failed both checks."}, replicates=50
    )
    assert [e.rater for e in effect.excluded] == ["rater-52", "rater-55"]
    assert effect.excluded[0].ratings == 30
    assert effect.after.ratings == effect.before.ratings - 60
    assert effect.after.headline.value > effect.before.headline.value
    assert effect.before.headline == agreement(table, replicates=50).headline


def test_an_exclusion_without_a_reason_is_refused(tables):
    with pytest.raises(TableError, match="rater-01 has no reason"):
        before_and_after(tables["overall"], {"rater-01": " "})
