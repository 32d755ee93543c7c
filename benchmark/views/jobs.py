"""What is running, what failed and how to mend it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from benchmark.models import Job


@login_required
def job_list(request: HttpRequest) -> HttpResponse:
    return render(request, "benchmark/jobs.html", {"jobs": Job.objects.all()[:100]})
