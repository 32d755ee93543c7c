"""The page's time in our hands: virtual time for scripts and frames drawn on demand, in step at 60 Hz."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from benchmark.capture.cdp import Connection, NoAnswer
from benchmark.capture.result import Limits
from benchmark.capture.scripts import EPOCH_SECONDS

VSYNC_MS = 1000 / 60
GRID_MS = 0.1
"""performance.now() is clamped to this grid; moments off it would jitter by one step from run to run."""

WHOLE_US = 0.0005
"""Added to times in ms, which the browser cuts to whole microseconds: 16.7 would become 16.699. One microsecond below
the grid, the browser's clamping throws dice between two steps of it."""

MOST_TASKS = 1000
"""Tasks after which time goes on although there are more: a page may post to itself without end."""

MOST_FIRST_FRAMES = 500

ANSWER_SECONDS = 2.0
"""Seconds of real time for which the page's time stands still while the browser owes it an answer."""
LATE_ANSWER_SECONDS = 0.05
"""The same once it was too long: some pages ask again with every answer, and would never go on."""

SCREENSHOT = {"format": "png", "optimizeForSpeed": True}


class PageStuck(Exception):
    """The page did not give the control back within its bound; the message says at what."""


@dataclass(frozen=True)
class Shot:
    """A picture of the page (base64 PNG), or word that it looks as before, or neither when the browser gave none."""

    png: str | None = None
    unchanged: bool = False


class Clock(Protocol):
    """Steers a page's time; what `page.capture_page` needs of it."""

    exact: bool
    elapsed: float
    """Milliseconds since the first frame."""
    deadline: float
    """Moment of `time.monotonic` at which the whole clip must stand."""
    late: bool
    """Whether time went on although the browser owed the page an answer."""

    def start(self) -> None:
        """Stop time, on a blank page."""

    def settle(self, loaded: Callable[[], bool]) -> bool:
        """Let the page load while its time stands still; False when it did not within its bound."""

    def first(self, drawn: Callable[[], bool]) -> None:
        """Draw the frame at 0, once ``drawn`` says that the page's own frame was part of it."""

    def tick(self) -> None:
        """Go on by one 60 Hz tick without showing it."""

    def shoot(self, *, still: bool) -> Shot:
        """Go on by one 60 Hz tick and take its picture.

        ``still``: the page was still before and draws nothing by script, so look before taking a picture.
        """


class FrameControlClock:
    """Exact: `Emulation.setVirtualTimePolicy` and `HeadlessExperimental.beginFrame` together."""

    exact = True

    def __init__(
        self, connection: Connection, session: str, limits: Limits, unanswered: Callable[[], int]
    ) -> None:
        """``unanswered``: how many things the page asked of the browser and has not got yet."""
        self._connection = connection
        self._session = session
        self._limits = limits
        self._unanswered = unanswered
        self._forsaken = 0
        self.late = False
        self._expired = 0
        self._ticks = 0
        self._origin = 0.0
        self._now = 0.0
        self.elapsed = 0.0
        self.deadline = math.inf
        connection.on("Emulation.virtualTimeBudgetExpired", self._on_expired)

    def start(self) -> None:
        base = self._call(
            "Emulation.setVirtualTimePolicy", {"policy": "pause", "initialVirtualTime": EPOCH_SECONDS}
        )
        self._now = base["virtualTimeTicksBase"]
        # Between half a step and one and a half: so Date, which counts from here, turns to its next ms well off
        # the grid.
        self._advance(_next_grid(self._now + GRID_MS / 2))

    def settle(self, loaded: Callable[[], bool]) -> bool:
        # A budget of nothing lets the tasks that are due run and finished requests arrive, and moves no clock.
        until = time.monotonic() + self._limits.grant * 2
        while not loaded():
            self._grant(0.0)
            if time.monotonic() > until:
                break
        self._await_answers()
        self._read_now()
        return loaded()

    def first(self, drawn: Callable[[], bool]) -> None:
        self._origin = _next_grid(self._now)
        self._advance(self._origin)
        # A page just loaded may still hold its first frame back. Were time to go on then, its animations would
        # begin one vsync later than in the next capture.
        for _ in range(MOST_FIRST_FRAMES):
            self._begin_frame(self._origin, show=True)
            if drawn():
                return
            self._connection.pump(0.002)
        raise PageStuck("its first frame")

    def tick(self) -> None:
        self._begin_frame(self._next(), show=False)

    def shoot(self, *, still: bool) -> Shot:
        target = self._next()
        if still:
            # A picture costs ten times a look. A page that draws by script would count the look as a frame, though.
            drawn = self._begin_frame(target, show=True)
            if not drawn["hasDamage"]:
                return Shot(unchanged=True)
        # Asked again for the same moment, a browser that gave no picture mostly does.
        for _ in range(2):
            asked = self._connection.ask("Performance.getMetrics", {}, self._session)
            drawn = self._begin_frame(target, show=True, picture=True)
            self._verify(asked, target)
            if "screenshotData" in drawn:
                return Shot(drawn["screenshotData"])
        return Shot()

    def _next(self) -> float:
        self._ticks += 1
        target = round(self._origin + self._ticks * VSYNC_MS, 1)
        self._grant(target - self._now)
        self._now = target
        # The news that a grant is over may overtake the timers due at that very moment; the end of another does not.
        self._grant(0.0)
        self._await_answers()
        self.elapsed = target - self._origin
        return target

    def _verify(self, asked: int, target: float) -> None:
        """Make sure that a frame was drawn at its time: asked beside it, the time costs no wait.

        Once a page had loaded, no grant was ever seen to end early. Were one to, the next makes up for it.
        """
        self._now = _timestamp(
            self._result(asked, "Performance.getMetrics", self._limits.grant, "its scripts")
        )
        if abs(self._now - target) > 2 * WHOLE_US:
            self.late = True

    def _advance(self, target: float) -> None:
        """Bring virtual time to ``target``, topping up where a grant ended early."""
        for _ in range(4):
            left = target - self._now
            if left < 0.0005:
                break
            self._grant(left)
            self._read_now()
        self._await_answers()

    def _await_answers(self) -> None:
        """Let the browser finish what it does in its own time (fetch, compile, decode) before a frame is drawn."""
        until = time.monotonic() + (LATE_ANSWER_SECONDS if self.late else ANSWER_SECONDS)
        while self._unanswered() > self._forsaken:
            while self._unanswered() > self._forsaken:
                if time.monotonic() > until:
                    self.late, self._forsaken = True, self._unanswered()
                self._grant(0.0)
            self._grant(0.0)  # for what the page does with the last one, which may be to ask again
        self._forsaken = min(self._forsaken, self._unanswered())

    def _grant(self, budget: float) -> None:
        before = self._expired
        self._connection.post(
            "Emulation.setVirtualTimePolicy",
            {
                "policy": "pauseIfNetworkFetchesPending",
                "budget": budget + WHOLE_US,
                "maxVirtualTimeTaskStarvationCount": MOST_TASKS,
            },
            self._session,
        )
        self._wait(lambda: self._expired > before, self._limits.grant, "its scripts")

    def _read_now(self) -> None:
        self._now = _timestamp(self._call("Performance.getMetrics", {}))

    def _begin_frame(self, at: float, *, show: bool, picture: bool = False) -> dict[str, Any]:
        params: dict[str, Any] = {
            "frameTimeTicks": at + WHOLE_US,
            "interval": VSYNC_MS,
            "noDisplayUpdates": not show,
        }
        if picture:
            params["screenshot"] = SCREENSHOT
        return self._call("HeadlessExperimental.beginFrame", params, self._limits.frame, "drawing a frame")

    def _call(
        self, method: str, params: dict[str, Any], seconds: float | None = None, what: str = "its scripts"
    ) -> dict[str, Any]:
        asked = self._connection.ask(method, params, self._session)
        return self._result(asked, method, self._limits.grant if seconds is None else seconds, what)

    def _result(self, asked: int, method: str, seconds: float, what: str) -> dict[str, Any]:
        try:
            return self._connection.result(asked, method, timeout=self._bounded(seconds))
        except NoAnswer:
            raise PageStuck(what) from None

    def _wait(self, done: Callable[[], bool], seconds: float, what: str) -> None:
        try:
            self._connection.pump_until(done, self._bounded(seconds), what)
        except NoAnswer:
            raise PageStuck(what) from None

    def _bounded(self, seconds: float) -> float:
        return max(0.0, min(seconds, self.deadline - time.monotonic()))

    def _on_expired(self, params: dict[str, Any], session: str | None) -> None:
        self._expired += 1


def _timestamp(metrics: dict[str, Any]) -> float:
    """The page's time in ms, in an answer of Performance.getMetrics."""
    return next(float(each["value"]) for each in metrics["metrics"] if each["name"] == "Timestamp") * 1000


def _next_grid(moment: float) -> float:
    return math.ceil(moment / GRID_MS - 1e-4) * GRID_MS
