"""The one shape every number of a report has: a value with its interval, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Estimate:
    """A statistic. ``value`` is None when it is undefined; ``reason`` then says why in one sentence.

    value, low, high  point and ends of the ``level`` interval, in the statistic's own unit, or None
    n                 how many observations (ratings, units, pairs: ``method`` says which) entered
    method            how the value and its interval were found, in words
    reason            why value or interval is missing; empty when neither is
    se                standard error on the scale of ``value``, where the method has one
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    method: str = ""
    reason: str = ""
    se: float | None = None
    level: float = 0.95

    @classmethod
    def undefined(cls, reason: str, n: int = 0, method: str = "") -> Estimate:
        return cls(None, n=n, method=method, reason=reason)

    @classmethod
    def point(cls, value: float, n: int, method: str = "", reason: str = "") -> Estimate:
        """A value without interval; a value that is not finite becomes undefined for ``reason``."""
        number = finite(value)
        if number is None:
            return cls.undefined(reason or "The data leave this number undefined.", n, method)
        return cls(number, n=n, method=method)

    def named(self, method: str) -> Estimate:
        """The same estimate under a fuller description of its method."""
        return replace(self, method=method)

    @property
    def defined(self) -> bool:
        return self.value is not None


def wilson(k: int, n: int, method: str, reason: str) -> Estimate:
    """The share k of n with Wilson's interval (JASA 1927), which stays inside 0 and 1; undefined for n = 0."""
    if not n:
        return Estimate.undefined(reason, 0, method)
    z2 = 1.959963984540054**2
    centre = (k + z2 / 2) / (n + z2)
    half = (z2 * (k * (n - k) / n + z2 / 4)) ** 0.5 / (n + z2)
    return Estimate(k / n, max(0.0, centre - half), min(1.0, centre + half), n, method)


def finite(value: float | None) -> float | None:
    """A plain float, or None for NaN, infinity and None."""
    return None if value is None or not math.isfinite(value) else float(value)
