"""Which comparisons a study asks: every animation at least once, every pair of systems equally often."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, order=True)
class Pairing:
    """One comparison: an animation and two systems that answered it, `a` first in the alphabet."""

    animation: str
    a: str
    b: str

    @property
    def pair(self) -> tuple[str, str]:
        return (self.a, self.b)


@dataclass(frozen=True)
class Sample:
    """chosen: what the blocks are dealt from. spares: left over, to stand in when a clip will not play.
    short: pairs of systems with fewer comparisons than wished, because too few animations have both."""

    chosen: tuple[Pairing, ...]
    spares: tuple[Pairing, ...]
    short: Mapping[tuple[str, str], int]


def sample_comparisons(answered: Mapping[str, Sequence[str]], *, per_pair: int | None, seed: int) -> Sample:
    """Choose `per_pair` comparisons of every pair of systems (None: all there are).

    answered: for each animation, the systems that have a clip for it. Animations with the fewest possible comparisons are
    covered first, since they have the fewest chances; then each pair is filled with the animations used least so far. So
    no animation goes unseen while another is seen twice as often as it need be, unless covering all animations takes more
    than the quotas allow. Ties are drawn with `seed`: the same input and seed give the same sample.
    """
    rng = random.Random(seed)
    possible: dict[tuple[str, str], list[Pairing]] = {}
    by_animation: dict[str, list[Pairing]] = {}
    for animation in sorted(answered):
        for a, b in combinations(sorted(set(answered[animation])), 2):
            pairing = Pairing(animation, a, b)
            possible.setdefault((a, b), []).append(pairing)
            by_animation.setdefault(animation, []).append(pairing)

    quota = {
        pair: len(all_) if per_pair is None else min(per_pair, len(all_)) for pair, all_ in possible.items()
    }
    filled: Counter[tuple[str, str]] = Counter()
    used: Counter[str] = Counter()
    chosen: set[Pairing] = set()

    def take(pairing: Pairing) -> None:
        chosen.add(pairing)
        filled[pairing.pair] += 1
        used[pairing.animation] += 1

    order = list(by_animation)
    rng.shuffle(order)
    for animation in sorted(order, key=lambda name: len(by_animation[name])):
        open_ = [pairing for pairing in by_animation[animation] if filled[pairing.pair] < quota[pairing.pair]]
        if open_:
            rng.shuffle(open_)
            take(min(open_, key=lambda pairing: filled[pairing.pair] / quota[pairing.pair]))

    while unfilled := [pair for pair in possible if filled[pair] < quota[pair]]:
        pair = min(unfilled, key=lambda p: filled[p] / quota[p])
        left = [pairing for pairing in possible[pair] if pairing not in chosen]
        rng.shuffle(left)
        take(min(left, key=lambda pairing: used[pairing.animation]))

    spares = sorted({pairing for all_ in possible.values() for pairing in all_} - chosen)
    rng.shuffle(spares)
    return Sample(
        chosen=tuple(sorted(chosen)),
        spares=tuple(spares),
        short={} if per_pair is None else {p: quota[p] for p in possible if quota[p] < per_pair},
    )
