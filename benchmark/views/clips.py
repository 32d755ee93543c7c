"""A clip's files, for signed-in researchers; participants have addresses of their own (studies/sitting)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from benchmark.models import Clip
from benchmark.views.files import send_file

PARTS = {"playable": "video/mp4", "master": "video/mp4", "poster": "image/png"}


@require_safe
@login_required
def clip_file(request: HttpRequest, sha256: str, part: str) -> HttpResponseBase:
    """One file of a clip: its playable copy, its master or its poster."""
    if part not in PARTS:
        raise Http404(f"A clip has the parts {', '.join(PARTS)}, not {part}.")
    clip = get_object_or_404(Clip, pk=sha256)
    return send_file(request, getattr(clip, part), PARTS[part])
