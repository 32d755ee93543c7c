"""Figures as they stand in tables."""

from __future__ import annotations

from django import template

from benchmark.aggregate.estimates import Estimate
from benchmark.validation.statistics import Cell

register = template.Library()
NONE = "–"


@register.filter
def score(value: float | None) -> str:
    """.83 as papers print it; a dash where it is undefined."""
    if value is None:
        return NONE
    return "1.00" if value >= 0.995 else f"{value:.2f}".removeprefix("0")


@register.filter
def percent(value: float | None) -> str:
    return NONE if value is None else f"{100 * value:.1f} %"


@register.filter
def beside_score(estimate: Estimate) -> str:
    """What stands beside a mean: its interval and n, as .79–.86 · n 14."""
    ends = "" if estimate.low is None else f"{score(estimate.low)}–{score(estimate.high)} · "
    return f"{ends}n {estimate.n}" if estimate.n else ""


@register.filter
def beside_percent(estimate: Estimate) -> str:
    """What stands beside a rate: its interval and n, as 65–100 · n 7."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{100 * estimate.low:.0f}–{100 * estimate.high:.0f} · n {estimate.n}"


@register.filter
def title_of(titles: dict[str, str], kind: str) -> str:
    """A kind of work in words, or its name where this process does not know it."""
    return titles.get(kind, kind)


@register.filter
def ladder(cell: Cell) -> list[tuple[str, str]]:
    """Where the dots of a cell's levels stand in a picture of 100 × 28."""
    n = len(cell.values)
    return [
        (f"{10 + 80 * (place / (n - 1) if n > 1 else 0.5):.1f}", f"{24 - 20 * value:.1f}")
        for place, value in enumerate(cell.values)
        if value is not None
    ]
