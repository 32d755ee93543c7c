"""What a metric, an extractor and a score are."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

if TYPE_CHECKING:
    from benchmark.metrics.clip import Clip


class MetricRefused(ValueError):
    """A metric that cannot be used: unknown, or unavailable; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Features:
    """What an extractor keeps of one clip: arrays by name and a few JSON-able facts. Nothing else goes to disk."""

    arrays: Mapping[str, np.ndarray]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.arrays[name]

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self.arrays.values())


@dataclass(frozen=True)
class Result:
    """A metric's answer: a value in [0, 1], or None with a reason in one sentence; diagnostics are JSON-able."""

    value: float | None
    reason: str | None = None
    diagnostics: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Score:
    """One metric's value for one pair of clips.

    `value` lies in [0, 1], higher is closer; it is None where the metric is undefined, and `reason` then says why in
    one sentence. `dimension` is the question the metric aims at: "appearance" or "motion". `diagnostics` is JSON-able.
    """

    value: float | None
    dimension: str
    reason: str | None
    version: str
    parameters: dict[str, Any]
    parameters_digest: str
    extractor: str
    diagnostics: dict[str, Any]


class Extractor(ABC):
    """Turns a clip into features, kept by (clip sha256, name, version, digest of parameters)."""

    name: ClassVar[str]
    version: ClassVar[str]

    def __init__(self, parameters: Any = None) -> None:
        self.parameters = parameters

    @property
    def digest(self) -> str:
        return digest_of(as_dict(self.parameters))

    @property
    def label(self) -> str:
        """The extractor as a score records it: name, version and parameters in one word."""
        return f"{self.name}/{self.version}/{self.digest[:8]}"

    @abstractmethod
    def extract(self, clip: Clip) -> Features:
        """The features of one clip, whatever it shows: a still or empty clip has features too."""


class Metric(ABC):
    """A named, versioned function of (reference clip, candidate clip) to a value in [0, 1], higher is closer.

    Subclasses declare the facts below and define `compare`. Change `version` whenever a value could change.
    """

    name: ClassVar[str]
    version: ClassVar[str]
    dimension: ClassVar[str]  # "appearance" or "motion"
    description: ClassVar[str] = ""
    licence: ClassVar[str] = "GPL-3.0-or-later"
    needs_weights: ClassVar[bool] = False
    higher_is_better: ClassVar[bool] = True
    baseline: ClassVar[bool] = False
    extractor: Extractor

    def __init__(self, parameters: Any = None) -> None:
        self.parameters = parameters

    @property
    def parameters_dict(self) -> dict[str, Any]:
        """Every number that the value depends on: the metric's own and its extractor's."""
        return {**as_dict(self.parameters), "extractor": as_dict(self.extractor.parameters)}

    @property
    def digest(self) -> str:
        return digest_of(self.parameters_dict)

    def available(self) -> str | None:
        """None when the metric can be used here, else one sentence with the command that makes it so."""
        return None

    @abstractmethod
    def compare(self, reference: Features, candidate: Features) -> Result:
        """The value for two clips' features; must not depend on anything else."""


def as_dict(parameters: Any) -> dict[str, Any]:
    if parameters is None:
        return {}
    return (
        asdict(parameters)
        if is_dataclass(parameters) and not isinstance(parameters, type)
        else dict(parameters)
    )


def digest_of(parameters: Mapping[str, Any]) -> str:
    """A short name for a set of parameters that does not depend on their order."""
    text = json.dumps(parameters, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
