"""Which metric's scores a page shows: what there is to choose, and what is worth saying about the chosen one."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.http import urlencode

from benchmark.aggregate.leaderboard import DIMENSIONS, MetricVersion
from benchmark.metrics import Metric, MetricRefused, registry

TITLES = {"appearance": "Appearance", "motion": "Motion"}


@dataclass(frozen=True)
class Option:
    """One line of a list: the value that its form sends, and its words."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class Dimension:
    """A dimension's chosen metric, and what may be chosen instead, baselines apart."""

    key: str
    title: str
    version: MetricVersion | None
    metrics: list[Option]
    baselines: list[Option]
    about: str
    first: bool  # systems are sorted by it
    sorting: str  # the query that sorts by it

    @property
    def open(self) -> bool:
        return len(self.metrics) + len(self.baselines) > 1


def wanted(request: HttpRequest) -> dict[str, str]:
    return {key: request.GET.get(key, "") for key in DIMENSIONS}


def order(request: HttpRequest) -> str:
    """The dimension that systems are sorted by."""
    asked = request.GET.get("order")
    return asked if asked in DIMENSIONS else DIMENSIONS[0]


def address(request: HttpRequest, **changes: str) -> str:
    """The query of the page's choices with `changes`, or nothing where nothing was chosen."""
    known = {key: request.GET.get(key, "") for key in (*DIMENSIONS, "order")} | changes
    return urlencode({key: value for key, value in known.items() if value})


def dimensions(
    request: HttpRequest,
    found: dict[str, tuple[MetricVersion, ...]],
    chosen: dict[str, MetricVersion | None],
) -> list[Dimension]:
    told = []
    for key in DIMENSIONS:
        metrics: list[Option] = []
        baselines: list[Option] = []
        newest: set[str] = set()
        for version in found[key]:
            words = version.metric
            if version.metric in newest:  # its scores were kept when version or parameters changed
                words += f", earlier: version {version.version}, parameters {version.parameters_digest[:8]}"
            newest.add(version.metric)
            known = _known(version.metric)
            kind = baselines if known and known.baseline else metrics
            kind.append(Option(version.key, words, version == chosen[key]))
        told.append(
            Dimension(
                key,
                TITLES[key],
                chosen[key],
                metrics,
                baselines,
                _about(chosen[key]),
                key == order(request),
                address(request, order=key),
            )
        )
    return told


def _known(name: str) -> Metric | None:
    """The metric as it is declared today; scores outlive the package that made them."""
    try:
        return registry.get(name)
    except MetricRefused:
        return None


def _about(version: MetricVersion | None) -> str:
    if version is None or (metric := _known(version.metric)) is None:
        return ""
    kind = "A baseline. " if metric.baseline else ""
    return f"{kind}{metric.description} Licence: {metric.licence}."
