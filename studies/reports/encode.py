"""Analysis results as plain JSON: dataclasses become objects, and what is not a number becomes null."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def plain(found: Any) -> Any:
    """The same in dicts, lists, strings, numbers and None. Keys become strings; NaN and infinities become None."""
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
    if isinstance(found, float) and not math.isfinite(found):
        return None
    if found is None or isinstance(found, bool | int | float | str):
        return found
    raise TypeError(f"A report cannot hold a {type(found).__name__}.")


def digest(content: Any) -> str:
    """sha256 of the content as sorted JSON."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def rounded(content: Any, digits: int = 4) -> Any:
    """The same with every float rounded: what people and tables are shown."""
    if isinstance(content, dict):
        return {key: rounded(value, digits) for key, value in content.items()}
    if isinstance(content, list):
        return [rounded(value, digits) for value in content]
    return round(content, digits) if isinstance(content, float) else content
