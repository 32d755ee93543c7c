"""What a benchmark ran on, and whether its clock can be trusted there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


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
