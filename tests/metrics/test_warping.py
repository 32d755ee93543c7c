from __future__ import annotations

import numpy as np
import pytest

from benchmark.metrics.warping import cheapest_path, warp


def plainly(cost: np.ndarray) -> float:
    """The least total cost by the recursion as it stands in the books."""
    n, m = cost.shape
    total = np.full((n + 1, m + 1), np.inf)
    total[0, 0] = 0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            total[i, j] = cost[i - 1, j - 1] + min(total[i - 1, j - 1], total[i - 1, j], total[i, j - 1])
    return total[n, m]


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 7), (7, 1), (5, 5), (23, 11)])
def test_the_path_is_the_cheapest(n, m):
    cost = np.random.default_rng(n * 100 + m).uniform(size=(n, m))
    path = cheapest_path(cost)
    assert cost[path[:, 0], path[:, 1]].sum() == pytest.approx(plainly(cost))


def test_the_path_goes_from_end_to_end_in_single_steps():
    path = cheapest_path(np.random.default_rng(3).uniform(size=(9, 14)))
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [8, 13]
    steps = {tuple(step) for step in np.diff(path, axis=0).tolist()}
    assert steps <= {(0, 1), (1, 0), (1, 1)}


def test_a_slower_copy_aligns_fully():
    fast = np.eye(4)
    slow = np.repeat(fast, 3, axis=0)
    assert warp(fast @ slow.T).value == 1.0


def test_every_frame_of_both_sides_counts_once():
    similarity = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 0.5]])
    alignment = warp(similarity)
    assert alignment.first.tolist() == [1.0, 0.5]
    assert alignment.second.tolist() == [1.0, 1.0, 0.5]
    assert alignment.value == pytest.approx((0.75 + 2.5 / 3) / 2)
