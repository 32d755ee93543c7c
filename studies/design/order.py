"""What one sitting shows and in which order: comparisons, sides, and the places of its checks.

Everything follows from recorded integers: the same comparisons, check plan, place and seeds give the same
trials.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Kind = Literal["comparison", "instructed", "identical", "repeat"]
ANSWERS = ("left", "equal", "right")


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """How many of each check a sitting holds. A repeat shows an earlier pair with its sides exchanged."""

    instructed: int = 0
    identical: int = 0
    repeat: int = 0


@dataclass(frozen=True, slots=True)
class PlannedTrial:
    """One screen. `expected` maps a dimension's key to the answer that a check is passed with, None where
    the answers are the participant's own (comparisons, and repeats, which are held against the first
    showing)."""

    kind: Kind
    comparison: int
    a_on_left: bool
    expected: dict[str, str] | None = None


def draw_trials(
    comparisons: Sequence[int],
    checks: CheckPlan,
    dimensions: Sequence[str],
    *,
    place: int,
    block_seed: int,
    seed: int,
) -> tuple[PlannedTrial, ...]:
    """The trials of the sitting that holds `place` (1 is first) of a block, in the order of their showing.

    Sides: `block_seed` draws, for every pair of places anew, the half of the comparisons that have A on the left; the
    second place of a pair sees the other half. So the raters of a comparison differ by at most one in the side they saw A
    on, and so do the comparisons of a sitting. Order and checks: drawn from `seed`, anew for each sitting. No check comes
    first or (with room) last; instructed and identical checks are spread, one in each equal stretch; a
    repeat comes in the last third, at least a third of the comparisons after its first showing. Raises
    ValueError for no comparison, a comparison named twice, no dimension, a place below one, or more repeats
    than comparisons.
    """
    if not comparisons or len(set(comparisons)) != len(comparisons):
        raise ValueError("A sitting needs comparisons, each of them once.")
    if not dimensions:
        raise ValueError("A sitting needs at least one dimension to ask about.")
    if place < 1:
        raise ValueError(f"Places are counted from 1, not {place}.")
    if checks.repeat > len(comparisons):
        raise ValueError(
            f"{checks.repeat} repeats need as many comparisons; the block has {len(comparisons)}."
        )
    rng = random.Random(seed)
    order = sorted(comparisons)
    a_on_left = draw_sides(order, place=place, block_seed=block_seed)
    rng.shuffle(order)

    after: dict[int, list[PlannedTrial]] = {}  # checks by the number of comparisons shown before them
    gaps = draw_gaps(len(order), checks.instructed + checks.identical, rng)
    instructed: list[Kind] = ["instructed"]
    identical: list[Kind] = ["identical"]
    kinds = instructed * checks.instructed + identical * checks.identical
    rng.shuffle(kinds)
    for gap, kind in zip(gaps, kinds, strict=True):
        after.setdefault(gap, []).append(draw_check(kind, gap, order, dimensions, rng))
    for first, gap in draw_repeats(len(order), checks.repeat, set(gaps), rng):
        shown = order[first]
        after.setdefault(gap, []).append(PlannedTrial("repeat", shown, not a_on_left[shown]))

    trials: list[PlannedTrial] = []
    for shown_before, comparison in enumerate(order):
        trials += after.get(shown_before, [])
        trials.append(PlannedTrial("comparison", comparison, a_on_left[comparison]))
    return (*trials, *after.get(len(order), []))


def draw_sides(comparisons: Sequence[int], *, place: int, block_seed: int) -> dict[int, bool]:
    """Whether A stands on the left, for each comparison, in the sitting that holds `place` of the block.

    Places 1 and 2 see mirrored sides, 3 and 4 see mirrored sides drawn anew, and so on.
    """
    ordered = sorted(comparisons)
    rng = random.Random(f"{block_seed}:{(place - 1) // 2}")
    half = len(ordered) // 2
    sides = [True] * half + [False] * half + [rng.random() < 0.5] * (len(ordered) % 2)
    rng.shuffle(sides)
    return {comparison: side == (place % 2 == 1) for comparison, side in zip(ordered, sides, strict=True)}


def draw_gaps(comparisons: int, checks: int, rng: random.Random) -> list[int]:
    """After how many comparisons each check comes: one in each of `checks` equal stretches of 1 …
    comparisons − 1."""
    last = max(1, comparisons - 1)
    edges = [1 + round(k * last / checks) for k in range(checks + 1)] if checks else []
    return [min(last, rng.randrange(low, max(low + 1, high))) for low, high in pairwise(edges)]


def draw_check(
    kind: Kind, gap: int, order: Sequence[int], dimensions: Sequence[str], rng: random.Random
) -> PlannedTrial:
    """A check shows a pair that does not stand beside it, where there is another."""
    near = set(order[max(0, gap - 1) : gap + 1])
    comparison = rng.choice([one for one in order if one not in near] or list(order))
    if kind == "identical":
        return PlannedTrial(kind, comparison, rng.random() < 0.5, dict.fromkeys(dimensions, "equal"))
    expected = {dimension: rng.choice(ANSWERS) for dimension in dimensions}
    return PlannedTrial(kind, comparison, rng.random() < 0.5, expected)


def draw_repeats(
    comparisons: int, repeats: int, taken: set[int], rng: random.Random
) -> list[tuple[int, int]]:
    """(index of the first showing, gap of the second) of each repeat; gaps where another check stands are
    avoided."""
    late = range(max(1, comparisons - max(1, comparisons // 3)), max(2, comparisons))
    free = [gap for gap in late if gap not in taken]
    rng.shuffle(free)
    pairs = []
    unused = set(range(comparisons))
    for number in range(repeats):
        gap = free[number] if number < len(free) else rng.choice(list(late))
        far = [first for first in sorted(unused) if first < gap - comparisons // 3]
        first = rng.choice(far or [first for first in sorted(unused) if first < gap] or sorted(unused))
        # With more repeats than earlier comparisons the second showing would come first: it goes to the end
        # instead.
        pairs.append((first, gap if first < gap else comparisons))
        unused.remove(first)
    return pairs
