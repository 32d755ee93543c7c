"""The metrics that exist here: our own, and those that other packages add by an entry point."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from importlib.metadata import entry_points

from benchmark.metrics.base import Metric, MetricRefused

GROUP = "diptych.metrics"
DIMENSIONS = ("appearance", "motion")
OWN = (
    "benchmark.metrics.appearance:ObjectAppearance",
    "benchmark.metrics.trajectory:Trajectory",
    "benchmark.metrics.dreamsim:DreamSimSingle",
    "benchmark.metrics.dreamsim:DreamSimEnsemble",
    "benchmark.metrics.cotracker:CoTracker",
    "benchmark.metrics.baselines:MultiScaleSSIM",
    "benchmark.metrics.baselines:GradientDeviation",
    "benchmark.metrics.baselines:PixelError",
    "benchmark.metrics.baselines:Histogram",
    "benchmark.metrics.baselines:MotionEnergy",
)


class Registry:
    """Metrics by name. Our own come first, then those of the entry points, read at the first use."""

    def __init__(self, own: tuple[str, ...] = OWN, group: str | None = GROUP) -> None:
        self._own = own
        self._group = group
        self._added: dict[str, Metric] = {}

    @cached_property
    def _declared(self) -> dict[str, Metric]:
        metrics: dict[str, Metric] = {}
        for path in self._own:
            module, _, name = path.partition(":")
            _add(metrics, getattr(import_module(module), name)(), path)
        for point in entry_points(group=self._group) if self._group else ():
            try:
                metric = point.load()()
            except (
                Exception
            ) as error:  # whatever another package's code raises; told, with its name, not hidden
                raise MetricRefused(
                    f"The installed metric {point.name} ({point.value}) cannot be loaded: {error}. "
                    "Mend or uninstall its package."
                ) from error
            _add(metrics, metric, point.value)
        return metrics

    def register(self, metric: Metric) -> Metric:
        """Adds a metric for this process; raises MetricRefused when it is declared badly or its name is taken."""
        if metric.name in self._declared:
            raise MetricRefused(f"There is already a metric named {metric.name}; give yours another name.")
        _add(self._added, metric, type(metric).__qualname__)
        return metric

    def unregister(self, name: str) -> None:
        self._added.pop(name, None)

    def __iter__(self) -> Iterator[Metric]:
        return iter([*self._declared.values(), *self._added.values()])

    def __contains__(self, name: str) -> bool:
        return any(metric.name == name for metric in self)

    def names(self) -> list[str]:
        return [metric.name for metric in self]

    def get(self, name: str) -> Metric:
        """The metric of that name; raises MetricRefused with the names there are."""
        for metric in self:
            if metric.name == name:
                return metric
        raise MetricRefused(f"There is no metric named {name}; choose among {', '.join(self.names())}.")

    def usable(self, name: str) -> Metric:
        """The metric of that name, ready to use; raises MetricRefused with the sentence that says what is missing."""
        metric = self.get(name)
        if missing := metric.available():
            raise MetricRefused(missing)
        return metric

    def embedded(self) -> list[str]:
        """The names of the default metrics: those that need no weights and are no baselines."""
        own = [m for m in self._declared.values() if type(m).__module__.startswith("benchmark.metrics.")]
        return [metric.name for metric in own if not metric.needs_weights and not metric.baseline]


def _add(metrics: dict[str, Metric], metric: Metric, where: str) -> None:
    for fact in ("name", "version", "dimension", "extractor"):
        if not getattr(metric, fact, None):
            raise MetricRefused(f"The metric at {where} does not declare its {fact}; add it to the class.")
    if metric.dimension not in DIMENSIONS:
        raise MetricRefused(
            f"The metric {metric.name} aims at {metric.dimension}; its dimension must be appearance or motion."
        )
    if metric.name in metrics:
        raise MetricRefused(f"Two metrics are named {metric.name}; the one at {where} needs another name.")
    metrics[metric.name] = metric


registry = Registry()
