"""The front door."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def home(request: HttpRequest) -> HttpResponse:
    """A researcher goes to the studies; anybody else reads what this is and where to go."""
    if request.user.is_authenticated:
        return redirect("studies:list")
    return render(request, "home.html")
