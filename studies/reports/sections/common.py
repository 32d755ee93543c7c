"""What every section needs: the dimensions, and whether the plan announced the analysis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
