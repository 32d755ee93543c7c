"""What came of a capture."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal[
    "ok",
    "static",
    "blank",
    "script_error",
    "needs_network",
    "navigated_away",
    "timed_out",
    "out_of_memory",
    "crashed",
]


class CaptureRefused(ValueError):
    """The page can't be captured as asked; one sentence says what to do."""


# The page was stopped: there may be no clip, or one that ends early.
STOPPED: frozenset[str] = frozenset({"timed_out", "out_of_memory", "crashed"})


@dataclass(frozen=True)
class Limits:
    """What a page may use before it is stopped."""

    grant: float = 5.0
    """Seconds of real time the page may take over one 60 Hz tick."""
    frame: float = 15.0
    """Seconds of real time for drawing one frame: a scene of many blurred layers takes its time honestly."""
    clip: float = 60.0
    """Seconds of real time for a clip of up to 5 s; a longer clip has as much more in proportion."""
    memory: int = 1_500_000_000
    """Bytes of memory that all processes of the browser hold together."""
    disk: int = 200_000_000
    """Bytes below the temporary folder."""

    def clip_seconds(self, duration: float) -> float:
        return self.clip * max(1.0, duration / 5.0)


@dataclass(frozen=True)
class Refused:
    """A request that was not answered."""

    url: str
    kind: str
    """The browser's name of what asked: Script, Stylesheet, Image, Font, Fetch, WebSocket …"""
    reason: str


@dataclass(frozen=True)
class ConsoleLine:
    level: str
    text: str


@dataclass(frozen=True)
class CaptureResult:
    """Everything a capture has to say; `as_dict` is what the command line prints."""

    status: Status
    reason: str | None
    """One sentence on why the status is not ``ok``."""
    frames: int
    fps: int
    duration: float
    """Seconds: frames / fps."""
    duration_reason: str
    width: int
    height: int
    exact: bool
    inexact: tuple[str, ...]
    """Why the frames are not exact; empty when they are."""
    static: bool
    """Every frame is the same picture."""
    blank: bool
    """Static, and of one single colour."""
    repeated: int
    """Frames for which the browser gave no picture, filled with the one before."""
    distinct: int
    """Runs of equal consecutive frames: 1 is a static page."""
    errors: tuple[str, ...]
    console: tuple[ConsoleLine, ...]
    refused: tuple[Refused, ...]
    libraries: tuple[str, ...]
    """Requests answered from the local library store, as ``name@version``."""
    incidents: tuple[str, ...]
    """Dialogs, popups, downloads and navigations that were turned down."""
    browser: str
    isolation: tuple[str, ...]
    """What shut the page in: network, processes, user, sandbox."""
    seed: int
    timings: dict[str, float] = field(default_factory=dict)
    """Seconds of launch, load and frames, their total, and frames per second of the frames part."""
    sha256: str | None = None
    """Of the clip's file, once one is written."""

    @property
    def executed(self) -> bool:
        """The page ran and showed something: what an execution rate counts."""
        return self.status in ("ok", "static") or (
            self.status in ("script_error", "navigated_away", "needs_network")
            and not self.blank
            and self.frames > 0
        )

    def as_dict(self) -> dict[str, Any]:
        return {**dataclasses.asdict(self), "executed": self.executed}
