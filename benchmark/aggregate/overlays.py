"""What a metric looked at, as shapes to be drawn over the clips: read from a score's diagnostics, whoever wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Box = list[float]
Track = list[list[float]]


def crop(diagnostics: Mapping[str, Any], role: str) -> Box | None:
    """[x, y, width, height] in clip pixels of the `reference` or the `candidate`, or None."""
    found = _of_role(diagnostics.get("crop"), role)
    return found if _numbers(found, 4) else None


def tracks(diagnostics: Mapping[str, Any], role: str) -> list[Track]:
    """Paths that were followed, each of [second, x, y] in clip pixels."""
    found = _of_role(diagnostics.get("tracks"), role)
    return [track for track in found if track] if isinstance(found, list) else []


def warping(diagnostics: Mapping[str, Any]) -> list[list[float]]:
    """The path of time: pairs [second of the reference, second of the candidate] that were held against each other."""
    found = diagnostics.get("warping")
    return found if isinstance(found, list) and all(_numbers(pair, 2) for pair in found) else []


def _of_role(found: object, role: str) -> Any:
    return found.get(role) if isinstance(found, dict) else None


def _numbers(found: object, n: int) -> bool:
    return isinstance(found, list) and len(found) == n and all(isinstance(x, int | float) for x in found)
