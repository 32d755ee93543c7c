"""What every section needs: the dimensions, and whether the plan announced the analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from studies.reports.charts.ruler import matrix
from studies.reports.document import number

Content = Mapping[str, Any]


def dimensions(content: Content) -> list[tuple[str, str]]:
    """(key, label) of every dimension, in the study's order."""
    return [(d["key"], d["label"]) for d in content["dimensions"]]


def defined(content: Content, part: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(key, label, result) of the dimensions for which a part of the analysis could be made."""
    return [
        (key, label, content[part][key])
        for key, label in dimensions(content)
        if "undefined" not in content[part].get(key, {"undefined": ""})
    ]


def reasons(content: Content, part: str) -> list[str]:
    """Why a part is missing, each reason once."""
    found = (content[part].get(key, {}).get("undefined") for key, _ in dimensions(content))
    return list(dict.fromkeys(reason for reason in found if reason))


def standing(content: Content, key: str) -> str:
    """Confirmatory when the plan frozen at launch names the analysis; everything else is exploratory."""
    planned = content["study"]["analysis_plan"].get("confirmatory", [])
    return "confirmatory" if key in planned else "exploratory"


def changed_cell(change: str, metric: str, value: float, own: bool) -> dict[str, Any]:
    """A cell of the matrix of changes and metrics: a fall in standard deviations, `own` where the metric claims what was
    changed."""
    return {"row": change, "column": metric, "value": value, "words": number(value, 1), "own": own}


def falls_furthest(cells: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Of how many changes some metric here claims the dimension, and in how many of those such a metric falls furthest."""
    told = right = 0
    for change in dict.fromkeys(cell["row"] for cell in cells):
        own = [cell["value"] for cell in cells if cell["row"] == change and cell["own"]]
        other = [cell["value"] for cell in cells if cell["row"] == change and not cell["own"]]
        told += bool(own)
        right += bool(own) and max(own) > max(other, default=float("-inf"))
    return told, right


def changes_matrix(cells: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The chart of such cells, changes down and metrics along, in the order in which they come."""
    rows, columns = (list(dict.fromkeys(cell[key] for cell in cells)) for key in ("row", "column"))
    most = max([1.0, *(cell["value"] for cell in cells)])
    return matrix(cells, rows, columns, (0.0, most))
