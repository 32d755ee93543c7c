"""Davidson's model of paired comparisons with ties (JASA 1970), fitted to one study or to many at once.

    P(i beats j) : P(equal) : P(j beats i)  =  √(π_i/π_j) : ν : √(π_j/π_i)

The log-likelihood is concave in log π and log ν, so Newton's method finds the maximum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LIMIT = 15.0  # a log-strength beyond this says "never lost" (odds of three million to one)


@dataclass(frozen=True, eq=False)
class Pairs:
    """Summed answers: first, second (P,) system codes; counts (…, P, 3) first lost, tied, won."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    counts: Floats
    systems: int


def fit(pairs: Pairs, iterations: int = 200, tolerance: float = 1e-10) -> tuple[Floats, Floats]:
    """Centred log-strengths (…, S) and ν (…) by maximum likelihood.

    Where a set of systems never lost, its strengths grow without bound and are cut at ±LIMIT; use
    :func:`unbounded` to know. NaN where there are no ties to speak of a ν, or nothing but ties.
    """
    counts = np.asarray(pairs.counts, float)
    lead = counts.shape[:-2]
    counts = counts.reshape(-1, counts.shape[-2], 3)
    size, s = len(counts), pairs.systems
    design = np.zeros((len(pairs.first), s))
    design[np.arange(len(pairs.first)), pairs.first] += 1
    design[np.arange(len(pairs.first)), pairs.second] -= 1
    lost, tied, won = counts[..., 0], counts[..., 1], counts[..., 2]
    n = counts.sum(-1)
    has_ties = tied.sum(-1) > 0
    decided = (lost + won).sum(-1) > 0
    beta = np.zeros((size, s))
    eta = np.where(has_ties, 0.0, -np.inf)
    fixed = np.ones((s, s)) / s  # strengths are known up to a constant: hold their mean
    for _ in range(iterations):
        d = beta @ design.T
        win, lose = np.exp(d / 2), np.exp(-d / 2)
        tie = np.exp(eta)[:, None] * np.ones_like(d)
        whole = win + lose + tie
        p_win, p_lose, p_tie = win / whole, lose / whole, tie / whole
        net = p_win - p_lose
        gradient = np.concatenate(
            [((won - lost) - n * net) / 2 @ design, (tied - n * p_tie).sum(-1, keepdims=True)], axis=1
        )
        hessian = np.zeros((size, s + 1, s + 1))
        hessian[:, :s, :s] = (
            np.einsum("rp,pi,pj->rij", n * (p_win + p_lose - net**2) / 4, design, design) + fixed
        )
        cross = (-n * net * p_tie / 2) @ design
        hessian[:, :s, s] = hessian[:, s, :s] = cross
        hessian[:, s, s] = np.where(has_ties, (n * p_tie * (1 - p_tie)).sum(-1), 1.0)
        gradient[:, s] = np.where(has_ties, gradient[:, s], 0.0)
        hessian += 1e-9 * np.eye(s + 1)
        step = np.linalg.solve(hessian, gradient[..., None])[..., 0]
        step *= np.minimum(1.0, 2.0 / np.maximum(np.abs(step).max(-1, keepdims=True), 1e-300))
        beta = np.clip(beta + step[:, :s], -LIMIT, LIMIT)
        eta = np.where(has_ties, np.clip(eta + step[:, s], -LIMIT, LIMIT), eta)
        if np.abs(step).max(initial=0.0) < tolerance:
            break
    beta = beta - beta.mean(-1, keepdims=True)
    beta[~decided] = np.nan
    nu = np.where(decided, np.exp(eta), np.nan)
    return beta.reshape(*lead, s), nu.reshape(lead)


def unbounded(pairs: Pairs) -> NDArray[np.bool_]:
    """(S,): systems whose strength the answers leave without bound or unconnected, for one study's counts.

    Finite strengths need every system to be reached from every other along "did not always lose to".
    """
    lost, tied, won = np.asarray(pairs.counts, float).T
    gives = (won + tied) > 0
    takes = (lost + tied) > 0
    rows = np.concatenate([pairs.first[gives], pairs.second[takes]])
    columns = np.concatenate([pairs.second[gives], pairs.first[takes]])
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(pairs.systems, pairs.systems))
    component = connected_components(graph, directed=True, connection="strong")[1]
    largest = np.bincount(component).argmax() if pairs.systems else 0
    return component != largest
