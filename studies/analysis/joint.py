"""Several metrics together: a logistic model of preferences on their differences.

No intercept, differences scaled and not centred: exchanging A and B turns every difference and every answer
round and leaves the coefficients exactly as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit

from studies.analysis.accuracy import folds_by_cluster
from studies.analysis.estimate import Estimate
from studies.analysis.preference import auc_estimate, draw_clusters, preference_auc
from studies.analysis.resampling import group_sums, jackknife_t
from studies.analysis.scores import GivenDifferences, Predictor, by_name
from studies.analysis.table import RatingTable
from studies.analysis.targets import Level, target

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Coefficient:
    """Log-odds of preferring A per root-mean-square Δ; interval from the cluster-robust standard error."""

    label: str
    scale: float
    value: Estimate
    p: float | None


@dataclass(frozen=True)
class JointModel:
    """auc and log_loss are out of fold, folds being whole animations; a coin has a log-loss of .6931.

    out_of_fold  (units,) the log-odds each comparison got from the other folds, NaN where a score is missing
    """

    dimension: str
    labels: tuple[str, ...]
    coefficients: tuple[Coefficient, ...]
    auc: Estimate
    log_loss: Estimate
    folds: int
    seed: int
    out_of_fold: Floats = field(repr=False, compare=False)

    def predictor(self) -> GivenDifferences:
        """The model as one more metric, by its out-of-fold log-odds, for the same table."""
        return GivenDifferences("joint model", "out of fold", self.out_of_fold, kind="joint")


def joint_model(
    table: RatingTable,
    predictors: Sequence[Predictor],
    *,
    level: Level = "rating",
    folds: int = 10,
    replicates: int = 1000,
    seed: int = 0,
) -> JointModel:
    """Fit preferences on all predictors together, on comparisons that every one of them scores."""
    named = by_name(predictors)
    votes = target(table, level)
    x = np.column_stack([p.delta(table) for p in named.values()]) if named else np.zeros((table.n_units, 0))
    scored = ~np.isnan(x).any(1)
    used = scored & (votes.plus + votes.minus > 0)
    cluster = np.unique(votes.cluster[used], return_inverse=True)[1]
    clusters = int(cluster.max(initial=-1)) + 1
    n = int((votes.plus + votes.minus)[used].sum())
    labels = tuple(named)
    problem = _problem(labels, x[used], n, clusters)
    if problem:
        return _undefined(table, labels, problem, n, seed)
    plus, minus = votes.plus[used], votes.minus[used]
    scale = np.sqrt(np.average(x[used] ** 2, axis=0, weights=plus + minus))
    z = x / scale
    beta, converged = fit_logistic(z[used], plus, minus)
    if not converged:
        reason = "The metrics separate the preferences completely, so the coefficients have no bound."
        return _undefined(table, labels, reason, n, seed)
    se = robust_se(z[used], plus, minus, beta, cluster, clusters)
    k = min(folds, clusters)
    fold = folds_by_cluster(clusters, k, np.random.default_rng(seed))
    out = np.full(table.n_units, np.nan)
    of_animation = np.full(votes.clusters, -1)
    of_animation[votes.cluster[used]] = fold[cluster]
    for held_out in range(k):
        train = fold[cluster] != held_out
        fitted, _ = fit_logistic(z[used][train], plus[train], minus[train])
        there = scored & (of_animation[votes.cluster] == held_out)
        out[there] = z[there] @ fitted
    method = f"out of fold, {k} folds of animations"
    auc = auc_estimate(
        preference_auc(out, votes), draw_clusters(votes.clusters, replicates, seed), n, f"AUC {method}", ""
    )
    return JointModel(
        table.dimension,
        labels,
        tuple(_coefficient(*row, n, clusters) for row in zip(labels, scale, beta, se, strict=True)),
        auc,
        _log_loss(out[used], plus, minus, cluster, clusters, n, method),
        k,
        seed,
        out,
    )


def fit_logistic(x: Floats, plus: Floats, minus: Floats, iterations: int = 100) -> tuple[Floats, bool]:
    """Maximum likelihood for P(A) = 1/(1 + exp(−x·β)); x (n, k), votes (n,). Newton's method with halving.

    Returns (β, True), or (β, False) when it runs away, as it does for separable data.
    """
    beta = np.zeros(x.shape[1])
    weight = plus + minus

    def loss(b: Floats) -> float:
        eta = x @ b
        return float(np.logaddexp(0, -eta) @ plus + np.logaddexp(0, eta) @ minus)

    current = loss(beta)
    for _ in range(iterations):
        p = expit(x @ beta)
        gradient = x.T @ (plus - weight * p)
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x
        step = np.linalg.lstsq(hessian, gradient, rcond=None)[0]
        while loss(beta + step) > current + 1e-12 * abs(current) and np.abs(step).max() > 1e-12:
            step = step / 2
        beta = beta + step
        current = loss(beta)
        if np.abs(beta).max(initial=0.0) > 50:
            return beta, False
        if np.abs(step).max(initial=0.0) < 1e-10:
            return beta, True
    return beta, False


def robust_se(
    x: Floats, plus: Floats, minus: Floats, beta: Floats, cluster: NDArray[np.integer], clusters: int
) -> Floats:
    """(k,) cluster-robust standard errors: the sandwich with Σ_g s_g s_gᵀ, times G/(G−1)."""
    p = expit(x @ beta)
    weight = plus + minus
    hessian = (x * (weight * p * (1 - p))[:, None]).T @ x
    scores = group_sums(x * (plus - weight * p)[:, None], cluster, clusters)
    bread = np.linalg.pinv(hessian)
    covariance = bread @ (scores.T @ scores) @ bread * clusters / (clusters - 1)
    return np.sqrt(np.diag(covariance))


def _problem(labels: tuple[str, ...], x: Floats, n: int, clusters: int) -> str:
    if not labels:
        return "No metric was given to the joint model."
    if not n:
        return "No comparison has both a preference and a score from every metric."
    if clusters < 2:
        return "There is one animation, so nothing can be held out."
    if (x == 0).all(0).any():
        silent = labels[int(np.flatnonzero((x == 0).all(0))[0])]
        return f"{silent} gives every comparison the same score, so it has no coefficient."
    if np.linalg.matrix_rank(x / np.abs(x).max(0), tol=1e-8) < len(labels):
        return "The metrics are linear functions of each other, so their coefficients cannot be told apart."
    return ""


def _undefined(table: RatingTable, labels: tuple[str, ...], reason: str, n: int, seed: int) -> JointModel:
    none = Estimate.undefined(reason, n)
    coefficients = tuple(Coefficient(label, float("nan"), none, None) for label in labels)
    return JointModel(
        table.dimension, labels, coefficients, none, none, 0, seed, np.full(table.n_units, np.nan)
    )


def _coefficient(label: str, scale: float, value: float, se: float, n: int, clusters: int) -> Coefficient:
    if not se > 0:
        reason = "The standard error is zero."
        return Coefficient(label, float(scale), Estimate(float(value), n=n, reason=reason), None)
    half = float(stats.t.ppf(0.975, clusters - 1)) * se
    method = f"logistic without intercept; cluster-robust over {clusters} animations"
    estimate = Estimate(float(value), float(value - half), float(value + half), n, method, se=float(se))
    return Coefficient(label, float(scale), estimate, float(2 * stats.t.sf(abs(value / se), clusters - 1)))


def _log_loss(
    eta: Floats, plus: Floats, minus: Floats, cluster: NDArray[np.integer], clusters: int, n: int, method: str
) -> Estimate:
    loss = np.logaddexp(0, -eta) * plus + np.logaddexp(0, eta) * minus
    sums = group_sums(np.column_stack([loss, plus + minus]), cluster, clusters)
    found = jackknife_t(sums, lambda s: s[..., 0] / s[..., 1], n, "animations", bounds=(0.0, np.inf))
    return found.named(f"mean log-loss per preference, {method}; {found.method}")
