"""One palette for every chart, after Okabe and Ito (2008): safe for colour blindness, with shapes for print."""

from __future__ import annotations

from typing import Any, Literal

Theme = Literal["light", "dark", "print"]
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]

SERIES = {
    "light": ["#0b5f6b", "#d55e00", "#0072b2", "#9a4f86", "#8a6d00", "#4d5560"],
    "dark": ["#74c3cc", "#f0954a", "#6db7ee", "#dc9ac7", "#e3c04b", "#b3bac2"],
}
INK = {"light": ("#1b1d20", "#565c63", "#d9d9d4"), "dark": ("#e8e8e4", "#a7adb3", "#373b40")}
# Both ends leave enough contrast for the figures that are written on them in ink.
HEAT = {"light": ["#f4f4f1", "#72b0b9"], "dark": ["#202326", "#2c666e"]}


def config(theme: Theme) -> dict[str, Any]:
    """Vega-Lite's configuration for a theme; paper is print: light on white."""
    tone = "dark" if theme == "dark" else "light"
    ink, quiet, line = INK[tone]
    series = SERIES[tone]
    axis = {
        "labelColor": quiet,
        "titleColor": quiet,
        "domainColor": line,
        "tickColor": line,
        "gridColor": line,
        "labelFont": FONT,
        "titleFont": FONT,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "labelLimit": 260,
        "titlePadding": 8,
    }
    return {
        "background": None,
        "font": FONT,
        "view": {"stroke": None},
        "axis": axis,
        "axisY": {"grid": False, "ticks": False, "domain": False, "labelPadding": 8},
        "legend": {
            "labelColor": ink,
            "titleColor": quiet,
            "labelFont": FONT,
            "titleFont": FONT,
            "labelFontSize": 13,
            "titleFontSize": 13,
            "titleFontWeight": "normal",
            "orient": "top",
            "direction": "horizontal",
            "symbolSize": 90,
        },
        "title": {"color": ink, "font": FONT, "fontSize": 14},
        "header": {
            "labelColor": ink,
            "labelFont": FONT,
            "labelFontSize": 14,
            "titleColor": quiet,
            "labelAnchor": "start",
        },
        "text": {"font": FONT, "fontSize": 13},
        "rule": {"color": quiet},
        "line": {"color": series[0], "strokeWidth": 2},
        "point": {"color": series[0], "filled": True, "size": 90},
        "range": {"category": series, "symbol": SHAPES, "heatmap": HEAT[tone], "ramp": HEAT[tone]},
        "style": {
            "quiet": {"stroke": quiet, "strokeDash": [4, 4]},
            "quiet-text": {"color": quiet},
            "ink": {"color": ink},
            "note": {"font": FONT, "fontSize": 12, "fontWeight": "normal", "fill": quiet},
        },
    }
