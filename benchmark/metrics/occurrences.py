"""Likeness thing by thing: each in every size it takes, with the most alike of the other clip, whenever that shows.

What covers a thing, and what it is taken together with where they touch, is a matter of timing. So of the time that
things of one colour show only the part counts in which they are most like the other clip's: then they are seen whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmark.metrics.averages import trimmed_mean
from benchmark.metrics.looks import palette_likeness

SIZES = 0.05  # log of linear size: things are told apart by steps of this
ONE_COLOUR = 0.97  # likeness of palettes from which on two looks may be one thing's


@dataclass(frozen=True)
class Occurrences:
    """N looks in the sizes they take: `look` (N,) their numbers, `size` (N,) linear, `weight` (N,) the share of all that is
    to be seen, `colour` (N,) a number for each palette."""

    look: np.ndarray
    size: np.ndarray
    weight: np.ndarray
    colour: np.ndarray

    @classmethod
    def of(cls, seen: np.ndarray, palettes: np.ndarray) -> Occurrences:
        """Of things (F, K, 5), NaN where there are fewer, and their looks' palettes (L, colours, 4)."""
        rows = seen[np.isfinite(seen[..., 0])].astype(np.float64)
        step = np.round(np.log(rows[:, 1]) / SIZES)
        kinds, which = np.unique(np.column_stack([rows[:, 0], step]), axis=0, return_inverse=True)
        weight = np.bincount(which.ravel(), rows[:, 1] * rows[:, 4])
        look = kinds[:, 0].astype(int)
        return cls(look, np.exp(kinds[:, 1] * SIZES), weight / weight.sum(), _colours(look, weight, palettes))

    def clearest(self, likeness: np.ndarray, hidden: float) -> np.ndarray:
        """(N,) weights without what is least alike of each colour, the share `hidden` of it; each colour weighs as before."""
        order = np.lexsort((likeness, self.colour))
        colour, weight = self.colour[order], self.weight[order]
        totals = np.bincount(colour, weight)
        before = np.concatenate([[0], np.cumsum(totals)[:-1]])
        reached = np.cumsum(weight) - before[colour]
        kept = np.clip(reached - hidden * totals[colour], 0, weight)
        out = np.empty_like(kept)
        out[order] = kept * (totals / np.maximum(np.bincount(colour, kept), 1e-12))[colour]
        return out


def by_thing(
    a: Occurrences, b: Occurrences, look: np.ndarray, size: float, hidden: float, lost: float
) -> float:
    """The mean over both clips of each thing's likeness with its most alike one: `look` (La, Lb) and the ratio of sizes times
    `size`. Of each colour the share `hidden` that is least alike does not count, nor of all the share `lost`."""
    ratio = np.minimum(a.size[:, None], b.size) / np.maximum(a.size[:, None], b.size)
    pair = look[np.ix_(a.look, b.look)] + size * ratio
    means = [
        trimmed_mean(best, clip.clearest(best, hidden), lost)
        for clip, best in ((a, pair.max(axis=1)), (b, pair.max(axis=0)))
    ]
    return sum(means) / 2


def _colours(look: np.ndarray, weight: np.ndarray, palettes: np.ndarray) -> np.ndarray:
    """(N,) numbers from 0: looks of like palettes share one, gathered about those of which most is to be seen."""
    kinds, which = np.unique(look, return_inverse=True)
    alike = palette_likeness(palettes[kinds], palettes[kinds]) >= ONE_COLOUR
    numbers = np.full(len(kinds), -1)
    for kind in np.argsort(-np.bincount(which, weight), kind="stable"):
        if numbers[kind] < 0:
            numbers[(numbers < 0) & (alike[kind] | (np.arange(len(kinds)) == kind))] = numbers.max() + 1
    return numbers[which]
