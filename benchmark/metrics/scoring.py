"""Scoring one pair of clips."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from benchmark.metrics.base import Extractor, Features, Metric, Result, Score
from benchmark.metrics.cache import FeatureCache
from benchmark.metrics.clip import Clip
from benchmark.metrics.registry import registry

Progress = Callable[[str, float], None]


def score(
    reference: Path | str,
    candidate: Path | str,
    metrics: Sequence[str] | None = None,
    *,
    cache: FeatureCache | None = None,
    progress: Progress | None = None,
) -> dict[str, Score]:
    """Each metric's value for one pair of clips, by name; without names, the embedded metrics'.

    `progress(sentence, share)` is called before each step with the share done in [0, 1]. Raises MetricRefused for a
    metric that is unknown or unavailable, and VideoRefused for a clip that cannot be read, before anything is computed.
    """
    chosen = [
        registry.usable(name) for name in dict.fromkeys(registry.embedded() if metrics is None else metrics)
    ]
    clips = Clip.open(reference), Clip.open(candidate)
    same = clips[0].sha256 == clips[1].sha256
    features: dict[tuple[str, str], tuple[Features, float]] = {}
    steps, done = len(chosen) * (2 if same else 3), 0

    def announce(sentence: str) -> None:
        nonlocal done
        if progress is not None:
            progress(sentence, done / steps)
        done += 1

    # Clip by clip, so that only one clip's frames are in memory at a time.
    for clip, role in zip(clips[:1] if same else clips, ("reference", "candidate"), strict=False):
        for metric in chosen:
            announce(f"{metric.name}: looking at the {role}")
            key = clip.sha256, metric.extractor.label
            if key not in features:
                features[key] = features_of(clip, metric.extractor, cache)
        clip.release()
    scores = {}
    for metric in chosen:
        announce(f"{metric.name}: comparing")
        (a, spent_a), (b, spent_b) = (features[clip.sha256, metric.extractor.label] for clip in clips)
        scores[metric.name] = _score(metric, a, b, same, {"reference": spent_a, "candidate": spent_b})
    if progress is not None:
        progress("done", 1.0)
    return scores


def features_of(clip: Clip, extractor: Extractor, cache: FeatureCache | None) -> tuple[Features, float]:
    """The features, kept or extracted, and the seconds it took to get them."""
    began = time.perf_counter()
    if cache is None:
        return extractor.extract(clip), time.perf_counter() - began
    features = cache.get(clip.sha256, extractor)
    if features is None:
        with cache.alone(clip.sha256):
            features = cache.get(clip.sha256, extractor)  # by another process while this one waited
            if features is None:
                features = extractor.extract(clip)
                cache.put(clip.sha256, extractor, features)
    return features, time.perf_counter() - began


def _score(metric: Metric, a: Features, b: Features, same: bool, seconds: dict[str, float]) -> Score:
    began = time.perf_counter()
    result = metric.compare(a, b)
    if same and result.value is not None:
        result = replace(result, value=1.0)  # the same bytes are the same clip, whatever rounding says
    value = None if result.value is None else min(1.0, max(0.0, float(result.value)))
    seconds = {**seconds, "compare": time.perf_counter() - began}
    diagnostics = {**result.diagnostics, "seconds": {key: round(spent, 4) for key, spent in seconds.items()}}
    return Score(
        value=value,
        dimension=metric.dimension,
        reason=_reason(result, metric),
        version=metric.version,
        parameters=metric.parameters_dict,
        parameters_digest=metric.digest,
        extractor=metric.extractor.label,
        diagnostics=diagnostics,
    )


def _reason(result: Result, metric: Metric) -> str | None:
    if result.value is not None:
        return None
    return result.reason or f"{metric.name} is undefined for this pair and gave no reason."
