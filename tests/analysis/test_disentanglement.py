"""Whether a metric is about what it claims: matrix, conflict subset, correlations, controlled changes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from studies.analysis.correlation import correlate, residual
from studies.analysis.disentangle import conflict_subset, disentangle
from studies.analysis.perturbation import PerturbedScore, perturbation_matrix
from studies.analysis.scores import MetricScores
from studies.analysis.table import TableError

from .test_alignment import simulated_metric


@pytest.fixture(scope="module")
def pair(tables):
    """Two simulated metrics that lean to their own dimension: built from the majority of that dimension, with noise."""
    metrics = []
    for seed, dimension in enumerate(("appearance", "motion")):
        table = tables[dimension]
        rng = np.random.default_rng(seed)
        net = (table.counts[:, 2] - table.counts[:, 0]) / table.counts.sum(1)
        total: dict = {}
        for unit in range(table.n_units):
            animation = table.animation_labels[table.unit_animation[unit]]
            a, b = table.pair_label(unit)
            for system, sign in ((a, 1), (b, -1)):
                total.setdefault((animation, system), []).append(sign * net[unit])
        scores = {key: float(np.mean(v)) + rng.normal(0, 0.3) for key, v in total.items()}
        metrics.append(MetricScores(f"of {dimension}", "1", scores, dimension))
    return metrics


@pytest.fixture(scope="module")
def matrix(tables, pair):
    return disentangle(tables, pair, replicates=300)


def test_every_cell_is_that_metrics_auc_on_that_dimension(tables, pair, matrix):
    for dimension, table in tables.items():
        for metric in pair:
            x, y = metric.delta(table)[table.unit], table.value
            x, y = x[y != 0], y[y != 0]
            expected = roc_auc_score(np.r_[y, -y] > 0, np.r_[x, -x])
            assert matrix.auc[f"{metric.name} 1", dimension].value == pytest.approx(expected)


def test_metrics_that_lean_to_their_own_dimension_are_seen_to(matrix):
    leaning = {(row.own, row.other): row.difference for row in matrix.leanings}
    assert leaning["appearance", "motion"].low > 0
    assert leaning["motion", "appearance"].low > 0
    auc = {key: e.value for key, e in matrix.auc.items()}
    diagonal = auc["of appearance 1", "appearance"] + auc["of motion 1", "motion"]
    off = auc["of appearance 1", "motion"] + auc["of motion 1", "appearance"]
    assert matrix.overall.value == pytest.approx((diagonal - off) / 2)
    assert 0 < matrix.overall.low < matrix.overall.value < matrix.overall.high


def test_differences_within_a_metric_are_paired(matrix):
    cells = [matrix.auc["of motion 1", d].se for d in ("motion", "appearance")]
    leaning = next(r for r in matrix.leanings if (r.own, r.other) == ("motion", "appearance"))
    assert leaning.difference.se < np.hypot(*cells)


def test_metrics_without_a_claim_have_no_diagonal(tables):
    found = disentangle(tables, [simulated_metric(tables["overall"], 1.0)], replicates=20)
    assert found.leanings == ()
    assert "claim two dimensions" in found.overall.reason


def test_overall_follows_appearance_as_published_where_the_two_conflict(tables):
    found = conflict_subset(tables)
    assert found.ratings == 301
    appearance, motion = found.follows["overall"]
    assert (round(appearance.value, 4), round(motion.value, 4)) == (0.5847, 0.3621)
    assert appearance.low < appearance.value < appearance.high


def test_in_conflict_each_metric_sides_with_its_dimension(tables, pair):
    found = conflict_subset(tables, pair, replicates=200)
    assert found.auc["of appearance 1"].value > 0.5 > found.auc["of motion 1"].value
    turned = conflict_subset(tables, pair, first="motion", second="appearance", replicates=200)
    assert turned.auc["of motion 1"].value == pytest.approx(1 - found.auc["of motion 1"].value)
    assert turned.follows["overall"][0].value == pytest.approx(found.follows["overall"][1].value)


def test_no_conflict_is_said(tables):
    table = tables["motion"]
    same = {"appearance": table, "motion": table, "overall": tables["overall"]}
    found = conflict_subset(same, [simulated_metric(table, 1.0)], replicates=20)
    assert found.ratings == 0
    assert "opposite ways" in found.follows["overall"][0].reason
    assert found.auc["metric 1"].value is None


def test_it_refuses_a_dimension_that_was_not_asked(tables):
    with pytest.raises(TableError, match="no dimension colour"):
        conflict_subset(tables, first="colour")


# Correlation of two metrics


def grid(seed=0, animations=30, systems=5):
    rng = np.random.default_rng(seed)
    easy, good = rng.normal(size=animations), rng.normal(size=systems)
    noise = rng.normal(size=(2, animations, systems))
    keys = [(f"x{a:02d}", f"s{s}") for a in range(animations) for s in range(systems)]
    one = (easy[:, None] + good + noise[0]).ravel()
    two = (easy[:, None] + good + 0.5 * noise[0] + noise[1]).ravel()
    return (
        [MetricScores(n, "1", dict(zip(keys, v, strict=True))) for n, v in (("one", one), ("two", two))],
        one,
        two,
    )


def test_plain_correlation_is_pearsons_and_spearmans():
    metrics, x, y = grid()
    found = correlate(*metrics)
    assert found.plain.value == pytest.approx(stats.pearsonr(x, y).statistic)
    assert found.spearman.value == pytest.approx(stats.spearmanr(x, y).statistic)
    assert found.plain.low < found.plain.value < found.plain.high


def test_partial_correlation_is_that_of_regression_residuals():
    metrics, x, y = grid()
    found = correlate(*metrics)
    animation, system = np.repeat(np.arange(30), 5), np.tile(np.arange(5), 30)
    design = {
        "given_system": np.eye(5)[system],
        "given_animation": np.eye(30)[animation],
        "given_both": np.hstack([np.eye(30)[animation], np.eye(5)[system]]),
    }
    for name, d in design.items():
        rx, ry = (v - d @ np.linalg.lstsq(d, v, rcond=None)[0] for v in (x, y))
        assert getattr(found, name).value == pytest.approx(np.corrcoef(rx, ry)[0, 1], abs=1e-9)


def test_residuals_of_an_unbalanced_grid_are_least_squares():
    rng = np.random.default_rng(1)
    a, s, v = rng.integers(0, 6, 40), rng.integers(0, 4, 40), rng.normal(size=40)
    d = np.hstack([np.eye(6)[a], np.eye(4)[s]])
    assert residual(v, (a, s)) == pytest.approx(v - d @ np.linalg.lstsq(d, v, rcond=None)[0], abs=1e-9)


def test_a_metric_that_only_knows_systems_has_nothing_left_once_they_are_given():
    metrics, _, _ = grid()
    steps = MetricScores("steps", "1", {key: float(key[1][1]) for key in metrics[0].scores})
    found = correlate(metrics[0], steps)
    assert found.plain.value is not None
    assert "Nothing varies" in found.given_system.reason
    flat = correlate(metrics[0], MetricScores("flat", "1", dict.fromkeys(metrics[0].scores, 1.0)))
    assert "constant" in flat.plain.reason
    assert (
        "three or more" in correlate(metrics[0], MetricScores("few", "1", {("x00", "s0"): 1.0})).plain.reason
    )


# Controlled changes


def changed(perturbation, dimension, falls, strengths=(1, 2, 3)):
    return [
        PerturbedScore(f"x{a}", perturbation, dimension, k, metric, 1 - fall * k - 0.01 * a * bool(fall))
        for metric, fall in falls.items()
        for a in range(4)
        for k in (0, *strengths)
        if k or not a
    ] + [
        PerturbedScore(f"x{a}", perturbation, dimension, 0, metric, 1 - 0.01 * a * bool(fall))
        for metric, fall in falls.items()
        for a in range(1, 4)
    ]


@pytest.fixture(scope="module")
def moved():
    scores = changed("recolour", "appearance", {"look": 0.2, "move": 0.02}) + changed(
        "reverse", "motion", {"look": 0.0, "move": 0.3}
    )
    return perturbation_matrix(scores, {"look": "appearance", "move": "motion"})


def test_a_fall_is_measured_from_the_unchanged_clip(moved):
    assert moved.response("recolour", "look").drop.value == pytest.approx(0.4)
    assert moved.response("reverse", "look").drop.value == pytest.approx(0)
    assert moved.response("reverse", "move").monotonicity.value == pytest.approx(1)


def test_leakage_is_the_other_metrics_answer_over_the_right_ones(moved):
    leak = moved.response("recolour", "move")
    own = moved.response("recolour", "look")
    assert leak.leakage.value == pytest.approx(leak.standardised.value / own.standardised.value)
    assert 0 < leak.leakage.value < 0.25
    assert own.leakage.value is None
    assert "cannot leak" in own.leakage.reason


def test_a_metric_that_does_not_answer_has_no_monotonicity(moved):
    still = moved.response("reverse", "look").monotonicity
    assert still.value is None
    assert "none can follow strength" in still.reason


def test_missing_scores_of_a_change_are_said_to_be_missing():
    found = perturbation_matrix(
        changed("recolour", "appearance", {"look": 0.2}), {"look": "appearance", "new": "motion"}
    )
    response = found.response("recolour", "new")
    assert "no score of this change" in response.drop.reason
    assert response.leakage.value is None
