"""The page's time in our hands: virtual time for scripts and frames drawn on demand, in step at 60 Hz."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, Protocol

from benchmark.capture.cdp import Connection, NoAnswer
from benchmark.capture.result import Limits
from benchmark.capture.scripts import EPOCH_SECONDS

VSYNC_MS = 1000 / 60
GRID_MS = 0.1
"""performance.now() is clamped to this grid; moments off it would jitter by one step from run to run."""

SCREENSHOT = {"format": "png", "optimizeForSpeed": True}


class PageStuck(Exception):
    """The page did not give the control back within its bound; the message says at what."""


class Clock(Protocol):
    """Steers a page's time; what `page.capture_page` needs of it."""

    exact: bool
    elapsed: float
    """Milliseconds since the first frame."""
    deadline: float
    """Moment of `time.monotonic` at which the whole clip must stand."""

    def start(self) -> None:
        """Stop time, on a blank page."""

    def settle(self, loaded: Callable[[], bool]) -> bool:
        """Let the page load while its time stands still; False when it did not within its bound."""

    def first(self) -> None:
        """Draw the frame at 0."""

    def tick(self, *, show: bool) -> str | None:
        """Go on by one 60 Hz tick; with ``show``, return the frame as base64 PNG, or None when there is none."""


class FrameControlClock:
    """Exact: `Emulation.setVirtualTimePolicy` and `HeadlessExperimental.beginFrame` together."""

    exact = True

    def __init__(self, connection: Connection, session: str, limits: Limits) -> None:
        self._connection = connection
        self._session = session
        self._limits = limits
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
        self._advance(_next_grid(self._now + GRID_MS / 2))

    def settle(self, loaded: Callable[[], bool]) -> bool:
        # A budget of 1 µs lets tasks that are due run and finished requests arrive, and moves time by nothing that shows.
        until = time.monotonic() + self._limits.grant * 2
        while not loaded():
            self._grant(0.001)
            if time.monotonic() > until:
                break
        self._read_now()
        return loaded()

    def first(self) -> None:
        self._origin = _next_grid(self._now)
        self._begin_frame(self._origin, show=True)

    def tick(self, *, show: bool) -> str | None:
        self._ticks += 1
        target = round(self._origin + self._ticks * VSYNC_MS, 1)
        self._advance(target)
        self.elapsed = target - self._origin
        data = self._begin_frame(target, show=show)
        if show and data is None:
            data = self._begin_frame(target + 0.001, show=True)
        return data

    def _advance(self, target: float) -> None:
        """Bring virtual time to ``target``, topping up where a grant ended early."""
        for _ in range(4):
            left = target - self._now
            if left < 0.0005:
                return
            self._grant(left)
            self._read_now()

    def _grant(self, budget: float) -> None:
        before = self._expired
        self._connection.post(
            "Emulation.setVirtualTimePolicy",
            {"policy": "pauseIfNetworkFetchesPending", "budget": budget},
            self._session,
        )
        self._wait(lambda: self._expired > before, self._limits.grant, "its scripts")

    def _read_now(self) -> None:
        metrics = self._call("Performance.getMetrics", {})["metrics"]
        self._now = next(metric["value"] for metric in metrics if metric["name"] == "Timestamp") * 1000

    def _begin_frame(self, at: float, *, show: bool) -> str | None:
        params: dict[str, Any] = {"frameTimeTicks": at, "interval": VSYNC_MS, "noDisplayUpdates": not show}
        if show and self._ticks:
            params["screenshot"] = SCREENSHOT
        try:
            drawn = self._connection.call(
                "HeadlessExperimental.beginFrame",
                params,
                self._session,
                timeout=self._bounded(self._limits.frame),
            )
        except NoAnswer:
            raise PageStuck("drawing a frame") from None
        data: str | None = drawn.get("screenshotData")
        return data

    def _call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._connection.call(
                method, params, self._session, timeout=self._bounded(self._limits.grant)
            )
        except NoAnswer:
            raise PageStuck("its scripts") from None

    def _wait(self, done: Callable[[], bool], seconds: float, what: str) -> None:
        try:
            self._connection.pump_until(done, self._bounded(seconds), what)
        except NoAnswer:
            raise PageStuck(what) from None

    def _bounded(self, seconds: float) -> float:
        return max(0.0, min(seconds, self.deadline - time.monotonic()))

    def _on_expired(self, params: dict[str, Any], session: str | None) -> None:
        self._expired += 1


def _next_grid(moment: float) -> float:
    return math.ceil(moment / GRID_MS - 1e-4) * GRID_MS
