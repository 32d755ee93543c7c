"""What was seen: one metric's value for one animation, got wrong in one way to one degree."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmark.metrics import registry

OBSERVATIONS = "observations.jsonl"


@dataclass(frozen=True)
class Observation:
    """`dimension` is the only one the perturbation changes ("both" for either); `level` counts from 1, slight to grave,
    up to `levels`. `value` is None where the metric is undefined. `reference` and `candidate` are the clips' sha256."""

    animation: str
    perturbation: str
    dimension: str
    level: int
    levels: int
    metric: str
    version: str
    parameters_digest: str
    metric_dimension: str
    value: float | None
    reference: str
    candidate: str


class Store:
    """Observations in a file of JSON lines in a folder. A run may be killed while it writes: a torn line is left out, and its
    observations are made again."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / OBSERVATIONS

    def read(self) -> list[Observation]:
        """The newest observation of each (animation, perturbation, level) by each metric in each version and with each set
        of parameters, in the order of the first ones."""
        if not self.path.is_file():
            return []
        found: dict[tuple[str, str, int, str, str, str], Observation] = {}
        for line in self.path.read_text("utf-8").splitlines():
            try:
                one = Observation(**json.loads(line))
            except (ValueError, TypeError):
                continue
            how = (one.metric, one.version, one.parameters_digest)
            found[(one.animation, one.perturbation, one.level, *how)] = one
        return list(found.values())

    def add(self, observations: Iterable[Observation]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps(asdict(one)) + "\n" for one in observations)
        with self.path.open("ab+") as file:
            if file.tell():
                file.seek(-1, os.SEEK_END)
                text = text if file.read(1) == b"\n" else f"\n{text}"
            file.write(text.encode())


def of_versions_here(observations: Sequence[Observation]) -> list[Observation]:
    """Those made by the metrics as they are here: what another version or other parameters gave is never averaged with
    them. Of a metric that is not installed here, those of the version that came last."""
    last = {one.metric: (one.version, one.parameters_digest) for one in observations}
    here = last | {metric.name: (metric.version, metric.digest) for metric in registry}
    return [one for one in observations if (one.version, one.parameters_digest) == here[one.metric]]
