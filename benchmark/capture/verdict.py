"""From what was seen to one status and one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from benchmark.capture.result import Status


@dataclass(frozen=True)
class Seen:
    """The facts a verdict is made of."""

    stopped: Status | None = None
    stopped_at: str = ""
    left_for: str | None = None
    tried_to_leave: bool = False
    unreachable: tuple[str, ...] = ()
    """Addresses elsewhere that it asked for."""
    absent: tuple[str, ...] = ()
    """Files that it looked for in its folder."""
    errors: tuple[str, ...] = ()
    blank: bool = False
    static: bool = False


def judge(seen: Seen) -> tuple[Status, str | None]:
    """The status, and why when it is not ``ok``: the cause before the symptom.

    >>> judge(Seen(static=True, unreachable=("https://cdn.example/a.js",)))[0]
    'needs_network'
    >>> judge(Seen(unreachable=("https://cdn.example/font.css",)))
    ('ok', None)
    >>> judge(Seen(static=True, absent=("a.js",)))
    ('static', 'Nothing moves: every frame is the same. Its folder lacks a.js.')
    """
    if seen.stopped is not None:
        return seen.stopped, seen.stopped_at
    if seen.left_for is not None:
        return "navigated_away", f"The page left itself for {seen.left_for}; it was captured until then."
    if seen.tried_to_leave:
        return "navigated_away", "The page tried to leave itself; it was kept where it was."
    # A page that moves without what it was refused did not need it.
    if seen.unreachable and (seen.errors or seen.blank or seen.static):
        return "needs_network", f"The page needs what it may not load: {_listed(seen.unreachable)}."
    lacks = f" Its folder lacks {_listed(seen.absent)}." if seen.absent else ""
    if seen.errors:
        return "script_error", f"The page's script failed: {seen.errors[0]}.{lacks}"
    if seen.blank:
        return "blank", f"Nothing was drawn: every frame is one single colour.{lacks}"
    if seen.static:
        return "static", f"Nothing moves: every frame is the same.{lacks}"
    return "ok", None


def _listed(addresses: tuple[str, ...]) -> str:
    shown = ", ".join(addresses[:3])
    more = len(addresses) - 3
    return f"{shown} and {more} more" if more > 0 else shown
