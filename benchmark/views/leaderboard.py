"""Datasets and how their systems did."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from benchmark.models import Dataset


@login_required
def datasets(request: HttpRequest) -> HttpResponse:
    return render(request, "benchmark/datasets.html", {"datasets": Dataset.objects.all()})
