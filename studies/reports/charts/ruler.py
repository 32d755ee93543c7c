"""The ruler: metrics on one axis with the raters they would replace. And the matrix: metric by dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from studies.reports.charts.dots import dots, label_room

AXIS = "AUC for a single preference"
TICKS = "dashes: a coin; 1, 2, 3, all other raters"


def ruler(
    panels: Sequence[tuple[str, list[dict[str, Any] | None], list[tuple[float, str]]]],
) -> dict[str, Any]:
    """One panel per dimension: (title, metric dots, human ticks). All share the axis from a coin to perfection."""
    lowest = min([0.45, *(row["low"] for _, rows, _ in panels for row in rows if row)])
    drawn = []
    for place, (title, rows, ticks) in enumerate(panels, 1):
        axis = [AXIS, TICKS] if place == len(panels) else None
        panel = dots(rows, axis, domain=(lowest, 1.0), lines=[(0.5, "coin"), *ticks])
        drawn.append({"title": {"text": title, "anchor": "start", "offset": 22}, **panel})
    return {"vconcat": drawn, "spacing": 24}


def matrix(
    cells: Sequence[dict[str, Any]],
    rows: Sequence[str],
    columns: Sequence[str],
    domain: tuple[float, float] = (0.5, 1.0),
) -> dict[str, Any]:
    """Cells of {row, column, value, words, own}, shaded by value over ``domain``; ``own`` ones, where a metric meets
    the dimension it claims, are framed."""
    x: dict[str, Any] = {
        "field": "column",
        "type": "nominal",
        "sort": list(columns),
        "title": None,
        "axis": {"orient": "top", "labelAngle": 0 if len(columns) < 5 else -35, "labelAlign": "left"},
    }
    if len(columns) < 5:
        del x["axis"]["labelAlign"]
    y = {
        "field": "row",
        "type": "nominal",
        "sort": list(rows),
        "title": None,
        "axis": {"minExtent": label_room(rows)},
    }
    shade = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": list(domain), "clamp": True},
        "legend": None,
    }
    return {
        "data": {"values": list(cells)},
        "usermeta": {"share": min(1.0, 0.25 * max(len(columns), 2))},
        "height": {"step": 44},
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "rect", "cornerRadius": 3}, "encoding": {"color": shade}},
            {
                "transform": [{"filter": "datum.own"}],
                "mark": {
                    "type": "rect",
                    "filled": False,
                    "strokeWidth": 3,
                    "stroke": "#d55e00",
                    "cornerRadius": 3,
                },
            },
            {
                "mark": {"type": "text", "style": "ink", "fontSize": 15, "fontWeight": 600},
                "encoding": {"text": {"field": "words"}},
            },
        ],
    }
