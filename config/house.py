"""The web server and the worker on one machine: started together, ended together (`make demo`, `make serve`)."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

GRACE_S = 15.0
START_S = 180.0


class StartFailed(RuntimeError):
    """A process of the house did not come up; the text says which and where its log is."""


def free_port(wished: int) -> int:
    """The wished port, or the first free one after it."""
    for port in range(wished, wished + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise StartFailed(
        f"No port from {wished} to {wished + 49} is free: end another server or give another PORT to make."
    )


class House:
    """Context manager over the child processes. Each has its own session, so that Ctrl-C reaches only the supervisor,
    which then ends them in order: the worker may finish what it holds for a while, and nothing is left behind."""

    def __init__(self, port: int, workers: int, logs: Path) -> None:
        self.port = port
        self.workers = workers
        self.logs = logs
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._hurried = False

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def __enter__(self) -> House:
        self.logs.mkdir(parents=True, exist_ok=True)
        bind = f"127.0.0.1:{self.port}"
        try:
            self._start(
                "web",
                "gunicorn",
                "config.wsgi",
                "--bind",
                bind,
                "--workers",
                "2",
                "--threads",
                "8",
                "--no-control-socket",
            )
            self._start(
                "worker", "celery", "--app", "config.celery", "worker", "--beat",
                "--concurrency", str(self.workers), "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
            )  # fmt: skip
            self._await_web()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.stop()

    def check(self) -> None:
        """Raises StartFailed when a child has ended by itself."""
        for name, child in self._children.items():
            if child.poll() is not None:
                raise StartFailed(f"The {name} process ended by itself; its log is {self.logs / name}.log.")

    def stop(self) -> None:
        """End every child: politely, then after a while for good, with all that it started."""
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + GRACE_S
        for child in self._children.values():
            while child.poll() is None and time.monotonic() < deadline and not self._hurried:
                time.sleep(0.05)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self._children.clear()

    def hurry(self) -> None:
        """Have a `stop` that goes on, or comes, wait for nobody; may be called by a signal's handler."""
        self._hurried = True

    def _start(self, name: str, module: str, *arguments: str) -> None:
        environment = {**os.environ, "DIPTYCH_SITE_URL": self.address, "PYTHONUNBUFFERED": "1"}
        with (self.logs / f"{name}.log").open("ab") as log:
            self._children[name] = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )

    def _await_web(self) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            self.check()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5):
                    return
            except urllib.error.HTTPError as error:
                raise StartFailed(
                    f"The web server answers with an error; its log is {self.logs / 'web'}.log."
                ) from error
            except OSError:
                time.sleep(0.1)
        raise StartFailed(
            f"The web server did not answer within {START_S:.0f} s; its log is {self.logs / 'web'}.log."
        )
