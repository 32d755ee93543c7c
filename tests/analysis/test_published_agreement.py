"""Every figure of the published study, to four decimals, from its own raw data."""

from __future__ import annotations

import numpy as np
import pytest

from studies.analysis.paper import ParsedJudgments

from .conftest import DIMENSIONS

CODINGS = {
    "paper": (0.8126, 0.8060, 0.7261),
    "names": (0.7245, 0.7143, 0.6043),
    "sides": (0.6460, 0.6464, 0.4951),
    "nominal": (0.5375, 0.5368, 0.3824),
    "ordinal": (0.6253, 0.6245, 0.4539),
    "swap_nominal": (0.6181, 0.6038, 0.4605),
    "swap_ordinal": (0.6985, 0.6863, 0.5420),
}
POINTS = {
    "ac1_shown": (0.7151, 0.7019, 0.5649),
    "tie_rate": (0.0559, 0.0600, 0.0928),
    "unanimous": (0.6900, 0.6733, 0.5300),
    "strict_majority": (0.9333, 0.9400, 0.9233),
    "ceiling": (0.9221, 0.9167, 0.8588),
    "ceiling_shown": (0.9221, 0.9168, 0.8589),
    "leave_one_out": (0.8599, 0.8573, 0.7804),
    "two_afc": (0.8571, 0.8512, 0.7933),
}


def rows(table):
    return [
        (name, dimension, value)
        for name, line in table.items()
        for dimension, value in zip(DIMENSIONS, line, strict=True)
    ]


@pytest.mark.parametrize(("coding", "dimension", "expected"), rows(CODINGS))
def test_every_coding_of_alpha_is_the_published_one(published, coding, dimension, expected):
    assert round(published[dimension].coding(coding).estimate.value, 4) == expected


@pytest.mark.parametrize(("name", "dimension", "expected"), rows(POINTS))
def test_every_other_figure_of_the_table_is_the_published_one(published, name, dimension, expected):
    assert round(getattr(published[dimension], name).value, 4) == expected


@pytest.mark.parametrize(
    ("dimension", "low", "high"),
    [("overall", 0.6349, 0.7622), ("appearance", 0.6371, 0.7355), ("motion", 0.4838, 0.6001)],
)
def test_the_headline_wears_the_published_jackknife_interval(published, dimension, low, high):
    headline = published[dimension].headline
    assert (round(headline.low, 4), round(headline.high, 4)) == (low, high)
    assert headline == published[dimension].intervals["block jackknife-t"]


@pytest.mark.parametrize(("raters", "expected"), [(1, 0.8660), (2, 0.9155), (3, 0.9304)])
def test_the_ruler_has_the_published_ticks(published, raters, expected):
    assert round(published["overall"].ruler.ticks[raters].value, 4) == expected


def test_alpha_in_the_orientation_shown_is_the_published_one(published):
    assert round(published["overall"].coding("shown_nominal").estimate.value, 4) == 0.6177


def test_coin_flips_score_what_the_paper_coding_gives_them(published):
    flip = published["overall"].coding("paper").coin_flip
    assert flip.mean == pytest.approx(0.375, abs=0.003)
    assert flip.sd == pytest.approx(0.013, abs=0.002)
    for calibrated in ("swap_ordinal", "swap_nominal", "sides", "nominal", "ordinal"):
        assert published["overall"].coding(calibrated).coin_flip.mean == pytest.approx(0, abs=0.005)


def test_left_and_right_are_preferred_as_often_as_published(tables):
    side = tables["overall"].side
    assert ((side == 1).sum(), (side == -1).sum()) == (888, 953)


def test_the_design_has_the_published_sizes(published):
    overall = published["overall"]
    assert (overall.ratings, overall.units, overall.raters, overall.animations) == (1950, 600, 65, 214)
    assert overall.raters_per_unit == {3: 450, 4: 150}
    assert len(overall.per_block) == 20
    assert len(overall.per_pair) == 10


def test_parts_of_the_study_add_up_to_the_whole(published):
    for parts in (published["motion"].per_block, published["motion"].per_pair):
        assert sum(part.units for part in parts) == 600
        assert sum(part.ratings for part in parts) == 1950
        raw = np.average([part.raw_agreement.value for part in parts], weights=[part.units for part in parts])
        assert raw == pytest.approx(published["motion"].raw_agreement.value)


def test_table_and_file_say_the_same(judgments: ParsedJudgments, tables):
    table = tables["overall"]
    for row in range(0, 1950, 97):
        a = table.system_labels[table.system_a[row]]
        b = table.system_labels[table.system_b[row]]
        won = {1: a, -1: b, 0: None}[int(table.value[row])]
        assert a < b
        assert won == judgments.rows[row].winners["overall"]
        assert (judgments.rows[row].left == a) == bool(table.a_on_left[row])
