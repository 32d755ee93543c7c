"""A table of ratings holds together, or says what does not."""

from __future__ import annotations

import numpy as np
import pytest

from studies.analysis.table import RatingTable, TableError, shared_rows

GOOD = [
    {
        "rater": "r1",
        "block": "p",
        "animation": "x",
        "system_a": "b",
        "system_b": "a",
        "value": 1,
        "a_on_left": True,
    },
    {
        "rater": "r2",
        "block": "p",
        "animation": "x",
        "system_a": "a",
        "system_b": "b",
        "value": 1,
        "a_on_left": True,
    },
    {
        "rater": "r2",
        "block": "p",
        "animation": "y",
        "system_a": "a",
        "system_b": "c",
        "value": 0,
        "a_on_left": False,
    },
]


def table(*rows):
    return RatingTable.from_records("overall", rows)


def test_systems_are_put_in_alphabetical_order_and_the_answer_with_them():
    made = table(*GOOD)
    assert made.value.tolist() == [-1, 1, 0]
    assert made.a_on_left.tolist() == [False, True, False]
    assert made.side.tolist() == [1, 1, 0]
    assert made.n_units == 2
    assert made.counts.tolist() == [[1, 0, 1], [0, 1, 0]]
    assert made.pair_label(1) == ("a", "c")


def test_sides_that_vary_within_a_comparison_are_no_orientation():
    made = table(*GOOD)
    assert made.unit_orientation is None
    assert made.keep(made.rater == 1).unit_orientation.tolist() == [1, -1]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([GOOD[0], GOOD[0]], "Rater r1 rated x: a – b twice"),
        ([{**GOOD[0], "value": 2}], "must be −1, 0 or"),
        ([{**GOOD[0], "system_b": "b"}], "a system against itself"),
        ([GOOD[0], {k: v for k, v in GOOD[1].items() if k != "block"}], "Row 2 has no block"),
        (
            [GOOD[0], {k: v for k, v in GOOD[1].items() if k != "a_on_left"}],
            "a_on_left stands in 1 of 2 rows",
        ),
        ([{**GOOD[0], "unit": "u"}, {**GOOD[2], "unit": "u"}], "u has more than one animation"),
    ],
)
def test_it_refuses_what_does_not_fit_together(rows, says):
    with pytest.raises(TableError, match=says):
        table(*rows)


def test_it_refuses_codes_without_labels():
    made = table(*GOOD)
    with pytest.raises(TableError, match="unit holds a code without a label"):
        RatingTable(
            "overall",
            made.unit,
            made.rater,
            made.block,
            made.animation,
            made.system_a,
            made.system_b,
            made.value,
            ("one",),
            made.rater_labels,
            made.block_labels,
            made.animation_labels,
            made.system_labels,
        )


def test_keeping_rows_drops_labels_nobody_uses():
    kept = table(*GOOD).keep(np.array([True, True, False]))
    assert kept.animation_labels == ("x",)
    assert kept.system_labels == ("a", "b")
    assert kept.counts.tolist() == [[1, 0, 1]]


def test_raters_are_left_out_by_name():
    assert table(*GOOD).without_raters(["r2"]).rater_labels == ("r1",)
    with pytest.raises(TableError, match="no rater r9"):
        table(*GOOD).without_raters(["r9"])


def test_the_same_answers_of_two_dimensions_are_found_whatever_their_order(tables):
    overall = tables["overall"]
    motion = tables["motion"].keep(np.random.default_rng(0).permutation(1950)[:1200])
    i, j = shared_rows(overall, motion)
    assert len(i) == 1200
    units, raters = np.array(overall.unit_labels), np.array(overall.rater_labels)
    assert (units[overall.unit[i]] == np.array(motion.unit_labels)[motion.unit[j]]).all()
    assert (raters[overall.rater[i]] == np.array(motion.rater_labels)[motion.rater[j]]).all()
    assert len(shared_rows(overall, tables["motion"])[0]) == 1950
