"""A metric from near: where its differences lie against people's votes, and where the two part most."""

from __future__ import annotations

from typing import Any

import numpy as np

from studies.analysis.scores import MetricScores, Predictor
from studies.analysis.table import RatingTable

WORST = 30
BINS = 48


def close_up(table: RatingTable, metric: Predictor) -> dict[str, Any]:
    """Points of Δ against the mean vote, binned so that their number stays bounded, and the worst disagreements.

    A comparison's disagreement is −Δ/RMS(Δ) times its mean vote: large where a big difference points against a clear
    majority. Votes are −1 (B), 0 (equal), +1 (A). A judge has verdicts and no scores.
    """
    delta = metric.delta(table)
    nothing = np.full(table.n_units, np.nan)
    first, second = metric.sides(table) if isinstance(metric, MetricScores) else (nothing, nothing)
    counts = table.counts
    n = counts.sum(1)
    mean = (counts[:, 2] - counts[:, 0]) / np.maximum(n, 1)
    known = np.flatnonzero(~np.isnan(delta))
    scale = float(np.sqrt(np.mean(delta[known] ** 2))) if len(known) else 0.0
    if scale == 0.0:
        return {"points": [], "worst": []}
    against = -delta / scale * mean
    order = [unit for unit in known[np.lexsort((known, -against[known]))] if against[unit] > 0][:WORST]
    return {
        "points": _points(delta[known], mean[known]),
        "worst": [
            {
                "animation": table.animation_labels[table.unit_animation[unit]],
                "a": table.pair_label(unit)[0],
                "b": table.pair_label(unit)[1],
                "score_a": float(first[unit]),
                "score_b": float(second[unit]),
                "delta": float(delta[unit]),
                "votes": [int(x) for x in counts[unit]],
                "disagreement": float(against[unit]),
            }
            for unit in order
        ],
    }


def _points(delta: Any, mean: Any) -> list[dict[str, float]]:
    width = max(float(np.abs(delta).max()) * 2 / BINS, 1e-12)
    cells = np.column_stack([np.round(delta / width), np.round(mean * 12)])
    found, count = np.unique(cells, axis=0, return_counts=True)
    return [
        {"delta": float(x * width), "vote": float(y / 12), "n": int(n)}
        for (x, y), n in zip(found, count, strict=True)
    ]
