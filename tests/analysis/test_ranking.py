"""Davidson's model with ties: published strengths, evalica and brute-force likelihood as oracles."""

from __future__ import annotations

import evalica
import numpy as np
import pytest
from scipy.optimize import minimize

from studies.analysis.davidson import LIMIT, Pairs, fit, unbounded
from studies.analysis.ranking import pair_counts, rank_systems
from studies.analysis.table import RatingTable

PUBLISHED = {"gpt": 1.5039, "claude": 0.9851, "gemini": 0.9152, "qwen3vl": -1.5070, "llama": -1.8972}


def strengths(ranking):
    return {row.system: row.strength.value for row in ranking.systems}


@pytest.mark.parametrize(
    ("dimension", "nu"), [("overall", 0.1790), ("appearance", 0.1869), ("motion", 0.2592)]
)
def test_the_tie_parameter_is_the_published_one(tables, dimension, nu):
    assert round(rank_systems(tables[dimension], replicates=20).tie_parameter.value, 4) == nu


def test_the_strengths_are_the_published_ones(tables):
    found = rank_systems(tables["overall"], replicates=20)
    assert {name: round(value, 4) for name, value in strengths(found).items()} == PUBLISHED
    assert [row.system for row in found.systems] == ["gpt", "claude", "gemini", "qwen3vl", "llama"]


def test_motion_ranks_gemini_above_claude(tables):
    found = strengths(rank_systems(tables["motion"], replicates=20))
    assert (round(found["gemini"], 4), round(found["claude"], 4)) == (0.7604, 0.6885)


@pytest.mark.parametrize("dimension", ["overall", "appearance", "motion"])
def test_evalica_finds_the_same(judgments, tables, dimension):
    """evalica's newman has ν = 2·v."""
    won = {"left": evalica.Winner.X, "right": evalica.Winner.Y, None: evalica.Winner.Draw}
    winners = [
        won[None if (w := r.winners[dimension]) is None else "left" if w == r.left else "right"]
        for r in judgments.rows
    ]
    oracle = evalica.newman(
        [r.left for r in judgments.rows],
        [r.right for r in judgments.rows],
        winners,
        tolerance=1e-12,
        limit=10_000,
    )
    log = np.log(oracle.scores)
    found = rank_systems(tables[dimension], replicates=20)
    assert strengths(found) == pytest.approx((log - log.mean()).to_dict(), abs=1e-8)
    assert found.tie_parameter.value == pytest.approx(2 * oracle.v, abs=1e-8)


def test_the_fit_is_the_maximum_of_the_likelihood():
    rng = np.random.default_rng(0)
    first, second = np.array([0, 0, 0, 1, 1, 2]), np.array([1, 2, 3, 2, 3, 3])
    counts = rng.integers(1, 20, (6, 3)).astype(float)

    def loss(theta):
        beta, eta = np.r_[theta[:3], -theta[:3].sum()], theta[3]
        d = (beta[first] - beta[second]) / 2
        logits = np.column_stack([-d, np.full(6, eta), d])
        return -(counts * (logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))).sum()

    best = minimize(loss, np.zeros(4), tol=1e-12).x
    beta, nu = fit(Pairs(first, second, counts, 4))
    assert beta[:3] == pytest.approx(best[:3], abs=1e-4)
    assert nu == pytest.approx(np.exp(best[3]), abs=1e-4)


def test_many_studies_at_once_are_each_fitted_alone(tables):
    by_block = pair_counts(tables["overall"], tables["overall"].unit_group, 20)
    some = by_block.counts.reshape(4, 5, -1, 3).sum(1)
    together, nu = fit(Pairs(by_block.first, by_block.second, some, 5))
    for i in range(4):
        alone, alone_nu = fit(Pairs(by_block.first, by_block.second, some[i], 5))
        assert together[i] == pytest.approx(alone, abs=1e-7)
        assert nu[i] == pytest.approx(alone_nu, abs=1e-7)


def test_resampling_blocks_is_resampling_blocks(tables):
    table = tables["motion"]
    rng = np.random.default_rng(2)
    by_block = pair_counts(table, table.unit_group, 20)
    slow = [
        fit(Pairs(by_block.first, by_block.second, by_block.counts[rng.integers(0, 20, 20)].sum(0), 5))[0]
        for _ in range(300)
    ]
    found = rank_systems(table, replicates=1000)
    for code, label in enumerate(table.system_labels):
        row = next(r for r in found.systems if r.system == label)
        assert row.strength.se == pytest.approx(np.std(slow, axis=0)[code], rel=0.15)
        assert row.strength.low < row.strength.value < row.strength.high


def test_the_chances_of_being_on_top_add_up_to_one(tables):
    found = rank_systems(tables["motion"], replicates=500, cluster="animation")
    assert sum(row.p_top for row in found.systems) == pytest.approx(1)
    assert found.systems[0].p_top > 0.5
    assert "214 animations" in found.systems[0].strength.method


def test_wins_ties_and_losses_are_counted(tables):
    found = rank_systems(tables["overall"], replicates=20)
    gpt = found.systems[0]
    assert (gpt.wins, gpt.wins + gpt.ties + gpt.losses) == (586, 780)
    assert sum(row.wins for row in found.systems) == sum(row.losses for row in found.systems) == 1841


def ratings(*answers):
    """(animation, a, b, value) rows of one rater each."""
    return RatingTable.from_columns(
        "overall",
        rater=[f"r{i}" for i in range(len(answers))],
        block=[f"p{i % 3}" for i in range(len(answers))],
        animation=[x for x, *_ in answers],
        system_a=[a for _, a, _, _ in answers],
        system_b=[b for _, _, b, _ in answers],
        value=[v for *_, v in answers],
    )


def test_circles_are_found_between_systems_and_within_animations():
    circle = [("x", "a", "b", 1), ("x", "b", "c", 1), ("x", "a", "c", -1)]
    line = [("y", "a", "b", 1), ("y", "b", "c", 1), ("y", "a", "c", 1)]
    found = rank_systems(ratings(*circle, *line), replicates=20)
    assert (found.cyclic_triads, found.complete_triads) == (1, 2)
    assert found.cyclic_systems == ()
    assert rank_systems(ratings(*circle), replicates=20).cyclic_systems == (("a", "b", "c"),)


def test_a_system_that_never_loses_has_no_finite_strength():
    found = rank_systems(
        ratings(("x", "a", "b", 1), ("x", "b", "c", 1), ("y", "b", "c", -1), ("y", "a", "c", 1)),
        replicates=20,
    )
    by_name = {row.system: row for row in found.systems}
    assert by_name["a"].strength.value is None
    assert "no bound" in by_name["a"].strength.reason
    assert by_name["a"].p_top is None
    assert by_name["b"].strength.value is None
    assert found.tie_parameter.value is None


def test_unconnected_systems_are_not_ranked_against_each_other():
    found = rank_systems(
        ratings(("x", "a", "b", 1), ("y", "a", "b", -1), ("x", "c", "d", 1), ("y", "c", "d", -1)),
        replicates=20,
    )
    assert all(row.strength.value is None for row in found.systems)


def test_nothing_but_ties_leaves_strengths_undefined():
    found = rank_systems(ratings(("x", "a", "b", 0), ("y", "a", "b", 0)), replicates=20)
    assert all("says equal" in row.strength.reason for row in found.systems)
    assert "ν" in found.tie_parameter.reason


def test_no_ties_is_a_plain_bradley_terry_model():
    pairs = Pairs(np.array([0]), np.array([1]), np.array([[10.0, 0, 30]]), 2)
    beta, nu = fit(pairs)
    assert beta[0] - beta[1] == pytest.approx(np.log(3))
    assert nu == 0


def test_one_block_gives_strengths_without_intervals(make_table):
    found = rank_systems(make_table([[1, 1, -1, 0], [1, -1, 1, 1]]), replicates=20)
    assert found.systems[0].strength.value is not None
    assert "cannot be resampled" in found.systems[0].strength.reason
    assert found.systems[0].p_top is None


def test_strengths_without_bound_are_cut_and_flagged():
    pairs = Pairs(np.array([0]), np.array([1]), np.array([[0.0, 0, 5]]), 2)
    beta, _ = fit(pairs)
    assert np.isfinite(beta).all()
    assert abs(beta).max() <= LIMIT
    assert unbounded(pairs).any()
