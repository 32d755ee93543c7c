"""Planning: the simulator does what it says, our intervals cover, and the live count follows n (h/x)²."""

from __future__ import annotations

import numpy as np
import pytest

from studies.analysis.estimate import Estimate
from studies.analysis.planning import (
    forecast,
    headline_interval,
    plan_study,
    ratings_needed,
    size_study,
    true_alpha,
)
from studies.analysis.simulation import (
    RaterModel,
    StudyModel,
    draw_raters,
    even_qualities,
    simulate_answers,
    simulate_study,
    with_tie_rate,
)

N = 40_000
PLAIN = RaterModel(noise=1.0, tie_threshold=0.0, rater_spread=0.0, lapse=0.0, halo=0.0)


def answers(difference=0.0, seed=0, n=N, **changes):
    model = RaterModel(**{**PLAIN.__dict__, **changes})
    return simulate_answers(np.full(n, difference), model, np.random.default_rng(seed))


def test_a_difference_of_one_noise_is_seen_as_often_as_the_normal_law_says():
    assert (answers(1.0) == 1).mean() == pytest.approx(0.8413, abs=0.01)
    assert (answers(0.0) == 1).mean() == pytest.approx(0.5, abs=0.01)


def test_differences_within_the_threshold_are_called_equal():
    assert (answers(0.0, tie_threshold=0.5) == 0).mean() == pytest.approx(0.3829, abs=0.01)
    assert not (answers(0.0) == 0).any()


def test_a_lapse_is_an_answer_at_random():
    found = answers(50.0, lapse=0.3)
    assert [(found == v).mean() for v in (-1, 0, 1)] == pytest.approx([0.1, 0.1, 0.8], abs=0.01)


def test_a_side_bias_favours_the_left_whatever_stands_there():
    left = np.arange(N) % 2 == 0
    model = RaterModel(**{**PLAIN.__dict__, "side_bias": 0.5})
    found = simulate_answers(np.zeros(N), model, np.random.default_rng(0), a_on_left=left)
    assert (found[left] == 1).mean() == pytest.approx(0.6915, abs=0.01)
    assert (found[~left] == 1).mean() == pytest.approx(0.3085, abs=0.01)


def test_raters_keep_their_traits_and_differ_by_their_spread():
    model = RaterModel(rater_spread=0.4, side_spread=0.2, side_bias=0.1)
    traits = draw_raters(model, N, np.random.default_rng(0))
    assert np.log(traits.noise).std() == pytest.approx(0.4, abs=0.01)
    assert np.log(traits.threshold / model.tie_threshold).mean() == pytest.approx(0, abs=0.01)
    assert (traits.side_bias.mean(), traits.side_bias.std()) == pytest.approx((0.1, 0.2), abs=0.01)
    rater = np.repeat([0, 1], N // 2)
    people = draw_raters(PLAIN, 2, np.random.default_rng(0))
    people.side_bias[:] = [5.0, -5.0]
    left = np.ones(N, bool)
    found = simulate_answers(
        np.zeros(N), PLAIN, np.random.default_rng(1), rater=rater, a_on_left=left, traits=people
    )
    assert (found[rater == 0] == 1).mean() > 0.99
    assert (found[rater == 1] == 1).mean() < 0.01


def test_dimensions_of_one_comparison_share_noise_by_the_halo():
    for halo in (0.0, 0.6):
        model = RaterModel(**{**PLAIN.__dict__, "halo": halo})
        found = simulate_answers(np.zeros((N, 2)), model, np.random.default_rng(0))
        assert found.shape == (N, 2)
        expected = 2 / np.pi * np.arcsin(halo)  # of the signs of two correlated normals
        assert np.corrcoef(found.T)[0, 1] == pytest.approx(expected, abs=0.02)


def test_blocks_differ_in_difficulty_by_their_spread():
    model = RaterModel(**{**PLAIN.__dict__, "block_spread": 1.0})
    block = np.repeat(np.arange(100), 400)
    found = simulate_answers(np.ones(N), model, np.random.default_rng(0), block=block)
    share = np.bincount(block, found == 1) / 400
    assert share.std() > 0.1
    assert (np.bincount(block, answers(1.0)[:N] == 1) / 400).std() < 0.03


def test_the_same_seed_gives_the_same_study():
    first, again, other = (simulate_study(StudyModel(), np.random.default_rng(s)) for s in (1, 1, 2))
    assert (first.value == again.value).all()
    assert (first.value != other.value).any()


def test_a_simulated_study_has_the_design_that_was_asked_for():
    model = StudyModel(even_qualities(4, 0.5), blocks=5, block_size=12, raters_per_block=3)
    table = simulate_study(model, np.random.default_rng(0))
    assert (len(table), table.n_units, len(table.rater_labels), len(table.block_labels)) == (180, 60, 15, 5)
    assert (table.counts.sum(1) == 3).all()
    pairs = np.unique(
        np.column_stack([table.unit_system_a, table.unit_system_b]), axis=0, return_counts=True
    )[1]
    assert pairs.tolist() == [10] * 6
    assert (np.bincount(table.rater) == 12).all()


def test_the_model_says_in_one_sentence_that_it_is_simulated():
    sentence = RaterModel(lapse=0.05).describe()
    assert sentence.startswith("Simulated answers, not people's")
    assert "5%" in sentence
    assert sentence.count(".  ") == 0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"noise": 0}, "noise must be above 0"),
        ({"lapse": 1.5}, "lapse must lie"),
        ({"tie_threshold": -1}, "0 or more"),
    ],
)
def test_it_refuses_raters_that_cannot_be(changes, says):
    with pytest.raises(ValueError, match=says):
        RaterModel(**changes)


@pytest.mark.parametrize(
    ("changes", "says"), [({"quality": (1.0,)}, "two systems"), ({"blocks": 0}, "at least one block")]
)
def test_it_refuses_studies_that_cannot_be(changes, says):
    with pytest.raises(ValueError, match=says):
        StudyModel(**changes)


# Forecasts

UNEVEN = RaterModel(noise=0.8, rater_spread=0.5, block_spread=0.5, side_spread=0.2)


@pytest.fixture(scope="module")
def foreseen():
    return forecast(StudyModel(even_qualities(4, 0.5), 0.5, 15, 20, 3, UNEVEN), replicates=150, seed=1)


def test_our_interval_covers_where_raters_and_blocks_differ_and_the_unit_bootstrap_does_not(foreseen):
    assert foreseen.coverage.value > 0.9
    assert foreseen.unit_coverage.value < 0.88
    assert foreseen.undefined == 0


def test_a_forecast_is_about_the_model_it_was_given(foreseen):
    assert foreseen.ratings == 900
    assert 0.3 < foreseen.alpha < 0.8
    assert foreseen.right_top >= foreseen.right_order > 0.5
    table = simulate_study(foreseen.design, np.random.default_rng(5))
    found = headline_interval(table)
    assert (found.high - found.low) / 2 == pytest.approx(foreseen.half_width, rel=0.5)


def test_better_raters_agree_more():
    sharp = StudyModel(raters=RaterModel(noise=0.3))
    dull = StudyModel(raters=RaterModel(noise=3.0))
    assert true_alpha(sharp, ratings=30_000) > true_alpha(dull, ratings=30_000) + 0.3


def test_the_plan_takes_the_cheapest_design_that_is_narrow_enough():
    designs = [StudyModel(blocks=b, block_size=12, raters=UNEVEN) for b in (4, 12, 40)]
    seen: list[float] = []
    plan = plan_study(designs, 0.15, replicates=15, progress=seen.append)
    widths = [f.half_width for f in plan.forecasts]
    assert widths == sorted(widths, reverse=True)
    assert plan.chosen is next(f for f in plan.forecasts if f.half_width <= 0.15)
    assert f"{plan.chosen.ratings} ratings" in plan.sentence
    assert seen == sorted(seen)
    assert seen[-1] == 1
    assert plan_study(designs[:1], 0.001, replicates=5).chosen is None


def test_a_study_is_sized_for_each_number_of_raters():
    plan = size_study(StudyModel(block_size=15, raters=UNEVEN), 0.1, (2, 4), replicates=25)
    two, four = plan.forecasts
    assert two.design.blocks > four.design.blocks > 2
    assert all(0.07 < one.half_width <= 0.105 for one in plan.forecasts)
    assert plan.chosen is min(plan.forecasts, key=lambda one: one.ratings)
    assert f"({plan.chosen.people} people" in plan.sentence
    hopeless = size_study(StudyModel(block_size=2, raters=RaterModel(noise=9.0)), 0.01, (2,), replicates=4)
    assert hopeless.chosen is None
    assert hopeless.forecasts[0].design.blocks == 400


def test_agreement_cannot_be_planned_with_one_rater_per_block():
    with pytest.raises(ValueError, match="two raters or more per block"):
        forecast(StudyModel(raters_per_block=1), replicates=2)


# Ratings still needed


def test_half_the_width_needs_four_times_the_ratings():
    needed = ratings_needed(Estimate(0.7, 0.6, 0.8, 600), 1950, 0.05)
    assert (needed.total, needed.more) == (7800, 5850)
    assert "5,850 more ratings" in needed.sentence


def test_a_narrow_interval_needs_nothing_more(published):
    headline = published["overall"].headline
    assert ratings_needed(headline, 1950, 0.07).more == 0
    more = ratings_needed(headline, 1950, 0.05)
    half = (headline.high - headline.low) / 2
    assert more.total == int(np.ceil(1950 * (half / 0.05) ** 2))


def test_without_an_interval_nothing_is_promised():
    needed = ratings_needed(Estimate.undefined("One block only."), 30, 0.05)
    assert needed.more is None
    assert "One block only." in needed.sentence
    with pytest.raises(ValueError, match="above 0"):
        ratings_needed(Estimate(0.5, 0.4, 0.6), 30, 0)


@pytest.mark.parametrize("rate", [0.06, 0.3])
def test_a_wished_tie_rate_is_what_comes_out(rate):
    model = with_tie_rate(StudyModel(quality=even_qualities(4, 0.6)), rate, seed=3)
    assert model.blocks == StudyModel().blocks
    other_draw = simulate_study(
        StudyModel(model.quality, blocks=400, raters=model.raters), np.random.default_rng(9)
    )
    assert (other_draw.value == 0).mean() == pytest.approx(rate, abs=0.01)


def test_lapses_alone_may_make_more_ties_than_wished():
    model = StudyModel(raters=RaterModel(lapse=0.6))
    assert with_tie_rate(model, 0.1).raters.tie_threshold == 0.0
    with pytest.raises(ValueError, match=r"between 0 and 0\.95"):
        with_tie_rate(model, 1.0)
