"""One browser process for one capture: started shut in, watched, and killed with everything it started."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from benchmark.capture.browser import Browser, BrowserMissing
from benchmark.capture.cdp import BrowserGone, Connection, NoAnswer, make_pipes
from benchmark.capture.isolation import NOBODY, Isolation, isolation_for
from benchmark.capture.result import Limits
from benchmark.capture.tree import await_end, private_bytes, tree_of

PREFIX = "diptych-capture-"
LAUNCH_SECONDS = 30.0

WATCH_SECONDS = (0.05, 0.2)
FILLED = 3e9
"""Bytes of memory that a core can lay hold of in a second, at most: how long the watchdog may look away."""
WATCH_DISK_SECONDS = 0.5


class BrowserProcess:
    """A running browser with its DevTools connection, as a context manager.

    On leaving, its whole process tree is killed and its temporary folder removed. `overrun` says what the watchdog
    stopped it for, if it did.
    """

    def __init__(self, browser: Browser, size: tuple[int, int], limits: Limits) -> None:
        self.browser = browser
        self.limits = limits
        self.overrun: str | None = None
        self.isolation: Isolation = isolation_for(browser.path)
        self._size = size
        self._done = threading.Event()

    def __enter__(self) -> Self:
        sweep_leftovers()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        try:
            self._start()
            self._watchdog = threading.Thread(target=self._watch, name="capture-watchdog", daemon=True)
            self._watchdog.start()
            try:
                self.version = self.connection.call("Browser.getVersion", timeout=LAUNCH_SECONDS)["product"]
            except (BrowserGone, NoAnswer):
                raise BrowserMissing(
                    f"{self.browser.path} did not start as a browser{self._last_words()}; "
                    "install Debian's chromium-headless-shell or name another one in DIPTYCH_BROWSER."
                ) from None
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        if hasattr(self, "_watchdog"):
            self._watchdog.join()
        if hasattr(self, "pid"):
            self.kill()
            self.connection.close()
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.folder.exists():  # a dying process may have written while we removed
            time.sleep(0.1)
            shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        """Kill the process tree; safe to call again."""
        tree = tree_of(self.pid)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        for pid in tree:
            with contextlib.suppress(psutil.Error):
                psutil.Process(pid).kill()
        await_end(tree, 5.0)

    def _start(self) -> None:
        profile = self.folder / "profile"
        profile.mkdir()
        if os.geteuid() == 0 and self.isolation.user:
            closed = next((each for each in self.folder.parents if not each.stat().st_mode & 0o001), None)
            if closed is not None:
                raise BrowserMissing(
                    f"The browser runs as a user who may not enter {closed}, where its temporary files go; "
                    "let TMPDIR name a folder that everybody may enter, or unset it."
                )
            os.chown(self.folder, NOBODY, NOBODY)
            os.chown(profile, NOBODY, NOBODY)
        command = [
            *self.isolation.prefix,
            *self.browser.command(self._size, profile, sandbox=self.isolation.sandbox),
        ]
        # Nothing of our own environment but the way to programs and fonts: a page's clock is in UTC everywhere.
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
        }
        (commands_out, commands_in), (answers_out, answers_in) = make_pipes()
        self._log = self.folder / "browser.log"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        try:
            self.pid = os.posix_spawnp(
                command[0],
                command,
                environment,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 2, str(self._log), flags, 0o644),
                    (os.POSIX_SPAWN_DUP2, commands_out, 3),
                    (os.POSIX_SPAWN_DUP2, answers_in, 4),
                ],
                setsid=True,
            )
        except OSError as error:
            for end in (commands_in, answers_out):
                os.close(end)
            raise BrowserMissing(f"{self.browser.path} can't be started: {error.strerror}.") from None
        finally:
            os.close(commands_out)
            os.close(answers_in)
        self.connection = Connection(answers_out, commands_in)

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            lines = self._log.read_text(errors="replace").strip().splitlines()
            if lines:
                return f" ({lines[-1].strip()[:200]})"
        return ""

    def _watch(self) -> None:
        """Kill the browser when it holds more memory or disk than it may."""
        most, shortest, longest = self.limits.memory, *WATCH_SECONDS
        fills = FILLED * (os.cpu_count() or 1)
        look_at_disk = time.monotonic() + WATCH_DISK_SECONDS
        pause = shortest
        while not self._done.wait(pause):
            held = sum(map(private_bytes, tree_of(self.pid)))
            if held > most:
                self.overrun = "memory"
            elif time.monotonic() >= look_at_disk:
                look_at_disk = time.monotonic() + WATCH_DISK_SECONDS
                if _bytes_below(self.folder) > self.limits.disk:
                    self.overrun = "disk"
            if self.overrun:
                self.kill()
                return
            pause = min(max((most - held) / fills, shortest), longest)


def sweep_leftovers(folder: Path | None = None) -> int:
    """Remove temporary folders of captures whose process is gone (killed -9); returns how many."""
    swept = 0
    for path in (folder or Path(tempfile.gettempdir())).glob(f"{PREFIX}*-*"):
        owner = path.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(path, ignore_errors=True)
            swept += 1
    return swept


def _bytes_below(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(root, name)).st_blocks * 512
    return total
