"""Which clips of a dataset one would capture again on a better machine, or a calmer one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from benchmark.models import Animation, Dataset, Outcome, Reconstruction

STOPPED = (Outcome.TIMED_OUT, Outcome.CRASHED, Outcome.OUT_OF_MEMORY)


@dataclass(frozen=True)
class Doubtful:
    """Captures of pages (uploaded clips are not meant) that may not show what the page does."""

    inexact: tuple[Animation | Reconstruction, ...]
    """Their frames may not stand at their exact moments."""
    stopped: tuple[Animation | Reconstruction, ...]
    """They went beyond a bound of time or memory, which a busy machine makes likelier."""

    @property
    def all(self) -> tuple[Animation | Reconstruction, ...]:
        return (*self.inexact, *self.stopped)


def doubtful(dataset: Dataset) -> Doubtful:
    """A capture that was stopped is counted there only."""
    inexact: list[Animation | Reconstruction] = []
    stopped: list[Animation | Reconstruction] = []
    wanted = Q(outcome__in=STOPPED) | Q(clip__exact=False)
    for found in (
        Animation.objects.filter(wanted, dataset=dataset).exclude(source=""),
        Reconstruction.objects.filter(wanted, system__dataset=dataset).exclude(source=""),
    ):
        for item in found.order_by("pk"):
            (stopped if item.outcome in STOPPED else inexact).append(item)
    return Doubtful(tuple(inexact), tuple(stopped))
