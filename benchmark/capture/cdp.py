"""A small synchronous client of the Chrome DevTools Protocol over a pair of pipes.

Pipes rather than a web socket: they cross the network namespace that the browser is locked into, open no
port that a page could find, and close when either side dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import select
import time
from collections.abc import Callable
from typing import Any

Params = dict[str, Any]
Handler = Callable[[Params, str | None], None]

READ_BYTES = 1 << 20
ANSWER = re.compile(rb'\{"id":(\d+)[,}]')
PIPE_BYTES = 1 << 20  # one screenshot in few wake-ups; Linux grants 1 MiB to everyone


class BrowserGone(Exception):
    """The browser closed its end of the pipe: it crashed or was killed."""


class NoAnswer(Exception):
    """The browser did not answer, or an event did not come, before the deadline."""


class CommandRefused(Exception):
    """The browser answered a command with an error; ``str()`` is the browser's own message."""


def make_pipes() -> tuple[tuple[int, int], tuple[int, int]]:
    """Two pipes, ``(read, write)`` each, all four descriptors above 9 so that they can be moved to 3 and 4."""
    pipes = []
    for _ in range(2):
        ends = os.pipe()
        moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
        for end in ends:
            os.close(end)
        set_size = getattr(fcntl, "F_SETPIPE_SZ", None)
        if set_size is not None:
            with contextlib.suppress(OSError):
                fcntl.fcntl(moved[0], set_size, PIPE_BYTES)
        pipes.append((moved[0], moved[1]))
    return pipes[0], pipes[1]


class Connection:
    """Commands out, answers and events in. Not thread-safe: one capture, one thread.

    Events are given to their handler while some answer is awaited; a handler may send (`post`) but must not wait.
    """

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._next_id = 0
        self._buffer = bytearray()
        self._scanned = 0
        self._answers: dict[int, Params] = {}
        self._awaited: set[int] = set()
        self._handlers: dict[str, Handler] = {}
        self._poll = select.poll()
        self._poll.register(read_fd, select.POLLIN)
        self._room = select.poll()
        self._room.register(write_fd, select.POLLOUT)
        os.set_blocking(write_fd, False)

    def on(self, method: str, handler: Handler) -> None:
        """Call ``handler(params, session)`` for every event of this name."""
        self._handlers[method] = handler

    def post(self, method: str, params: Params | None = None, session: str | None = None) -> int:
        """Send a command and return its id; the answer is dropped."""
        self._next_id += 1
        message: Params = {"id": self._next_id, "method": method, "params": params or {}}
        if session is not None:
            message["sessionId"] = session
        self._write(json.dumps(message).encode() + b"\0")
        return self._next_id

    def call(
        self, method: str, params: Params | None = None, session: str | None = None, *, timeout: float = 10.0
    ) -> Params:
        """Send a command and return its result.

        Raises `CommandRefused`, `NoAnswer` (after ``timeout`` seconds) or `BrowserGone`.
        """
        return self.result(self.ask(method, params, session), method, timeout=timeout)

    def ask(self, method: str, params: Params | None = None, session: str | None = None) -> int:
        """Send a command whose answer `result` fetches later; returns its id."""
        command = self.post(method, params, session)
        self._awaited.add(command)
        return command

    def result(self, command: int, method: str, *, timeout: float = 10.0) -> Params:
        """The result of an `ask`; raises as `call`."""
        try:
            self.pump_until(lambda: command in self._answers, timeout, method)
        finally:
            self._awaited.discard(command)
        answer = self._answers.pop(command)
        if "error" in answer:
            raise CommandRefused(f"{method}: {answer['error'].get('message', 'refused')}")
        result: Params = answer.get("result", {})
        return result

    def pump_until(self, done: Callable[[], bool], timeout: float, what: str) -> None:
        """Handle what arrives until ``done()``; raises `NoAnswer` naming ``what`` after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while not done():
            left = deadline - time.monotonic()
            if left <= 0 or not self._read(left):
                raise NoAnswer(what)

    def pump(self, seconds: float) -> None:
        """Handle what arrives during the next ``seconds``."""
        with contextlib.suppress(NoAnswer):
            self.pump_until(lambda: False, seconds, "")

    def close(self) -> None:
        for end in (self._write_fd, self._read_fd):
            with contextlib.suppress(OSError):
                os.close(end)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        deadline = time.monotonic() + 10
        while view:
            try:
                view = view[os.write(self._write_fd, view) :]
            except BlockingIOError:
                # A browser that no longer reads must not block us for ever.
                left = deadline - time.monotonic()
                if left <= 0 or not self._room.poll(left * 1000):
                    raise NoAnswer("the browser takes no commands") from None
            except BrokenPipeError:
                raise BrowserGone from None

    def _read(self, timeout: float) -> bool:
        """Read once and handle every whole message; False when nothing came in time."""
        if not self._poll.poll(timeout * 1000):
            return False
        chunk = os.read(self._read_fd, READ_BYTES)
        if not chunk:
            raise BrowserGone
        self._buffer += chunk
        messages = []
        start = 0
        while (end := self._buffer.find(b"\0", self._scanned)) >= 0:
            messages.append(bytes(memoryview(self._buffer)[start:end]))
            start = self._scanned = end + 1
        del self._buffer[:start]
        self._scanned = len(self._buffer)
        for message in messages:
            # Two answers of five are to what was posted. Nobody waits for them, so nobody need read them.
            answer = ANSWER.match(message)
            if answer is None or int(answer[1]) in self._awaited:
                self._handle(json.loads(message))
        return True

    def _handle(self, message: Params) -> None:
        if "id" in message:
            if message["id"] in self._awaited:
                self._answers[message["id"]] = message
            return
        handler = self._handlers.get(message["method"])
        if handler is not None:
            handler(message.get("params", {}), message.get("sessionId"))
