"""One metric from near: its ROC, its differences against the votes, its agreement by size of difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def roc(curves: Sequence[tuple[str, Sequence[Sequence[float]]]]) -> dict[str, Any]:
    """Curves of (false positive rate, true positive rate), one per dimension."""
    names = [name for name, _ in curves]
    values = [
        {"series": name, "false": false, "true": true, "step": step}
        for name, points in curves
        for step, (false, true) in enumerate(points)
    ]
    colour = {"field": "series", "type": "nominal", "scale": {"domain": names}, "title": None}
    unit = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"tickCount": 5}}
    return {
        "usermeta": {"share": 0.55, "square": True},
        "layer": [
            {
                "data": {"values": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]},
                "mark": {"type": "line", "style": "quiet"},
                "encoding": {"x": {"field": "x", **unit}, "y": {"field": "y", **unit}},
            },
            {
                "data": {"values": values},
                "mark": {"type": "line"},
                "encoding": {
                    "x": {"field": "false", **unit, "title": "preferences for B called A"},
                    "y": {"field": "true", **unit, "title": "preferences for A called A"},
                    "color": colour,
                    "strokeDash": colour,
                    "order": {"field": "step"},
                },
            },
        ],
    }


def scatter(points: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Δ against the mean vote; the area of a dot is the number of comparisons there."""
    return {
        "data": {"values": list(points)},
        "height": 240,
        "layer": [
            {
                "mark": {"type": "rule", "style": "quiet"},
                "data": {"values": [{"x": 0}]},
                "encoding": {"x": {"field": "x", "type": "quantitative"}},
            },
            {
                "mark": {"type": "point", "opacity": 0.55},
                "encoding": {
                    "x": {
                        "field": "delta",
                        "type": "quantitative",
                        "title": "Δ: score of A minus score of B",
                        "axis": {"tickCount": 6},
                    },
                    "y": {
                        "field": "vote",
                        "type": "quantitative",
                        "title": "mean vote",
                        "scale": {"domain": [-1, 1]},
                        "axis": {
                            "values": [-1, 0, 1],
                            "labelExpr": "datum.value == 0 ? 'equal' : datum.value > 0 ? 'all A' : 'all B'",
                        },
                    },
                    "size": {
                        "field": "n",
                        "type": "quantitative",
                        "legend": None,
                        "scale": {"range": [20, 400]},
                    },
                },
            },
        ],
    }
