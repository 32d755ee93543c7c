"""Vega-Lite to SVG. The picture of a given chart, theme and width is always the same bytes."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import vl_convert

from studies.reports.charts.palette import Theme, config

VEGA_LITE = "5.20"
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
WIDE, NARROW = 640, 230


def svg(spec: Mapping[str, Any], theme: Theme = "light", narrow: bool = False, note: str = "") -> str:
    """One chart as a stand-alone SVG with presentation attributes only: nothing for a strict policy to refuse.

    ``note`` stands in the picture itself, for what a reader must know wherever the picture goes.
    """
    sized = _sized(spec, narrow)
    if note:
        sized["title"] = {"text": note, "style": "note", "anchor": "end", "frame": "bounds", "offset": 6}
    drawn: str = vl_convert.vegalite_to_svg(sized, vl_version=VEGA_LITE, config=config(theme))
    return drawn


def _sized(spec: Mapping[str, Any], narrow: bool) -> dict[str, Any]:
    """Gives a chart its width. ``usermeta`` may say that it is square or how much of the usual width it takes."""
    sized = copy.deepcopy(dict(spec))
    meta = sized.pop("usermeta", {})
    width = round((NARROW if narrow else WIDE) * (1.0 if narrow else meta.get("share", 1.0)))
    for panel in sized.get("vconcat", [sized]):
        panel["width"] = width
        if meta.get("square"):
            panel["height"] = width
    return {"$schema": SCHEMA, **sized}
