"""Which comparisons are asked, and how they are dealt."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.design.blocks import deal_blocks
from studies.design.sampling import Pairing, sample_comparisons

SYSTEMS = ["claude", "gemini", "gpt", "llama", "qwen"]
answers = st.dictionaries(
    st.sampled_from([f"animation-{i:02}" for i in range(12)]),
    st.lists(st.sampled_from(SYSTEMS), min_size=0, max_size=5, unique=True),
    min_size=1,
)


def test_it_draws_the_papers_design() -> None:
    """214 animations, 5 systems, 60 of each pair: 600 comparisons that touch every animation."""
    sample = sample_comparisons({f"a{i:03}": SYSTEMS for i in range(214)}, per_pair=60, seed=7)
    assert len(sample.chosen) == 600
    assert set(Counter(p.pair for p in sample.chosen).values()) == {60}
    seen = Counter(p.animation for p in sample.chosen)
    assert len(seen) == 214
    assert max(seen.values()) - min(seen.values()) <= 1
    assert sample.short == {}


def test_an_animation_with_one_possible_pair_is_not_forgotten() -> None:
    answered = {f"a{i}": SYSTEMS for i in range(8)} | {"rare": ["gpt", "llama"]}
    for seed in range(20):
        sample = sample_comparisons(answered, per_pair=1, seed=seed)
        assert Pairing("rare", "gpt", "llama") in sample.chosen


def test_pairs_that_cannot_be_filled_are_named() -> None:
    sample = sample_comparisons({"a": ["x", "y"], "b": ["x", "y", "z"]}, per_pair=2, seed=1)
    assert sample.short == {("x", "z"): 1, ("y", "z"): 1}


@given(answers, st.integers(1, 6) | st.none(), st.integers(0, 1000))
def test_the_sample_keeps_its_promises(answered, per_pair, seed) -> None:
    sample = sample_comparisons(answered, per_pair=per_pair, seed=seed)
    everything = {Pairing(n, a, b) for n, s in answered.items() for a, b in combinations(sorted(s), 2)}
    assert set(sample.chosen) | set(sample.spares) == everything
    assert not set(sample.chosen) & set(sample.spares)
    available = Counter(p.pair for p in everything)
    filled = Counter(p.pair for p in sample.chosen)
    assert all(filled[pair] == (n if per_pair is None else min(n, per_pair)) for pair, n in available.items())
    assert sample == sample_comparisons(answered, per_pair=per_pair, seed=seed)


@given(answers, st.integers(1, 9), st.integers(0, 1000))
def test_blocks_hold_everything_once_and_evenly(answered, size, seed) -> None:
    chosen = sample_comparisons(answered, per_pair=None, seed=seed).chosen
    blocks = deal_blocks(chosen, size=size, seed=seed)
    assert sorted(p for block in blocks for p in block) == sorted(chosen)
    lengths = [len(block) for block in blocks]
    assert not blocks or (max(lengths) <= size and max(lengths) - min(lengths) <= 1)


def test_the_papers_blocks_show_every_pair_about_three_times_and_no_animation_twice() -> None:
    chosen = sample_comparisons({f"a{i:03}": SYSTEMS for i in range(214)}, per_pair=60, seed=7).chosen
    blocks = deal_blocks(chosen, size=30, seed=7)
    assert [len(block) for block in blocks] == [30] * 20
    for block in blocks:
        assert max(Counter(p.animation for p in block).values()) == 1
        counts = Counter(p.pair for p in block)
        assert set(counts) == set(combinations(SYSTEMS, 2))
        assert max(counts.values()) <= 5


def test_a_block_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one comparison"):
        deal_blocks([Pairing("a", "x", "y")], size=0, seed=1)
