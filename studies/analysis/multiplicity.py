"""p-values of many tests at once: Holm (any error) and Benjamini–Hochberg (share of false finds)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def holm(p: Sequence[float | None]) -> tuple[float | None, ...]:
    """Holm's adjusted p-values, in the order given; None (a test that could not be made) stays None."""
    return _adjusted(p, step_down=True)


def benjamini_hochberg(p: Sequence[float | None]) -> tuple[float | None, ...]:
    """Benjamini and Hochberg's adjusted p-values (q), in the order given; None stays None."""
    return _adjusted(p, step_down=False)


def _adjusted(p: Sequence[float | None], step_down: bool) -> tuple[float | None, ...]:
    made = [i for i, value in enumerate(p) if value is not None]
    values = np.array([p[i] for i in made], float)
    order = np.argsort(values, kind="stable")
    m = len(values)
    if step_down:
        adjusted = np.maximum.accumulate(values[order] * (m - np.arange(m)))
    else:
        adjusted = np.minimum.accumulate((values[order] * m / np.arange(1, m + 1))[::-1])[::-1]
    result: list[float | None] = [None] * len(p)
    for place, value in zip(order, np.minimum(adjusted, 1.0), strict=True):
        result[made[place]] = float(value)
    return tuple(result)
