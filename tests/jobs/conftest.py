"""Kinds of work that exist for one test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from benchmark.jobs import registry
from benchmark.jobs.registry import Report
from benchmark.models import Job


@pytest.fixture
def work() -> Iterator[Callable[..., Job]]:
    """`work(run)` declares `run(job, report)` as a kind of work and returns a waiting job of it."""
    before = dict(registry._kinds)

    def declare(run: Callable[[Job, Report], None], **fields: object) -> Job:
        registry.job_kind("for-a-test", "Testing")(run)
        return Job.objects.create(kind="for-a-test", subject="anything", **fields)

    yield declare
    registry._kinds.clear()
    registry._kinds.update(before)
