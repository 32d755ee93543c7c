"""What a study that is still filling already says: α of the present ratings, and how many more are needed."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache

from studies.analysis.estimate import Estimate
from studies.analysis.planning import Needed, headline_interval, ratings_needed
from studies.models import Study
from studies.reports.dataset import load_tables, marker
from studies.reports.make import AT_ONCE, countable

WISHED = 0.05
LIMITS = (0.005, 0.5)


@dataclass(frozen=True)
class SoFar:
    """One dimension: its headline α as of now, and the ratings that α to ± wished still needs."""

    label: str
    headline: Estimate
    needed: Needed


def so_far(study: Study, wished: float = WISHED) -> list[SoFar] | None:
    """Every dimension, from the ratings as they are now; None where there are none, or too many to count on a page.

    The estimates are kept until the data change: a page may ask every few seconds.
    """
    n = countable(study)
    if not 0 < n <= AT_ONCE:
        return None
    key = f"so-far:{study.pk}:{marker(study)}"
    found: list[tuple[str, Estimate, int]] | None = cache.get(key)
    if found is None:
        labels = {d.key: d.label for d in study.dimensions.all()}
        found = [
            (labels[name], headline_interval(table), len(table)) for name, table in load_tables(study).items()
        ]
        cache.set(key, found, timeout=24 * 3600)
    return [
        SoFar(label, estimate, ratings_needed(estimate, ratings, wished))
        for label, estimate, ratings in found
    ]


def wished_of(asked: str | None) -> float:
    """The half-width somebody asked for, if it is a number within LIMITS; else WISHED."""
    try:
        value = float(asked or "")
    except ValueError:
        return WISHED
    return value if LIMITS[0] <= value <= LIMITS[1] else WISHED
