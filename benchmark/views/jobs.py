"""What is running, what failed and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from benchmark.jobs.queue import retry
from benchmark.jobs.registry import kind_titles
from benchmark.models import Job

SHOWN = 50
WAITING_SHOWN = 10


@dataclass(frozen=True)
class KindProgress:
    """How far one kind of work is."""

    name: str
    title: str
    queued: int
    running: int
    done: int
    failed: int

    @property
    def total(self) -> int:
        return self.queued + self.running + self.done + self.failed

    @property
    def ended(self) -> int:
        return self.done + self.failed


@require_safe
@login_required
def job_list(request: HttpRequest) -> HttpResponse:
    """The whole page; its upper part keeps itself up to date through `job_now`."""
    return render(request, "benchmark/jobs.html", {**_now(), **_failures(), "titles": kind_titles()})


@require_safe
@login_required
def job_now(request: HttpRequest) -> HttpResponse:
    """The part that changes by itself; says so by an event when the failed ones are others than the page shows."""
    now = _now()
    response = render(request, "benchmark/_jobs_now.html", now)
    if request.GET.get("failed") != str(now["failed"]):
        response["HX-Trigger"] = "failures-changed"
    return response


@require_safe
@login_required
def job_failures(request: HttpRequest) -> HttpResponse:
    return render(request, "benchmark/_jobs_failed.html", _failures())


@require_POST
@login_required
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job, pk=pk)
    if not retry(job):
        messages.info(
            request,
            "That job is not failed any more, or the same work is waiting already: nothing was changed.",
        )
    return redirect("benchmark:jobs")


@require_POST
@login_required
def job_retry_all(request: HttpRequest) -> HttpResponse:
    """Every failed job of a kind, or of all kinds, once more."""
    failed = Job.objects.filter(state=Job.State.FAILED)
    if kind := request.POST.get("kind", ""):
        failed = failed.filter(kind=kind)
    again = sum(retry(job) for job in failed.order_by("pk"))
    messages.info(request, f"{again} {'job is' if again == 1 else 'jobs are'} waiting again.")
    return redirect("benchmark:jobs")


def _now() -> dict[str, object]:
    titles = kind_titles()
    counts: dict[str, dict[str, int]] = {}
    for kind, state, n in Job.objects.values_list("kind", "state").annotate(n=Count("pk")).order_by("kind"):
        counts.setdefault(kind, {})[state] = n
    kinds = [
        KindProgress(
            kind,
            titles.get(kind, kind),
            *(found.get(state, 0) for state in ("queued", "running", "done", "failed")),
        )
        for kind, found in counts.items()
    ]
    now = timezone.now()
    waiting = Job.objects.filter(state=Job.State.QUEUED).order_by("pk")
    return {
        "kinds": kinds,
        "running": Job.objects.filter(state=Job.State.RUNNING).order_by("started_at"),
        "waiting": waiting[:WAITING_SHOWN],
        "queued": sum(kind.queued for kind in kinds),
        "failed": sum(kind.failed for kind in kinds),
        "done": sum(kind.done for kind in kinds),
        "open": any(kind.queued or kind.running for kind in kinds),
        # Nobody has taken a job that has been due for a while: most likely no worker is there.
        "unattended": waiting.filter(created_at__lt=now - timedelta(minutes=1)).exists()
        and not Job.objects.filter(started_at__gt=now - timedelta(minutes=3)).exists(),
        "titles": titles,
    }


def _failures() -> dict[str, object]:
    found = Job.objects.filter(state=Job.State.FAILED).order_by("-finished_at")
    total = found.count()
    return {
        "failures": found[:SHOWN],
        "failed": total,
        "more": max(0, total - SHOWN),
        "titles": kind_titles(),
    }
