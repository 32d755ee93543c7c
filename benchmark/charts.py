"""Charts as SVG, made on the server by vl-convert. Knows no database.

They are served as images of their own, so that a strict content policy has nothing to refuse, in light and dark. The
palette is Okabe and Ito's (2008), safe for colour blindness.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import vl_convert

Theme = Literal["light", "dark"]
VEGA_LITE = "5.20"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
ACCENT = {"light": "#0b5f6b", "dark": "#74c3cc"}
WARM = {"light": "#d55e00", "dark": "#f0954a"}
INK = {"light": ("#1b1d20", "#565c63", "#d9d9d4"), "dark": ("#e8e8e4", "#a7adb3", "#373b40")}
HEAT = {"light": ["#f4f4f1", "#0b5f6b"], "dark": ["#26292c", "#74c3cc"]}


def svg(spec: Mapping[str, Any], theme: Theme) -> str:
    """A Vega-Lite specification drawn in a theme; the same bytes every time."""
    drawn: str = vl_convert.vegalite_to_svg(dict(spec), vl_version=VEGA_LITE, config=config(theme))
    return drawn


def config(theme: Theme) -> dict[str, Any]:
    ink, quiet, line = INK[theme]
    words = {
        "labelFont": FONT,
        "titleFont": FONT,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
    }
    axis = {"labelColor": ink, "titleColor": quiet, "domainColor": line, "tickColor": line, "gridColor": line}
    return {
        "background": None,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {**axis, **words, "labelLimit": 260, "titlePadding": 8},
        "axisY": {"grid": False, "ticks": False, "domain": False, "labelPadding": 8},
        "header": {
            "labelColor": ink,
            "labelFont": FONT,
            "labelFontSize": 14,
            "labelAnchor": "start",
            "title": None,
        },
        "legend": {"labelColor": ink, "titleColor": quiet, **words, "orient": "top"},
        "text": {"color": ink, "font": FONT, "fontSize": 13},
        "rule": {"color": ACCENT[theme], "strokeWidth": 2},
        "point": {"color": ACCENT[theme], "filled": True, "size": 90, "opacity": 1},
        "tick": {"color": quiet, "opacity": 0.35, "thickness": 1},
        "range": {"heatmap": HEAT[theme], "ramp": HEAT[theme], "category": [ACCENT[theme], WARM[theme]]},
    }


def strips(panels: Mapping[str, list[dict[str, Any]]], *, narrow: bool) -> dict[str, Any]:
    """Panels side by side (`narrow`: below each other) of dot-and-interval lines over their single values, 0 to 1.

    Each line is `{"label", "value", "low", "high", "scores": [...]}`; lines stand in the order of the first panel.
    """
    drawn = [
        _panel(title, lines, labels=narrow or place == 0, width=210 if narrow else 420)
        for place, (title, lines) in enumerate(panels.items())
    ]
    way = "vconcat" if narrow else "hconcat"
    # Names are measured in one font and may be drawn in a wider one where that is missing: the margin keeps them whole.
    margin = {"left": 32, "right": 8, "top": 4, "bottom": 4}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        way: drawn,
        "spacing": 32,
        "padding": margin,
    }


def _panel(title: str, lines: list[dict[str, Any]], *, labels: bool, width: int) -> dict[str, Any]:
    order = [line["label"] for line in lines]
    axis = {"labelLimit": 150 if width < 300 else 220} if labels else None
    y = {
        "field": "label",
        "type": "nominal",
        "sort": order,
        "title": None,
        "axis": axis,
        "scale": {"domain": order},
    }
    scale = {"domain": [0, 1]}
    x = {
        "type": "quantitative",
        "scale": scale,
        "title": title,
        "axis": {"values": [0, 0.25, 0.5, 0.75, 1], "format": ".2~f"},
    }
    points = [{**line, "scores": None} for line in lines if line["value"] is not None]
    ranges = [line for line in points if line["low"] is not None]
    singles = [{"label": line["label"], "value": value} for line in lines for value in line["scores"]]
    return {
        "width": width,
        "height": {"step": 34},
        "layer": [
            {
                "data": {"values": singles},
                "mark": {"type": "tick", "height": 14},
                "encoding": {"x": {"field": "value", **x}, "y": y},
            },
            {
                "data": {"values": ranges},
                "mark": "rule",
                "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}, "y": y},
            },
            {"data": {"values": points}, "mark": "point", "encoding": {"x": {"field": "value", **x}, "y": y}},
        ],
    }
