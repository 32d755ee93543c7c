from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.design.order import CheckPlan, PlannedTrial, draw_sides, draw_trials

DIMENSIONS = ("overall", "appearance", "motion")
seeds = st.integers(0, 2**31)
plans = st.builds(CheckPlan, st.integers(0, 4), st.integers(0, 2), st.integers(0, 3))
designs = st.tuples(st.integers(1, 40), plans, st.integers(1, 9), seeds, seeds)


def drawn(design: tuple[int, CheckPlan, int, int, int]) -> tuple[PlannedTrial, ...]:
    count, plan, place, block_seed, seed = design
    plan = CheckPlan(plan.instructed, plan.identical, min(plan.repeat, count))
    return draw_trials(
        range(100, 100 + count), plan, DIMENSIONS, place=place, block_seed=block_seed, seed=seed
    )


@given(designs)
def test_every_comparison_is_shown_once_and_every_check_has_its_place(design):
    count, plan, *_ = design
    trials = drawn(design)
    assert sorted(t.comparison for t in trials if t.kind == "comparison") == list(range(100, 100 + count))
    assert Counter(t.kind for t in trials if t.kind != "comparison") == +Counter(
        instructed=plan.instructed, identical=plan.identical, repeat=min(plan.repeat, count)
    )


@given(designs)
def test_the_same_seeds_draw_the_same_trials(design):
    assert drawn(design) == drawn(design)


@given(designs)
def test_no_check_comes_first(design):
    assert drawn(design)[0].kind == "comparison"


@given(designs)
def test_a_repeat_comes_later_than_its_first_showing_with_the_sides_exchanged(design):
    trials = drawn(design)
    first = {t.comparison: (n, t.a_on_left) for n, t in enumerate(trials) if t.kind == "comparison"}
    for n, trial in enumerate(trials):
        if trial.kind == "repeat":
            shown, a_on_left = first[trial.comparison]
            assert n > shown
            assert trial.a_on_left != a_on_left


@given(seeds, seeds)
def test_in_a_sitting_of_usual_length_a_repeat_is_far_from_its_first_showing(block_seed, seed):
    trials = drawn((30, CheckPlan(2, 1, 1), 1, block_seed, seed))
    (late,) = (n for n, t in enumerate(trials) if t.kind == "repeat")
    early = next(
        n for n, t in enumerate(trials) if t.comparison == trials[late].comparison and t.kind == "comparison"
    )
    assert late - early > 10


@given(seeds, seeds)
def test_instructed_checks_are_spread_and_never_last(block_seed, seed):
    trials = drawn((30, CheckPlan(2, 1, 1), 1, block_seed, seed))
    places = [n for n, t in enumerate(trials) if t.kind in ("instructed", "identical")]
    assert trials[-1].kind == "comparison"
    assert all(1 <= place <= 32 for place in places)
    stretches = {(place - 1) * 3 // 33 for place in places}
    assert len(stretches) >= 2


@given(designs)
def test_instructed_checks_ask_for_an_answer_on_each_dimension_and_identical_ones_for_equal(design):
    for trial in drawn(design):
        if trial.kind == "instructed":
            assert trial.expected is not None
            assert set(trial.expected) == set(DIMENSIONS)
            assert set(trial.expected.values()) <= {"left", "equal", "right"}
        elif trial.kind == "identical":
            assert trial.expected == dict.fromkeys(DIMENSIONS, "equal")
        else:
            assert trial.expected is None


def test_instructed_answers_vary_from_seed_to_seed():
    asked = {
        trial.expected["overall"]
        for seed in range(40)
        for trial in drawn((10, CheckPlan(instructed=1), 1, 1, seed))
        if trial.expected
    }
    assert asked == {"left", "equal", "right"}


@given(st.integers(1, 40), st.integers(1, 12), seeds)
def test_sides_are_balanced_over_the_raters_of_each_comparison(count, raters, block_seed):
    sides = [draw_sides(range(count), place=place, block_seed=block_seed) for place in range(1, raters + 1)]
    for comparison in range(count):
        on_left = sum(side[comparison] for side in sides)
        assert abs(2 * on_left - raters) <= 1


@given(st.integers(1, 40), st.integers(1, 12), seeds)
def test_sides_are_balanced_within_a_sitting(count, place, block_seed):
    on_left = sum(draw_sides(range(count), place=place, block_seed=block_seed).values())
    assert abs(2 * on_left - count) <= 1


def test_sides_are_mirrored_in_pairs_of_places_and_drawn_anew_for_every_pair():
    sides = [tuple(draw_sides(range(30), place=place, block_seed=9).values()) for place in range(1, 7)]
    for first, second in zip(sides[::2], sides[1::2], strict=True):
        assert [not side for side in first] == list(second)
    assert len(set(sides)) == 6


def test_sides_do_not_depend_on_the_order_comparisons_are_named_in():
    assert draw_sides([3, 1, 2], place=1, block_seed=5) == draw_sides([1, 2, 3], place=1, block_seed=5)


def test_order_differs_from_sitting_to_sitting():
    orders = {tuple(t.comparison for t in drawn((12, CheckPlan(), 1, 1, seed))) for seed in range(20)}
    assert len(orders) == 20


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"comparisons": []}, "needs comparisons"),
        ({"comparisons": [1, 1]}, "each of them once"),
        ({"dimensions": ()}, "at least one dimension"),
        ({"place": 0}, "counted from 1"),
        ({"checks": CheckPlan(repeat=3)}, "3 repeats need as many"),
    ],
)
def test_it_refuses_an_impossible_sitting(arguments, sentence):
    usual = {
        "comparisons": [1, 2],
        "checks": CheckPlan(),
        "dimensions": DIMENSIONS,
        "place": 1,
        "block_seed": 1,
        "seed": 1,
    }
    with pytest.raises(ValueError, match=sentence):
        draw_trials(**(usual | arguments))
