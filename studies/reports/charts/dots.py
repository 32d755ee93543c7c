"""Dot-and-interval plots: an estimate, its interval, and the lines it is read against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def dot_row(label: str, estimate: dict[str, Any], series: str = "") -> dict[str, Any] | None:
    """One dot; None where the estimate is undefined, for a chart shows only what is there."""
    if estimate["value"] is None:
        return None
    value = estimate["value"]
    low = value if estimate["low"] is None else estimate["low"]
    high = value if estimate["high"] is None else estimate["high"]
    return {"label": label, "series": series, "value": value, "low": low, "high": high}


def dots(
    rows: Sequence[dict[str, Any] | None],
    axis: str | list[str] | None,
    *,
    domain: tuple[float, float] | None = None,
    lines: Sequence[tuple[float, str]] = (),
    zero: bool = False,
) -> dict[str, Any]:
    """Estimates from left to right, one line each; rows of one label with several series stand below each other.
    Rows that say whether they are ``own`` are pale where they are not.

    lines   vertical marks with a word above them (a threshold, chance, the ceiling)
    """
    values = [row for row in rows if row is not None]
    marked = any("own" in row for row in values)
    labels = list(dict.fromkeys(row["label"] for row in values))
    series = list(dict.fromkeys(row["series"] for row in values))
    scale: dict[str, Any] = {"zero": zero, "nice": domain is None}
    if domain:
        scale["domain"] = list(domain)
    x = {"type": "quantitative", "scale": scale, "title": axis, "axis": {"tickCount": 6}}
    y: dict[str, Any] = {"field": "label", "type": "nominal", "sort": labels, "title": None}
    y["axis"] = {"minExtent": label_room(labels)}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "rule", "strokeWidth": 2},
            "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}},
        },
        {"mark": {"type": "point", "opacity": 1}, "encoding": {"x": {"field": "value", **x}}},
    ]
    if len(series) > 1:
        # The order goes into the scale: with `sort`, colour and shape would get a legend each.
        colour = {"field": "series", "type": "nominal", "scale": {"domain": series}, "title": None}
        below = {"field": "series", "sort": series}
        layers[0]["encoding"] |= {"color": {**colour, "legend": None}, "yOffset": below}
        layers[1]["encoding"] |= {"color": colour, "shape": colour, "yOffset": below}
    elif marked:
        quiet = {"condition": {"test": "datum.own", "value": 1}, "value": 0.45}
        for layer in layers:
            layer["encoding"]["opacity"] = quiet
    for layer in layers:
        layer["encoding"]["y"] = y
    return {
        "data": {"values": values},
        "height": {"step": 34 if len(series) <= 1 else 16 * len(series) + 16, "for": "position"},
        "layer": [*_lines(lines, x), *layers],
        # The rules keep a colour scale of their own, without a legend.
        "resolve": {"scale": {"color": "independent", "shape": "independent"}},
    }


def label_room(labels: Sequence[str]) -> int:
    """Pixels that keep the longest label whole: where the wished font is missing, the one used instead is wider."""
    return min(260, 8 * max((len(label) for label in labels), default=0) + 8)


def _lines(lines: Sequence[tuple[float, str]], x: dict[str, Any]) -> list[dict[str, Any]]:
    if not lines:
        return []
    data = {"values": [{"at": at, "word": word} for at, word in lines]}
    return [
        {"data": data, "mark": {"type": "rule", "style": "quiet"}, "encoding": {"x": {"field": "at", **x}}},
        {
            "data": data,
            "mark": {"type": "text", "style": "quiet-text", "y": -8, "fontSize": 12},
            "encoding": {"x": {"field": "at", **x}, "text": {"field": "word"}},
        },
    ]
