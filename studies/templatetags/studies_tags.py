"""What the templates of this room need beyond Django's own filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value under a key that is itself a variable."""
    return mapping.get(key, "")
