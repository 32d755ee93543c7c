"""Ways to code "the first, the second, equal" before computing α, and what each makes of pure chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studies.analysis.patterns import Patterns, possible
from studies.analysis.reliability import Level, alpha, coincidences
from studies.analysis.resampling import OfSums

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Coding:
    """How answers become categories. ``categories(patterns, systems)`` gives (P, C) counts."""

    key: str
    label: str
    level: Level
    categories: Callable[[Patterns, int], Ints]
    swap_invariant: bool = False
    needs_sides: bool = False

    def features(self, patterns: Patterns, systems: int) -> Floats:
        """(P, K) numbers per pattern whose weighted sums decide α."""
        counts = self.categories(patterns, systems)
        if self.level != "nominal":
            return coincidences(counts).reshape(len(counts), counts.shape[1] ** 2)
        # A nominal α needs the matches and the category totals only, which keeps many system names cheap.
        m = counts.sum(1)
        paired = m >= 2
        matches = np.where(paired, (counts * (counts - 1)).sum(1) / np.where(paired, m - 1, 1), 0.0)
        return np.column_stack([matches, np.where(paired[:, None], counts, 0)])

    @property
    def of_sums(self) -> OfSums:
        if self.level == "nominal":
            return lambda sums: _nominal(sums, self.swap_invariant)

        def from_matrix(sums: Floats) -> Floats:
            size = int(np.sqrt(sums.shape[-1]))
            o = sums.reshape(*sums.shape[:-1], size, size)
            return alpha(o, self.level, swap_invariant=self.swap_invariant)

        return from_matrix


def _nominal(sums: Floats, swap_invariant: bool) -> Floats:
    """Nominal α from (…, 1 + C) sums: matches, then category totals."""
    matches, n = sums[..., 0], sums[..., 1:]
    if swap_invariant:
        n = (n + n[..., ::-1]) / 2
    total = n.sum(-1)
    expected = (np.square(total) - np.square(n).sum(-1)) / np.where(total > 1, total - 1, np.nan)
    # A few ulps above zero are rounding, not disagreement.
    usable = expected > 1e-9
    return 1.0 - np.divide(total - matches, expected, out=np.full_like(expected, np.nan), where=usable)


def _answers(patterns: Patterns, systems: int) -> Ints:
    return patterns.counts


def _answers_without_ties(patterns: Patterns, systems: int) -> Ints:
    return patterns.counts[:, [0, 2]]


def _shown(patterns: Patterns, systems: int) -> Ints:
    return np.where(patterns.sign[:, None] > 0, patterns.counts, patterns.counts[:, ::-1])


def _names(patterns: Patterns, systems: int) -> Ints:
    coded = np.zeros((len(patterns.counts), systems), np.int64)
    rows = np.arange(len(coded))
    coded[rows, patterns.first] = patterns.counts[:, 2]
    coded[rows, patterns.second] = patterns.counts[:, 0]
    return coded


def _names_and_equal(patterns: Patterns, systems: int) -> Ints:
    return np.column_stack([_names(patterns, systems), patterns.counts[:, 1]])


HEADLINE = Coding("swap_ordinal", "swap-invariant, ordinal", "ordinal", _answers, swap_invariant=True)

CODINGS: tuple[Coding, ...] = (
    HEADLINE,
    Coding("swap_nominal", "swap-invariant, nominal", "nominal", _answers, swap_invariant=True),
    Coding("swap_interval", "swap-invariant, interval", "interval", _answers, swap_invariant=True),
    Coding("paper", "winner's name, equal missing, nominal (as in the paper)", "nominal", _names),
    Coding("names", "winner's name, equal a category, nominal", "nominal", _names_and_equal),
    Coding("sides", "first or second, equal missing, nominal", "nominal", _answers_without_ties),
    Coding("nominal", "alphabetical orientation, nominal", "nominal", _answers),
    Coding("ordinal", "alphabetical orientation, ordinal", "ordinal", _answers),
    Coding("interval", "alphabetical orientation, interval", "interval", _answers),
    Coding("shown_nominal", "orientation as shown, nominal", "nominal", _shown, needs_sides=True),
    Coding("shown_ordinal", "orientation as shown, ordinal", "ordinal", _shown, needs_sides=True),
)


@dataclass(frozen=True)
class CoinFlip:
    """What a coding makes of raters who toss coins on the same design: mean and SD of α."""

    mean: float | None
    sd: float | None
    tie_rate: float
    replicates: int
    seed: int


def coin_flip_design(
    patterns: Patterns, tie_rate: float, replicates: int, rng: np.random.Generator
) -> tuple[Patterns, Floats]:
    """Chance answers on the units of ``patterns``: a fair coin between A and B, equal at ``tie_rate``.

    Returns every pattern the design admits (Q) and (replicates, Q) how many units show it. Units with the
    same pair, sides and number of ratings are exchangeable, so each such kind is one multinomial draw.
    """
    kinds, kind = np.unique(
        np.column_stack([patterns.first, patterns.second, patterns.sign, patterns.ratings]),
        axis=0,
        return_inverse=True,
    )
    size = np.bincount(kind.ravel(), patterns.weight, len(kinds)).astype(np.int64)
    log_share = np.log(np.maximum([(1 - tie_rate) / 2, tie_rate, (1 - tie_rate) / 2], 1e-300))
    counts, first, second, sign, drawn = [], [], [], [], []
    for (a, b, s, m), units in zip(kinds, size, strict=True):
        ways = possible(int(m))
        log_p = _log_factorial(np.array([m]))[0] - _log_factorial(ways).sum(1) + ways @ log_share
        p = np.exp(log_p)
        counts.append(ways)
        first.append(np.full(len(ways), a))
        second.append(np.full(len(ways), b))
        sign.append(np.full(len(ways), s))
        drawn.append(rng.multinomial(units, p / p.sum(), size=replicates))
    every = Patterns(
        np.concatenate(counts),
        np.concatenate(first),
        np.concatenate(second),
        np.concatenate(sign),
        np.zeros(0, np.intp),
        np.zeros(0, np.int64),
    )
    return every, np.concatenate(drawn, axis=1).astype(float)


def _log_factorial(n: Ints) -> Floats:
    table = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, int(n.max(initial=0)) + 1)))])
    return table[n]
