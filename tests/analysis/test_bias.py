"""Biases that were put in are found, the others are not, and confounded designs say so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studies.analysis.bias import bias_report, sitting_thirds
from studies.analysis.dimensions import compare_dimensions
from studies.analysis.table import RatingTable


def study(
    seed=0,
    raters=24,
    trials=30,
    left=0.0,
    repeat=0.0,
    noise=lambda third: 0.3,
    ties=lambda rater, third: 0.1,
    speed=1.0,
):
    """Simulated raters in blocks of four; sides and order drawn per rater; quality decides, and the bias asked for."""
    rng = np.random.default_rng(seed)
    columns: dict[str, list] = {
        k: [] for k in ("rater", "block", "animation", "value", "position", "a_on_left", "response_ms")
    }
    better = rng.choice([-1, 1], (raters // 4 + 1, trials))
    for r in range(raters):
        previous = 0
        for place, trial in enumerate(rng.permutation(trials)):
            third = 3 * place // trials
            a_on_left = rng.random() < 0.5
            side = better[r // 4, trial] * (1 if a_on_left else -1)
            if rng.random() < noise(third):
                side = rng.choice([-1, 1])
            if rng.random() < left:
                side = 1
            if previous and rng.random() < repeat:
                side = previous
            if rng.random() < ties(r, third):
                side = 0
            previous = side or previous
            row = (
                f"r{r:02d}",
                f"b{r // 4}",
                f"b{r // 4}x{trial:02d}",
                side * (1 if a_on_left else -1),
                place + 1,
                a_on_left,
                8000 * speed**third * rng.lognormal(0, 0.3),
            )
            for column, cell in zip(columns.values(), row, strict=True):
                column.append(cell)
    n = len(columns["rater"])
    return RatingTable.from_columns("overall", system_a=["a"] * n, system_b=["b"] * n, **columns)


def test_an_unbiased_study_shows_no_bias():
    found = bias_report(study(raters=40))
    assert all(test.p_holm > 0.05 for test in found.tests)
    assert found.notes == ()


@pytest.mark.parametrize(
    ("key", "options", "sign"),
    [
        ("side", {"left": 0.25}, 1),
        ("order", {"repeat": 0.3}, 1),
        ("learning", {"noise": lambda third: 0.9 if third == 0 else 0.1}, 1),
        ("fatigue", {"noise": lambda third: 0.9 if third == 2 else 0.1}, -1),
        ("speed", {"speed": 0.7}, -1),
        ("ties_over_time", {"ties": lambda rater, third: 0.05 + 0.2 * third}, 1),
        ("tie_use", {"ties": lambda rater, third: 0.5 if rater % 4 == 0 else 0.05}, 1),
    ],
)
def test_a_bias_that_was_put_in_is_found_and_the_others_are_not(key, options, sign):
    found = bias_report(study(raters=40, **options))
    test = found.test(key)
    assert test.p_holm < 0.01
    assert np.sign(test.estimate.value - test.null) == sign
    others = {"side", "speed", "learning"} - {key}
    assert all(found.test(other).p_holm > 0.01 for other in others)


def test_p_values_are_corrected_together():
    found = bias_report(study())
    made = [test for test in found.tests if test.p is not None]
    assert all(test.p_holm >= test.p for test in made)
    smallest = min(made, key=lambda test: test.p)
    assert smallest.p_holm == pytest.approx(min(1, smallest.p * len(made)))


def test_the_real_study_says_what_its_design_confounds(tables):
    found = bias_report(tables["overall"])
    assert any("same order" in note for note in found.notes)
    assert any("same sides" in note for note in found.notes)
    side = found.test("side").estimate
    assert side.value == pytest.approx(888 / (888 + 953))
    assert found.test("speed").estimate.value is None
    assert "times were not recorded" in found.test("speed").estimate.reason


def test_nothing_recorded_leaves_every_test_undefined_with_its_reason(make_table):
    found = bias_report(make_table([[1, -1, 0, 1], [1, 1, 0, -1]]))
    for key in ("side", "order", "learning", "fatigue", "speed", "ties_over_time"):
        test = found.test(key)
        assert test.estimate.value is None
        assert test.estimate.reason.endswith("not recorded.")
        assert test.p_holm is None
    assert found.test("tie_use").estimate.value is not None


def test_one_rater_is_no_test(make_table):
    table = make_table([[1, -1, 0, 1]], sides=np.ones((1, 4), bool))
    found = bias_report(replace(table, position=np.arange(1, 5, dtype=np.int32)))
    assert found.test("side").estimate.value == pytest.approx(2 / 3)
    assert found.test("side").p is None
    assert "two raters" in found.test("tie_use").estimate.reason


def test_thirds_are_thirds_of_each_sitting():
    table = study(raters=4, trials=10)
    third = sitting_thirds(table)
    for rater in range(4):
        mine = table.rater == rater
        in_order = third[mine][np.argsort(table.position[mine])]
        assert in_order.tolist() == [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]


# Dimensions against each other


def test_dimensions_are_compared_answer_by_answer(tables):
    pairs = {(p.first, p.second): p for p in compare_dimensions(tables)}
    found = pairs["appearance", "motion"]
    x, y = tables["appearance"].value.astype(int), tables["motion"].value.astype(int)
    assert found.ratings == 1950
    assert found.same.value == pytest.approx((x == y).mean())
    assert found.opposite.value == pytest.approx(301 / 1950)
    assert found.correlation.value == pytest.approx(np.corrcoef(np.r_[x, -x], np.r_[y, -y])[0, 1])
    assert found.of_means.value > found.correlation.value
    assert sum(map(sum, found.table)) == 2 * 1950
    assert found.table[0][2] == found.table[2][0] == 301
    assert found.same.low < found.same.value < found.same.high


def test_dimensions_nobody_answered_together_have_nothing_in_common(make_table):
    one, two = make_table([[1, -1]]), replace(make_table([[1]], animations=["other"]), dimension="motion")
    found = compare_dimensions({"overall": one, "motion": two})[0]
    assert "Nobody answered both" in found.same.reason
    assert found.correlation.value is None


def test_a_dimension_that_is_always_equal_has_no_correlation(make_table):
    one, two = make_table([[1, -1], [1, 1]]), replace(make_table([[0, 0], [0, 0]]), dimension="motion")
    found = compare_dimensions({"overall": one, "motion": two})[0]
    assert found.same.value == 0
    assert "no correlation" in found.correlation.reason
