"""How long a clip is: as asked, or as long as the page's animations take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

DEFAULT_SECONDS = 5.0
COMMON_PERIOD_BOUND = 10.0
"""Seconds within which loops of several periods must meet again."""
LONGEST_FOUND = 20.0
"""Seconds: no clip becomes longer than this unless asked for."""


def common_period(periods: Sequence[float], bound: float = COMMON_PERIOD_BOUND) -> float | None:
    """The least common multiple of ``periods`` (seconds), or None where it passes ``bound``.

    >>> common_period([0.8, 1.2])
    2.4
    >>> common_period([1 / 3, 0.5])
    1.0
    >>> common_period([1.7, 1.9]) is None
    True
    """
    common: Fraction | None = None
    for period in periods:
        # Thousandths of a ms lie far below what a page can write, and keep thirds exact.
        exact = Fraction(period * 1000).limit_denominator(1000)
        if exact <= 0:
            continue
        if common is None:
            common = exact
        else:
            common = Fraction(
                math.lcm(common.numerator, exact.numerator), math.gcd(common.denominator, exact.denominator)
            )
        if common > bound * 1000:
            return None
    return float(common / 1000) if common is not None else None


class DurationPlan:
    """The length of a clip, given or found, and why; what is found later can only lengthen it.

    `observe` is told what runs on the page at some moment of the capture; `seconds`, `reason` and `frames` hold the
    answer so far.
    """

    def __init__(self, given: float | None, fps: int) -> None:
        self._fps = fps
        self._given = given
        self._finite: list[float] = []
        self._loops: dict[tuple[float, float], None] = {}
        self._scripted = False
        self.seconds = given if given is not None else DEFAULT_SECONDS
        self.reason = "given" if given is not None else ""

    @property
    def open(self) -> bool:
        """Whether the duration is still to be found."""
        return self._given is None

    @property
    def frames(self) -> int:
        # A hair is taken off so that 2.0000001 s is not a frame longer than 2 s.
        return max(1, math.ceil(self.seconds * self._fps - 0.01))

    def observe(
        self,
        at: float,
        finite: Sequence[float] = (),
        loops: Sequence[tuple[float, float]] = (),
        *,
        scripted: bool = False,
    ) -> None:
        """What runs ``at`` seconds into the capture.

        ``finite``: when each finite animation ends; ``loops``: when each endless one began and its period; all in
        seconds of the clip. ``scripted``: the page draws by script, whose end can't be known.
        """
        if self._given is not None:
            return
        self._finite += [end for end in finite if end > 0]
        for begins, period in loops:
            self._loops[round(max(begins, 0.0), 3), round(period, 6)] = None
        self._scripted = self._scripted or scripted
        seconds, reason = self._found()
        if not self.reason:
            self.seconds, self.reason = seconds, reason
        elif seconds > self.seconds + 0.5 / self._fps:
            self.seconds, self.reason = seconds, f"{reason} (seen at {at:.1f} s)"

    def _found(self) -> tuple[float, str]:
        candidates: list[tuple[float, str]] = []
        if self._finite:
            longest = max(self._finite)
            candidates.append((longest, f"the longest animation ends at {_seconds(longest)}"))
        if self._loops:
            candidates.append(self._one_period())
        if self._scripted or not candidates:
            why = "drawn by script" if self._scripted else "nothing that tells its length runs"
            candidates.append((DEFAULT_SECONDS, f"{why}: {_seconds(DEFAULT_SECONDS)} by default"))
        seconds, reason = max(candidates, key=lambda candidate: candidate[0])
        if seconds > LONGEST_FOUND:
            return LONGEST_FOUND, f"{reason}, cut at {_seconds(LONGEST_FOUND)}"
        return seconds, reason

    def _one_period(self) -> tuple[float, str]:
        periods = sorted({period for _, period in self._loops})
        latest = max(begins for begins, _ in self._loops)
        common = common_period(periods)
        if common is None:
            return (
                DEFAULT_SECONDS,
                f"the loops don't meet within {_seconds(COMMON_PERIOD_BOUND)}: {_seconds(DEFAULT_SECONDS)} by default",
            )
        one = "one period" if len(periods) == 1 else f"the common period of {len(periods)} loops"
        if latest > 0.001:
            return (
                latest + common,
                f"{one} ({_seconds(common)}) after the last loop begins at {_seconds(latest)}",
            )
        return common, f"{one} ({_seconds(common)})"


def _seconds(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") + " s"
