"""How well people predict people: leave-one-out agreement, unbiased 2AFC, and the AUC of k other raters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studies.analysis.auc import auc, exchanged
from studies.analysis.estimate import Estimate
from studies.analysis.patterns import Patterns, hypergeometric_means, patterns
from studies.analysis.table import RatingTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ALONE = "No comparison has two or more ratings with a preference, so nobody's answer can be predicted."


@dataclass(frozen=True)
class HumanRuler:
    """AUC with which the mean answer of k other raters predicts a held-out preference.

    ticks    k → AUC, for each k that some comparison allows
    ceiling  the mean of all other raters
    """

    ticks: dict[int, Estimate]
    ceiling: Estimate

    def worth(self, value: float | None) -> tuple[float | None, str]:
        """How many other raters an AUC is worth, between ticks (0 raters is .5), and a sentence about it."""
        known = [(0, 0.5)] + [
            (k, tick.value) for k, tick in sorted(self.ticks.items()) if tick.value is not None
        ]
        if value is None or len(known) < 2:
            return None, "Without an AUC of people to compare with, there is no ruler."
        ks, at = zip(*known, strict=True)
        if max(at) <= 0.5:
            return None, "Other raters foretell no better than a coin here, so there is no ruler."
        if value <= 0.5:
            return 0.0, "It predicts no better than a coin."
        if value >= at[-1]:
            others = "one other rater does" if ks[-1] == 1 else f"{ks[-1]} other raters do together"
            return None, f"It predicts at least as well as {others}."
        rising = np.maximum.accumulate(at)
        raters = float(np.interp(value, rising, ks))
        if raters < 0.95:
            return raters, f"It predicts less well than one other rater does: about {raters:.1f} of one."
        if raters < 1.05:
            return raters, "It predicts about as well as one other rater does."
        return raters, f"It predicts about as well as {raters:.1f} other raters do together."


def ceiling(p: Patterns) -> Estimate:
    """AUC of the other raters' mean answer for the held-out preference, each also with A and B exchanged."""
    m = p.ratings
    usable = m >= 2
    n, total = p.counts[usable], (p.counts[:, 2] - p.counts[:, 0])[usable]
    weight, others = p.weight[usable], m[usable] - 1
    x = np.concatenate([(total - 1) / others, (total + 1) / others])
    plus = np.concatenate([weight * n[:, 2], np.zeros(len(n))])
    minus = np.concatenate([np.zeros(len(n)), weight * n[:, 0]])
    method = "mean answer of the other raters against the held-out preference, A and B also exchanged"
    return Estimate.point(auc(*exchanged(x, plus, minus)), int(plus.sum() + minus.sum()), method, _ALONE)


def ceiling_as_shown(table: RatingTable) -> Estimate:
    """The same in the orientation the raters saw, nothing exchanged; undefined if sides were not recorded."""
    method = "mean answer of the other raters against the held-out preference, left against right as shown"
    side = table.side
    if side is None or table.a_on_left is None:
        return Estimate.undefined(
            "The sides were not recorded, so there is no orientation as shown.", 0, method
        )
    value = table.value.astype(np.int64)
    m = np.bincount(table.unit, minlength=table.n_units)[table.unit]
    rest = np.bincount(table.unit, value, table.n_units)[table.unit] - value
    usable = (m >= 2) & (value != 0)
    sign = np.where(table.a_on_left, 1, -1)[usable]
    x = sign * rest[usable] / (m[usable] - 1)
    return Estimate.point(auc(x, side[usable] > 0, side[usable] < 0), int(usable.sum()), method, _ALONE)


def others_auc(p: Patterns, k: int) -> Estimate:
    """AUC of the mean of k other raters, averaged over all ways to choose them, A and B also exchanged."""
    x: list[Floats] = []
    plus: list[Floats] = []
    minus: list[Floats] = []
    held_out = 0
    for counts, weight in zip(p.counts, p.weight, strict=True):
        if counts.sum() <= k:
            continue
        for category, target in ((2, plus), (0, minus)):
            if counts[category]:
                others = counts.copy()
                others[category] -= 1
                means, probability = hypergeometric_means(others, k)
                x.append(means)
                mass = probability * counts[category] * weight
                target.append(mass)
                (minus if target is plus else plus).append(np.zeros(len(mass)))
                held_out += int(counts[category] * weight)
    method = f"mean answer of {k} other raters against the held-out preference, A and B also exchanged"
    if not x:
        reason = f"No preference has {k} other ratings of its comparison beside it."
        return Estimate.undefined(reason, 0, method)
    value = auc(*exchanged(np.concatenate(x), np.concatenate(plus), np.concatenate(minus)))
    return Estimate.point(value, held_out, method, _ALONE)


def human_ruler(table: RatingTable, raters: tuple[int, ...] = (1, 2, 3)) -> HumanRuler:
    """The ticks a metric is read against, for one dimension."""
    p = patterns(table)
    return HumanRuler({k: others_auc(p, k) for k in raters}, ceiling(p))


def leave_one_out_features(counts: Ints) -> Floats:
    """(P, 2): hits and trials of predicting each rating by the one most frequent answer of the others."""
    hits, trials = np.zeros(len(counts)), np.zeros(len(counts))
    for category in range(counts.shape[1]):
        others = counts.copy()
        others[:, category] -= 1
        top = others.max(1)
        clear = (others == top[:, None]).sum(1) == 1
        given = np.where(clear & (top > 0), counts[:, category], 0)
        trials += given
        hits += np.where(others.argmax(1) == category, given, 0)
    return np.column_stack([hits, trials])


def two_afc_features(counts: Ints) -> Floats:
    """(P, 2): [k(k−1) + (n−k)(n−k−1)]/[n(n−1)] for n preferences of a unit, k of them for A; and n ≥ 2."""
    k, n = counts[:, 2].astype(float), (counts[:, 0] + counts[:, 2]).astype(float)
    enough = n >= 2
    same = k * (k - 1) + (n - k) * (n - k - 1)
    return np.column_stack([np.where(enough, same / np.where(enough, n * (n - 1), 1), 0.0), enough])


def one_rater_for_majority(p: Patterns) -> Estimate:
    """AUC of one rater's answer for the strict majority of the others, A and B also exchanged.

    The human reference at majority level, where the target is less noisy than a single rating.
    """
    x: list[int] = []
    plus: list[int] = []
    minus: list[int] = []
    for counts, weight in zip(p.counts, p.weight, strict=True):
        for category in range(3):
            if not counts[category]:
                continue
            others = counts.copy()
            others[category] -= 1
            for winner, target, opposite in ((2, plus, minus), (0, minus, plus)):
                if 2 * others[winner] > others.sum():
                    x.append(category - 1)
                    target.append(counts[category] * weight)
                    opposite.append(0)
    method = "one rater's answer against the strict majority of the others, A and B also exchanged"
    if not x:
        return Estimate.undefined(_ALONE, 0, method)
    return Estimate.point(auc(*exchanged(x, plus, minus)), int(sum(plus) + sum(minus)), method, _ALONE)
