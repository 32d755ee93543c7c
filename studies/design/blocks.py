"""Dealing comparisons into blocks, so that each rater sees every pair of systems, and few animations twice."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence

from studies.design.sampling import Pairing


def deal_blocks(pairings: Sequence[Pairing], *, size: int, seed: int) -> list[list[Pairing]]:
    """Split into the fewest blocks of at most `size`, whose lengths differ by at most one.

    Pairs of systems are spread evenly over the blocks, and an animation comes twice in a block only when there are more of
    its comparisons than blocks. Within a block the order means nothing: it is drawn anew for every sitting. Raises
    ValueError for a size below one.
    """
    if size < 1:
        raise ValueError("A block needs at least one comparison: choose a size of 1 or more.")
    if not pairings:
        return []
    rng = random.Random(seed)
    count = math.ceil(len(pairings) / size)
    room = [len(pairings) // count + (1 if i < len(pairings) % count else 0) for i in range(count)]
    blocks: list[list[Pairing]] = [[] for _ in range(count)]
    animations: list[Counter[str]] = [Counter() for _ in range(count)]
    pairs: list[Counter[tuple[str, str]]] = [Counter() for _ in range(count)]

    often = Counter(pairing.animation for pairing in pairings)
    deck = list(pairings)
    rng.shuffle(deck)
    deck.sort(
        key=lambda pairing: (-often[pairing.animation], pairing.animation)
    )  # the hardest to place come first
    for pairing in deck:
        open_ = [i for i in range(count) if len(blocks[i]) < room[i]]
        rng.shuffle(open_)
        best = min(
            open_, key=lambda i: (animations[i][pairing.animation], pairs[i][pairing.pair], len(blocks[i]))
        )
        blocks[best].append(pairing)
        animations[best][pairing.animation] += 1
        pairs[best][pairing.pair] += 1
    return blocks
