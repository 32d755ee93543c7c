"""Likeness thing by thing, on looks that are made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmark.metrics.occurrences import Occurrences, by_thing


def occurrences(*rows: tuple[int, float, float], palettes: np.ndarray) -> Occurrences:
    """Of (look, size, weight)."""
    seen = np.array([[(look, size, 0, 0, weight)] for look, size, weight in rows])
    return Occurrences.of(seen, palettes)


RED, BLUE = (50.0, 60.0, 40.0, 1.0), (40.0, 10.0, -60.0, 1.0)


def test_what_is_covered_half_of_the_time_looks_as_it_does_when_it_is_seen_whole() -> None:
    palettes = np.array([[RED], [RED], [BLUE]])
    a = occurrences((0, 0.1, 1), (2, 0.1, 1), palettes=palettes)
    b = occurrences((0, 0.1, 0.5), (1, 0.1, 0.5), (2, 0.1, 1), palettes=palettes)
    look = np.array([[0.8, 0.1, 0.3], [0.1, 0.8, 0.1], [0.3, 0.1, 0.8]])  # look 1: a red thing half covered
    assert by_thing(a, b, look, 0.2, hidden=0, lost=0) < 0.95
    assert by_thing(a, b, look, 0.2, hidden=0.5, lost=0) == pytest.approx(1)


def test_what_looks_otherwise_whenever_it_shows_costs_its_share_however_much_is_hidden() -> None:
    palettes = np.array([[RED], [RED], [BLUE]])
    a = occurrences((0, 0.1, 1), (2, 0.1, 1), palettes=palettes)
    b = occurrences((1, 0.1, 1), (2, 0.1, 1), palettes=palettes)
    look = np.array([[0.8, 0.4, 0.3], [0.4, 0.8, 0.1], [0.3, 0.1, 0.8]])
    assert by_thing(a, b, look, 0.2, hidden=0.5, lost=0) == pytest.approx((0.6 + 1) / 2)
