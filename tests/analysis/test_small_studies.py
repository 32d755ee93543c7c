"""What is undefined is undefined, with a sentence; nothing crashes and nothing becomes 0."""

from __future__ import annotations

import numpy as np
import pytest

from studies.analysis.agreement import agreement
from studies.analysis.estimate import Estimate
from studies.analysis.table import RatingTable

_ = np.nan


def undefined(estimate):
    return estimate.value is None and estimate.reason.endswith(".") and len(estimate.reason) > 20


def test_one_rater_leaves_agreement_undefined(make_table):
    found = agreement(make_table([[1, -1, 0, 1]]), replicates=20)
    for estimate in (
        found.headline,
        found.raw_agreement,
        found.ac1,
        found.ceiling,
        found.leave_one_out,
        found.two_afc,
    ):
        assert undefined(estimate)
    assert all(undefined(row.estimate) for row in found.codings)
    assert "two ratings" in found.headline.reason
    assert found.at_least == {0.667: None, 0.8: None}
    assert found.tie_rate.value == 0.25


def test_no_ratings_at_all_is_a_study_of_undefined_numbers(make_table):
    found = agreement(make_table(np.full((2, 0), _)), replicates=20)
    assert found.ratings == found.units == 0
    assert undefined(found.headline)
    assert undefined(found.tie_rate)


@pytest.mark.parametrize("answer", [1, 0])
def test_one_answer_everywhere_leaves_alpha_undefined_and_says_why(make_table, answer):
    found = agreement(make_table(np.full((3, 6), answer), blocks=["p", "q"] * 3), replicates=20)
    plain = found.coding("nominal").estimate
    assert undefined(plain)
    assert "same answer" in plain.reason
    assert found.raw_agreement.value == 1


def test_all_for_the_first_system_is_perfect_agreement_when_orientation_does_not_count(make_table):
    found = agreement(make_table(np.ones((3, 6)), blocks=["p", "q"] * 3), replicates=20)
    assert found.headline.value == 1
    assert found.coding("nominal").estimate.value is None


def test_no_ties_is_an_ordinary_study(make_table):
    rng = np.random.default_rng(0)
    matrix = rng.choice([-1, 1], (3, 30))
    found = agreement(make_table(matrix, blocks=[f"b{u % 5}" for u in range(30)]), replicates=50)
    assert found.tie_rate.value == 0
    assert found.headline.low < found.headline.value < found.headline.high
    assert found.coding("sides").estimate.value == pytest.approx(found.coding("nominal").estimate.value)


def test_ties_alone_leave_the_codings_without_ties_undefined(make_table):
    found = agreement(make_table(np.zeros((3, 5))), replicates=20)
    assert undefined(found.coding("paper").estimate)
    assert undefined(found.two_afc)
    assert undefined(found.ceiling)
    assert found.leave_one_out.value == 1


def test_one_block_gives_the_value_and_says_why_it_has_no_interval(make_table):
    found = agreement(make_table([[1, -1, 0, 1], [1, -1, 1, 1]]), replicates=200)
    assert found.headline.value is not None
    assert found.headline.low is None
    assert "two or more" in found.headline.reason
    assert found.at_least == {0.667: None, 0.8: None}
    assert found.intervals["unit bootstrap"].low is not None


def test_one_animation_has_no_animation_bootstrap(make_table):
    table = make_table(
        [[1, -1, 0], [1, -1, 1]], animations=["x"] * 3, pairs=[("a", "b"), ("a", "c"), ("b", "c")]
    )
    found = agreement(table, replicates=20, interval="animation bootstrap")
    assert found.headline.value is not None
    assert "two or more" in found.headline.reason


def test_unknown_sides_are_said_to_be_unknown(make_table):
    found = agreement(make_table([[1, -1], [1, 1]]), replicates=20)
    for estimate in (found.ac1_shown, found.ceiling_shown, found.coding("shown_nominal").estimate):
        assert undefined(estimate)
        assert "not recorded" in estimate.reason


def test_sides_drawn_per_rater_leave_no_orientation_as_shown(make_table):
    sides = np.array([[True, False, True], [False, True, True]])
    found = agreement(make_table([[1, -1, 1], [1, 1, -1]], sides=sides), replicates=20)
    assert "drawn anew" in found.coding("shown_nominal").estimate.reason
    assert found.ceiling_shown.value is not None


def test_blocks_that_share_comparisons_count_as_one(make_table):
    table = RatingTable.from_columns(
        "overall",
        rater=["r1", "r2", "r1", "r3", "r4", "r5"],
        block=["p", "q", "p", "q", "z", "z"],
        animation=["x", "x", "y", "w", "v", "v"],
        system_a=["a"] * 6,
        system_b=["b"] * 6,
        value=[1, -1, 1, 0, 1, 1],
    )
    found = agreement(table, replicates=20)
    assert [part.label for part in found.per_block] == ["p + q", "z"]
    assert "share comparisons" in found.notes[0]


def test_an_estimate_keeps_nothing_that_is_not_finite():
    assert Estimate.point(float("nan"), 3, reason="Nothing there.").reason == "Nothing there."
    assert not Estimate.point(float("inf"), 3).defined
    assert Estimate.point(np.float64(0.5), 3).value == 0.5
