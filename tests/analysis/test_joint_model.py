"""The joint logistic model against statsmodels, and its exact symmetry."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.metrics import log_loss, roc_auc_score

from studies.analysis.accuracy import folds_by_cluster
from studies.analysis.alignment import align
from studies.analysis.joint import fit_logistic, joint_model
from studies.analysis.scores import GivenDifferences, MetricScores

from .test_alignment import simulated_metric


@pytest.fixture(scope="module")
def two(tables):
    return [
        simulated_metric(tables["overall"], 1.0, 1, "look"),
        simulated_metric(tables["overall"], 2.0, 2, "move"),
    ]


def long_form(table, predictors):
    x = np.column_stack([p.delta(table) for p in predictors])[table.unit]
    keep = table.value != 0
    return x[keep], (table.value[keep] > 0).astype(float), table.animation[keep]


def test_coefficients_and_clustered_errors_are_those_of_statsmodels(tables, two):
    table = tables["overall"]
    x, y, cluster = long_form(table, two)
    found = joint_model(table, two, replicates=50)
    scale = np.array([c.scale for c in found.coefficients])
    assert scale == pytest.approx(np.sqrt((x**2).mean(0)))
    oracle = sm.Logit(y, x / scale).fit(
        disp=0,
        cov_type="cluster",
        cov_kwds={"groups": cluster, "use_correction": True, "df_correction": False},
    )
    # statsmodels' small-sample factor is G/(G−1)·(n−1)/(n−k); ours is G/(G−1).
    n, k = x.shape
    ours = [(c.value.value, c.value.se) for c in found.coefficients]
    assert [b for b, _ in ours] == pytest.approx(oracle.params, rel=1e-6)
    assert [s for _, s in ours] == pytest.approx(oracle.bse / np.sqrt((n - 1) / (n - k)), rel=1e-6)


def test_predictions_come_from_other_animations(tables, two):
    table = tables["overall"]
    found = joint_model(table, two, folds=4, seed=5, replicates=50)
    x, y, _ = long_form(table, two)
    scale = np.array([c.scale for c in found.coefficients])
    used = np.unique(table.animation[table.value != 0])
    fold = dict(zip(used, folds_by_cluster(len(used), 4, np.random.default_rng(5)), strict=True))
    of_row = np.array([fold[a] for a in table.animation[table.value != 0]])
    out = np.empty(len(y))
    for f in range(4):
        model = sm.Logit(y[of_row != f], x[of_row != f] / scale).fit(disp=0)
        out[of_row == f] = x[of_row == f] / scale @ model.params
    assert found.auc.value == pytest.approx(roc_auc_score(np.r_[y, 1 - y], np.r_[out, -out]))
    assert found.log_loss.value == pytest.approx(log_loss(y, 1 / (1 + np.exp(-out))))
    assert found.log_loss.value < np.log(2)


def test_exchanging_systems_leaves_the_model_exactly_as_it_was():
    rng = np.random.default_rng(0)
    x, plus, minus = rng.normal(size=(50, 2)), rng.integers(0, 4, 50), rng.integers(0, 4, 50)
    turn = rng.random(50) < 0.5
    before, _ = fit_logistic(x, plus.astype(float), minus.astype(float))
    after, _ = fit_logistic(
        np.where(turn[:, None], -x, x),
        np.where(turn, minus, plus).astype(float),
        np.where(turn, plus, minus).astype(float),
    )
    assert after == pytest.approx(before, abs=1e-9)


def test_the_model_joins_the_ruler_as_one_more_metric(tables, two):
    table = tables["overall"]
    found = joint_model(table, two, replicates=50)
    row = align(table, [*two, found.predictor()], replicates=50).metric("joint model out of fold")
    assert row.kind == "joint"
    assert row.auc.value == pytest.approx(found.auc.value)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda two: [], "No metric was given"),
        (
            lambda two: [two[0], MetricScores("flat", "1", dict.fromkeys(two[0].scores, 0.3))],
            "flat 1 gives every comparison",
        ),
        (
            lambda two: [two[0], MetricScores("twice", "1", {k: 2 * v for k, v in two[0].scores.items()})],
            "linear functions",
        ),
        (lambda two: [two[0], MetricScores("none", "1", {})], "No comparison has both"),
    ],
)
def test_a_model_that_cannot_be_fitted_says_why(tables, two, make, says):
    found = joint_model(tables["overall"], make(two), replicates=20)
    for estimate in (found.auc, found.log_loss, *(c.value for c in found.coefficients)):
        assert estimate.value is None
        assert says in estimate.reason


def test_metrics_that_separate_all_preferences_have_no_finite_coefficient(make_table):
    table = make_table([[1, -1, 1, -1]] * 2)
    found = joint_model(table, [GivenDifferences("oracle", "1", np.array([1.0, -1, 2, -1]))])
    assert "separate" in found.coefficients[0].value.reason
