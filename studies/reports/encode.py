"""Analysis results as plain JSON: dataclasses become objects, and what is not a number becomes null."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

DIGITS = 10  # significant ones; beyond them stand the habits of a processor's arithmetic, not findings
_PLAIN = frozenset(
    {str, int, bool, type(None)}
)  # most of a report; a large one has a hundred thousand of them


def plain(found: Any) -> Any:
    """The same in dicts, lists, strings, numbers and None. Keys become strings; NaN and infinities become None.

    Numbers are rounded to DIGITS significant digits, so that another order of the same sums gives the same text.
    """
    if type(found) in _PLAIN:
        return found
    if isinstance(found, float):
        return float(f"{found:.{DIGITS}g}") if math.isfinite(found) else None
    if is_dataclass(found) and not isinstance(found, type):
        return {field.name: plain(getattr(found, field.name)) for field in fields(found)}
    if isinstance(found, Mapping):
        return {str(key): plain(value) for key, value in found.items()}
    if isinstance(found, np.ndarray):
        return plain(found.tolist())
    if isinstance(found, list | tuple):
        return [plain(value) for value in found]
    if isinstance(found, np.generic):
        return plain(found.item())
    if isinstance(found, bool | int | str):
        return found
    raise TypeError(f"A report cannot hold a {type(found).__name__}.")


def digest(content: Any) -> str:
    """sha256 of the content as sorted JSON."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
