"""What a benchmark ran on, and whether its clock can be trusted there."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from benchmark.capture.tree import tree_of


@dataclass(frozen=True)
class Seconds:
    """On the clock, and of one processor; on a machine with other work to do the clock says little."""

    clock: float
    processor: float

    def times(self, factor: float) -> Seconds:
        return Seconds(self.clock * factor, self.processor * factor)

    def judged(self) -> float:
        """The clock; on a busy machine, where the clock counts others' work, the processor."""
        return self.processor if busy() else self.clock

    def __str__(self) -> str:
        return f"{self.clock:.2f} s ({self.processor:.2f} s of processor)"


class Processor:
    """Processor seconds that this process and all it starts use within the block, in `seconds`.

    Looks every 50 ms, so that what a child used in its last moments is not counted. Its own looking is left out.
    """

    seconds = 0.0

    def __enter__(self) -> Self:
        self._used: dict[tuple[int, float], float] = {}
        self._me = psutil.Process()
        self._looking = 0.0
        self._before = self._own()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()
        self.seconds = self._own() - self._before - self._looking + sum(self._used.values())

    def _own(self) -> float:
        times = self._me.cpu_times()
        return float(times.user + times.system)

    def _look(self) -> None:
        while not self._done.wait(0.05):
            for pid in tree_of(self._me.pid)[1:]:
                with contextlib.suppress(psutil.Error):
                    child = psutil.Process(pid)
                    times = child.cpu_times()
                    self._used[pid, child.create_time()] = times.user + times.system
        self._looking = time.thread_time()


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def busy() -> bool:
    """More runnable processes than cores, over the last minute: this one would have to wait for others."""
    return os.getloadavg()[0] > cores() + 0.5


def describe() -> str:
    """The machine in one line: cores, memory, load, and by which clock promises are judged."""
    load = os.getloadavg()[0]
    by = "judged by processor seconds, for the machine is busy" if busy() else "judged by the clock"
    return f"{cores()} cores{_memory()}, load {load:.1f}; {by}"


def _memory() -> str:
    try:
        total = next(
            line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal")
        )
    except OSError:
        return ""
    return f", {int(total.split()[1]) / 2**20:.0f} GB"
