"""How like a candidate clip is to its reference: named, versioned measures with values in [0, 1]. Knows no Django.

    from benchmark.metrics import FeatureCache, score

    scores = score("reference.mp4", "candidate.mp4", cache=FeatureCache("features"))
    scores["trajectory"].value

Without names the embedded metrics are used, which need no weights: `object-appearance` and `trajectory`.
"""

from __future__ import annotations

from benchmark.metrics.base import Extractor, Features, Metric, MetricRefused, Result, Score
from benchmark.metrics.cache import FeatureCache
from benchmark.metrics.clip import Clip
from benchmark.metrics.registry import registry
from benchmark.metrics.scoring import score

__all__ = [
    "Clip",
    "Extractor",
    "FeatureCache",
    "Features",
    "Metric",
    "MetricRefused",
    "Result",
    "Score",
    "registry",
    "score",
]
