"""One page in one fresh browser, frame by frame."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmark.capture.browser import Browser, find_browser
from benchmark.capture.cdp import BrowserGone, CommandRefused, Connection, NoAnswer
from benchmark.capture.clock import Clock, FrameControlClock, PageStuck
from benchmark.capture.duration import DurationPlan
from benchmark.capture.libraries import LibraryStore
from benchmark.capture.origin import Folder
from benchmark.capture.process import BrowserProcess
from benchmark.capture.pump import FramePump, Sink
from benchmark.capture.result import CaptureRefused, CaptureResult, Limits, Status
from benchmark.capture.scripts import AWAIT_FRAME, FRAME_CAME, repeatable, scan
from benchmark.capture.shim import ImitatedClock
from benchmark.capture.tab import IsolatedWorld, draws_on_demand, open_tab, prepare_tab
from benchmark.capture.verdict import Seen, judge
from benchmark.capture.witness import Witness

Progress = Callable[[float, str], None]

RATES = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)
SMALLEST_SIDE, LARGEST_SIDE = 16, 4096
LONGEST_SECONDS = 120.0
SCAN_MS = 500
"""How often the page is asked what runs on it while its duration is still to be found."""


def capture_page(
    source: Path,
    *,
    fps: int = 30,
    size: tuple[int, int] = (1024, 768),
    duration: float | None = None,
    seed: int = 0,
    on_frame: Sink | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
    browser: Browser | None = None,
    store: LibraryStore | None = None,
) -> CaptureResult:
    """Capture ``source`` (an HTML file, or a folder with index.html) in a fresh browser.

    ``fps`` divides 60; ``size`` is (width, height) in pixels; ``duration`` in seconds, found when None; ``seed``
    feeds the page's Math.random. Frame k shows the page at (1 + k · 60/fps) / 60 s after it loaded. ``on_frame``
    gets every frame in order, (H, W, 3) uint8 RGB, from one thread beside this one. ``progress`` gets a
    fraction and a sentence.

    A page that fails, hangs or misbehaves is no error: the result says so. Raises `CaptureRefused` for what can't be
    asked, `BrowserMissing` without a browser, and what ``on_frame`` raises.
    """
    started = time.monotonic()
    check_request(fps, size, duration)
    folder = Folder(source)
    browser = browser or find_browser()
    with _started(browser, size, limits or Limits()) as process:
        run = _Run(
            process,
            folder,
            store,
            fps,
            size,
            duration,
            seed,
            on_frame or _drop,
            progress or _quiet,
            started,
        )
        return run.capture()


def check_request(fps: int, size: tuple[int, int], duration: float | None) -> None:
    """Raises `CaptureRefused` for a rate, size or duration that can't be captured."""
    if fps not in RATES:
        raise CaptureRefused(
            f"{fps} frames a second can't be captured exactly; choose one of {', '.join(map(str, RATES))}."
        )
    if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in size):
        raise CaptureRefused(
            f"The size {size[0]}x{size[1]} can't be captured; each side must be {SMALLEST_SIDE} to {LARGEST_SIDE} "
            "pixels."
        )
    if duration is not None and not (math.isfinite(duration) and 0 < duration <= LONGEST_SECONDS):
        raise CaptureRefused(
            f"A duration of {duration:g} s can't be captured; it must be above 0 and at most {LONGEST_SECONDS:g} s."
        )


@dataclass
class _Run:
    process: BrowserProcess
    folder: Folder
    store: LibraryStore | None
    fps: int
    size: tuple[int, int]
    duration: float | None
    seed: int
    sink: Sink
    progress: Progress
    started: float
    timings: dict[str, float] = field(default_factory=dict)
    repeated: int = 0

    def capture(self) -> CaptureResult:
        connection = self.process.connection
        self.plan = DurationPlan(self.duration, self.fps)
        self.pump = FramePump(self.sink)
        self.stopped: Status | None = None
        self.stopped_at = ""
        finished = False
        exact = self.process.browser.exact
        self.session, target = open_tab(connection, self.size, frame_control=exact)
        self.witness = Witness(connection, self.session, target, self.folder, self.store)
        limits = self.process.limits
        self.clock: Clock = (
            FrameControlClock(connection, self.session, limits, self.witness.unanswered)
            if exact
            else ImitatedClock(connection, self.session, limits)
        )
        try:
            try:
                self._film(connection)
            except PageStuck as stuck:
                self._stop(
                    "timed_out",
                    f"The page held on to {stuck} longer than it may; it was stopped{self._when()}.",
                )
            except (BrowserGone, NoAnswer, CommandRefused) as gone:
                if self.witness.left_for is None:
                    self._stop(*self._why_gone(gone))
            self.pump.finish()
            finished = True
        finally:
            if not finished:
                self.pump.abandon()
        return self._result()

    def _film(self, connection: Connection) -> None:
        limits = self.process.limits
        clock = self.clock
        prepare_tab(connection, self.session, self.size)
        clock.deadline = self.started + limits.clip_seconds(self.plan.seconds)
        clock.start()
        # After the clock's own script, if it has one, so that chance and rounding lie over it.
        connection.call(
            "Page.addScriptToEvaluateOnNewDocument", {"source": repeatable(self.seed)}, self.session
        )
        self._timed("launch")
        self.progress(0.0, "Loading the page")
        # The page's clock begins when it arrives, and time must stand still at that moment: hence no `settle` before.
        connection.call("Page.navigate", {"url": self.folder.url}, self.session, timeout=limits.grant)
        if not clock.settle(lambda: self.witness.loaded):
            self.witness.note_incident("the page did not finish loading")
        connection.post("Page.resetNavigationHistory", {}, self.session)
        world = IsolatedWorld(connection, self.session, self.witness.target, limits.grant)
        world.ask(AWAIT_FRAME)
        clock.first(lambda: bool(world.ask(FRAME_CAME)))
        self._timed("load")

        step = 60 // self.fps
        last: str | None = None
        still = False
        next_scan = 0.0
        while self.plan.open or self.pump.frames < self.plan.frames:
            for _ in range(step - 1 if self.pump.frames else 0):
                clock.tick()
            shot = clock.shoot(still=still and "frames" not in self.witness.notes)
            at_end = self.pump.frames >= self.plan.frames
            if self.plan.open and (at_end or clock.elapsed >= next_scan):
                # At the end one frame too many is taken, to see what the end of an animation sets off.
                self._scan(world, clock)
                next_scan = clock.elapsed + SCAN_MS
                clock.deadline = self.started + limits.clip_seconds(self.plan.seconds)
            if self.pump.frames >= self.plan.frames and self.plan.reason:
                return
            if self.witness.left_for is not None:
                return
            png = last if shot.unchanged else shot.png
            if png is None:
                self.repeated += 1
                png = last
            if png is None:
                raise PageStuck("its first frame")
            still = png == last
            last = png
            self.pump.put(png)
            if self.pump.frames % 15 == 0:
                self.progress(
                    self.pump.frames / self.plan.frames,
                    f"Frame {self.pump.frames} of {self.plan.frames}",
                )

    def _scan(self, world: IsolatedWorld, clock: Clock) -> None:
        """Ask the page what runs on it."""
        at = clock.elapsed / 1000
        found = world.ask(scan(paused_too=not clock.exact)) or {}
        self.plan.observe(
            at,
            [at + end / 1000 for end in found.get("finite", [])],
            [(at + begins / 1000, period / 1000) for begins, period in found.get("loops", [])],
            scripted=bool({"frames", "timers"} & self.witness.notes),
        )

    def _timed(self, part: str) -> None:
        self.timings[part] = round(time.monotonic() - self.started - sum(self.timings.values()), 3)

    def _stop(self, status: Status, sentence: str) -> None:
        self.stopped, self.stopped_at = status, sentence

    def _when(self) -> str:
        return (
            f" after {self.pump.frames / self.fps:.1f} s of the clip"
            if self.pump.frames
            else " before its first frame"
        )

    def _why_gone(self, gone: Exception) -> tuple[Status, str]:
        if self.process.overrun == "memory":
            return "out_of_memory", (
                f"The page took more than {self.process.limits.memory / 1e9:.1f} GB of memory; "
                f"it was stopped{self._when()}."
            )
        if self.process.overrun == "disk":
            return "out_of_memory", f"The page filled its disk space; it was stopped{self._when()}."
        with contextlib.suppress(BrowserGone):
            self.process.connection.pump(0.2)  # the cause of a crash follows its news
        crash = self.witness.crash
        if crash and "oom" in crash.lower():
            return "out_of_memory", f"The page ran out of memory{self._when()}."
        if isinstance(gone, NoAnswer):
            return "timed_out", f"The browser did not answer ({gone}){self._when()}."
        return "crashed", f"The page's process crashed{self._when()}."

    def _result(self) -> CaptureResult:
        self._timed("frames")
        frames = self.pump.frames
        total = round(time.monotonic() - self.started, 3)
        filming = self.timings["frames"]
        self.timings |= {
            "total": total,
            "frames_per_second": round(frames / filming, 1) if filming > 0 else 0.0,
        }
        static = frames > 0 and self.pump.distinct == 1
        blank = static and self.pump.uniform
        witness = self.witness
        status, reason = judge(
            Seen(
                stopped=self.stopped,
                stopped_at=self.stopped_at,
                left_for=witness.left_for,
                tried_to_leave=witness.tried_to_leave,
                unreachable=witness.unreachable,
                absent=witness.absent,
                errors=tuple(witness.errors),
                blank=blank,
                static=static,
            )
        )
        inexact = witness.inexact
        if self.clock.late:
            inexact = (*inexact, "The browser kept it waiting, and what followed may have come late.")
        if not self.clock.exact:
            inexact = (
                "This browser does not draw frames on demand; its time was imitated by script.",
                *inexact,
            )
        return CaptureResult(
            status=status,
            reason=reason,
            frames=frames,
            fps=self.fps,
            duration=round(frames / self.fps, 6),
            duration_reason=self.plan.reason,
            width=self.size[0],
            height=self.size[1],
            exact=not inexact and self.stopped is None,
            inexact=inexact,
            static=static,
            blank=blank,
            repeated=self.repeated,
            distinct=self.pump.distinct,
            errors=tuple(witness.errors),
            console=tuple(witness.console),
            refused=tuple(witness.refused.values()),
            libraries=tuple(witness.libraries),
            incidents=witness.incident_sentences(),
            browser=self.process.version,
            isolation=self.process.isolation.words,
            seed=self.seed,
            timings=self.timings,
        )


@contextlib.contextmanager
def _started(browser: Browser, size: tuple[int, int], limits: Limits) -> Iterator[BrowserProcess]:
    """The browser, running; without frame control where its kind promised it and it can't."""
    with BrowserProcess(browser, size, limits) as process:
        if not browser.exact or draws_on_demand(browser.path, process.connection):
            yield process
            return
    with BrowserProcess(replace(browser, exact=False), size, limits) as process:
        yield process


def _drop(frame: object) -> None:
    return


def _quiet(fraction: float, sentence: str) -> None:
    return
