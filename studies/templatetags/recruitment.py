"""`{% pay_panel sitting %}`: what may be decided about a sitting's pay, for any page about a participant."""

from __future__ import annotations

from typing import Any

from django import template

from studies.models import Sitting
from studies.recruitment.review import review

register = template.Library()


@register.inclusion_tag("recruitment/_pay_panel.html", takes_context=True)
def pay_panel(context: dict[str, Any], sitting: Sitting) -> dict[str, Any]:
    """Nothing at all for people whom no recruiter sent."""
    return {"review": review(sitting), "csrf_token": context.get("csrf_token")}
