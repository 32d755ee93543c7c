"""The processes below one: which they are, what they hold, and when they have ended.

Asked many times a second beside every capture, so read from /proc by hand where there is one: psutil reads every process of
the machine to find the children of one, and took a tenth of what a whole capture takes.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import select
import time

import psutil

_HELD = re.compile(rb"^Rss(?:Anon|Shmem):\s*(\d+) kB", re.MULTILINE)


@functools.cache
def _children_are_listed() -> bool:
    """Whether this system says what a process has started without a look at all the others (Linux mostly does)."""
    return os.path.exists(f"/proc/self/task/{os.getpid()}/children")


def tree_of(first: int) -> list[int]:
    """``first`` and everything below it, parents before children; empty when it is gone."""
    if not psutil.pid_exists(first):
        return []
    if not _children_are_listed():
        with contextlib.suppress(psutil.Error):
            return [first, *(each.pid for each in psutil.Process(first).children(recursive=True))]
        return []
    found = [first]
    for pid in found:
        found += _children(pid)
    return found


def _children(pid: int) -> list[int]:
    """What each thread of a process has started and not yet collected."""
    children: list[int] = []
    with contextlib.suppress(OSError):  # it has just ended
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                children += map(int, _read(f"/proc/{pid}/task/{thread}/children").split())
    return children


def private_bytes(pid: int) -> int:
    """Bytes the process holds beside mapped files, which all processes of a browser share; 0 when it is gone."""
    try:
        return sum(int(kilobytes) * 1024 for kilobytes in _HELD.findall(_read(f"/proc/{pid}/status")))
    except OSError:
        pass
    with contextlib.suppress(psutil.Error):
        return int(psutil.Process(pid).memory_info().rss)
    return 0


def await_end(pids: list[int], seconds: float) -> None:
    """Wait until all have ended, or for ``seconds``. A zombie has: it holds nothing, and its parent may take its time."""
    deadline = time.monotonic() + seconds
    for pid in pids:
        if hasattr(os, "pidfd_open"):
            _await_descriptor(pid, deadline)
        while _runs(pid) and time.monotonic() < deadline:
            time.sleep(0.005)


def _await_descriptor(pid: int, deadline: float) -> None:
    with contextlib.suppress(OSError):  # gone, or a system that has none
        descriptor = os.pidfd_open(pid)
        try:
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            poll.poll(max(0.0, deadline - time.monotonic()) * 1000)
        finally:
            os.close(descriptor)


def _runs(pid: int) -> bool:
    with contextlib.suppress(psutil.Error):
        return psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    return False


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, 1 << 16)
    finally:
        os.close(descriptor)
