"""The kinds of background work there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from benchmark.models import Job


class Report(Protocol):
    """Called by a running job: progress in [0, 1] and a few words. Raises LeaseLost when the job is another's now.

    A report of 1 is never skipped: make it before writing what was found."""

    def __call__(self, progress: float, message: str = "") -> None: ...


Run = Callable[[Job, Report], None]


@dataclass(frozen=True)
class Kind:
    name: str
    title: str
    run: Run


class PermanentError(Exception):
    """What the work found makes a retry pointless; its text is the one sentence people read."""


class SourceChanged(Exception):
    """What the job worked on changed under its hands: it is done again at once, and nobody is at fault."""


_kinds: dict[str, Kind] = {}


def job_kind(name: str, title: str) -> Callable[[Run], Run]:
    """Declare a function to be the work of that kind. It may run twice and must then change nothing."""

    def declare(run: Run) -> Run:
        _kinds[name] = Kind(name, title, run)
        return run

    return declare


def get_kind(name: str) -> Kind:
    if name not in _kinds:
        raise PermanentError(
            f"This worker knows no job of kind “{name}”: restart it with the current version of Diptych."
        )
    return _kinds[name]


def kind_titles() -> dict[str, str]:
    return {kind.name: kind.title for kind in _kinds.values()}
