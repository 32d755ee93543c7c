"""One worker wins a job and holds it by a lease; what it finds is written only while it does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from benchmark.jobs import claim as claiming
from benchmark.jobs.claim import Lease, LeaseLost, claim, perform
from benchmark.jobs.queue import enqueue
from benchmark.jobs.registry import PermanentError, SourceChanged
from benchmark.models import Job

T = TypeVar("T")


def in_threads(count: int, call: Callable[[int], T]) -> list[T]:
    """What `call` returns in that many threads at once, each with a database connection of its own."""
    barrier = threading.Barrier(count)

    def run(number: int) -> T:
        try:
            barrier.wait()
            return call(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_wins_the_job():
    job = Job.objects.create(kind="capture", subject="animation:1")
    won = [taken for taken in in_threads(8, lambda n: claim(job.pk, f"worker-{n}")) if taken]
    assert len(won) == 1
    job.refresh_from_db()
    assert (job.state, job.attempt, job.worker) == (Job.State.RUNNING, 1, won[0].worker)


@pytest.mark.django_db(transaction=True)
def test_many_jobs_and_many_workers_run_each_job_once(work):
    ran: list[int] = []
    first = work(lambda job, report: ran.append(job.pk))
    others = [Job.objects.create(kind=first.kind, subject=f"item:{n}") for n in range(11)]
    keys = [job.pk for job in (first, *others)]
    in_threads(4, lambda n: [perform(pk, f"worker-{n}") for pk in keys])
    assert sorted(ran) == sorted(keys)
    assert set(Job.objects.values_list("state", "attempt")) == {(Job.State.DONE, 1)}


@pytest.mark.django_db(transaction=True)
def test_asking_for_the_same_work_at_once_makes_one_job():
    jobs = in_threads(8, lambda _: enqueue("capture", "animation:1", label="Ball"))
    assert len({job.pk for job in jobs}) == 1
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_work_that_ended_may_be_asked_for_again():
    first = enqueue("capture", "animation:1")
    Job.objects.update(state=Job.State.DONE)
    assert enqueue("capture", "animation:1").pk != first.pk


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_open_job():
    Job.objects.create(kind="capture", subject="animation:1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="capture", subject="animation:1")


@pytest.mark.django_db
@pytest.mark.parametrize("state", [Job.State.DONE, Job.State.FAILED])
def test_an_ended_job_cannot_be_claimed(state):
    job = Job.objects.create(kind="capture", subject="animation:1", state=state)
    assert claim(job.pk, "worker") is None


@pytest.mark.django_db
def test_a_retry_waits_until_it_is_due():
    later = timezone.now() + timedelta(seconds=30)
    job = Job.objects.create(kind="capture", subject="animation:1", not_before=later)
    assert claim(job.pk, "worker") is None
    Job.objects.update(not_before=timezone.now())
    assert claim(job.pk, "worker") is not None


@pytest.mark.django_db(transaction=True)
def test_the_lease_is_extended_while_the_work_goes_on(work, monkeypatch):
    monkeypatch.setattr(claiming, "HEARTBEAT_S", 0.02)
    seen = []

    def run(job: Job, report: Lease) -> None:
        start = job.lease_until
        deadline = time.monotonic() + 20
        while Job.objects.filter(pk=job.pk, lease_until=start).exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        seen.append(Job.objects.filter(pk=job.pk, lease_until__gt=start).exists())

    perform(work(run).pk, "worker")
    assert seen == [True]


@pytest.mark.django_db(transaction=True)
def test_the_heartbeat_outlives_a_database_that_was_away(work, monkeypatch):
    monkeypatch.setattr(claiming, "HEARTBEAT_S", 0.02)
    beats = []
    beaten = threading.Event()
    extend = Lease.mine

    def mine(lease: Lease, **changes: object) -> bool:
        if "lease_until" in changes and changes["lease_until"] is not None:
            beats.append(1)
            if len(beats) == 1:
                raise DatabaseError("the server closed the connection")
            beaten.set()
        return extend(lease, **changes)

    monkeypatch.setattr(Lease, "mine", mine)
    done = perform(work(lambda job, report: beaten.wait(20) or pytest.fail("no second beat")).pk, "worker")
    assert done is not None
    assert done.state == Job.State.DONE


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_lease_stops_and_writes_nothing(work):
    reached = []

    def run(job: Job, report: Lease) -> None:
        Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED, lease_until=None)  # swept
        assert claim(job.pk, "another worker") is not None
        report(1.0, "saving")
        reached.append("after the report")

    job = work(run)
    assert perform(job.pk, "first worker") is None
    job.refresh_from_db()
    assert reached == []
    assert (job.state, job.worker, job.attempt) == (Job.State.RUNNING, "another worker", 2)


@pytest.mark.django_db
def test_a_failure_after_the_lease_was_lost_does_not_touch_the_new_attempt(work):
    def run(job: Job, report: Lease) -> None:
        Job.objects.filter(pk=job.pk).update(attempt=2, worker="another worker")
        raise RuntimeError("its folder was swept away")

    job = work(run)
    perform(job.pk, "first worker")
    job.refresh_from_db()
    assert (job.state, job.worker, job.error) == (Job.State.RUNNING, "another worker", "")


@pytest.mark.django_db
def test_what_is_lost_stays_lost():
    job = Job.objects.create(kind="capture", subject="animation:1")
    held = claim(job.pk, "worker")
    assert held is not None
    lease = Lease(held)
    Job.objects.update(attempt=5)
    assert not lease.mine(progress=0.5)
    Job.objects.update(attempt=1)
    assert not lease.mine(progress=0.6)
    with pytest.raises(LeaseLost):
        lease(0.7)


@pytest.mark.django_db
def test_progress_is_told_but_not_at_every_breath(work, django_assert_max_num_queries):
    def run(job: Job, report: Lease) -> None:
        with django_assert_max_num_queries(1):
            for frame in range(500):
                report(0.2 + frame / 1000, f"frame {frame}")
        report(7.0, "x" * 1000)
        assert Job.objects.get(pk=job.pk).progress == 1
        assert len(Job.objects.get(pk=job.pk).message) == 300

    done = perform(work(run).pk, "worker")
    assert done is not None
    assert done.state == Job.State.DONE, done.error_detail


@pytest.mark.django_db
def test_a_failure_is_tried_again_later_and_later_then_given_up(work):
    def run(job: Job, report: Lease) -> None:
        raise OSError("No space left on device\nand more")

    job = work(run)
    pauses = []
    for attempt in (1, 2):
        waiting = perform(job.pk, "worker")
        assert waiting is not None
        assert (waiting.state, waiting.attempt) == (Job.State.QUEUED, attempt)
        assert waiting.error == "No space left on device"
        assert waiting.not_before is not None
        assert waiting.started_at is not None
        pauses.append(waiting.not_before - waiting.started_at)
        assert perform(job.pk, "worker") is None, "the retry is not due yet"
        Job.objects.update(not_before=timezone.now())
    ended = perform(job.pk, "worker")
    assert ended is not None
    assert (ended.state, ended.attempt) == (Job.State.FAILED, 3)
    assert "Traceback" in ended.error_detail
    assert ended.lease_until is None
    assert timedelta(seconds=4) < pauses[0] < pauses[1]


@pytest.mark.django_db
def test_a_permanent_error_is_not_tried_again(work):
    def run(job: Job, report: Lease) -> None:
        raise PermanentError("The page is missing.")

    ended = perform(work(run).pk, "worker")
    assert ended is not None
    assert (ended.state, ended.attempt, ended.error) == (Job.State.FAILED, 1, "The page is missing.")


@pytest.mark.django_db
def test_an_error_without_words_is_named(work):
    def run(job: Job, report: Lease) -> None:
        raise KeyError

    waiting = perform(work(run).pk, "worker")
    assert waiting is not None
    assert waiting.error == "KeyError"


@pytest.mark.django_db
def test_success_clears_the_error_of_an_earlier_attempt(work):
    done = perform(
        work(lambda job, report: None, error="earlier", error_detail="Traceback", attempt=1).pk, "worker"
    )
    assert done is not None
    assert (done.state, done.progress, done.error, done.error_detail) == (Job.State.DONE, 1, "", "")


@pytest.mark.django_db
def test_a_source_that_changed_costs_no_attempt(work):
    def run(job: Job, report: Lease) -> None:
        raise SourceChanged

    waiting = perform(work(run).pk, "worker")
    assert waiting is not None
    assert waiting.state == Job.State.QUEUED
    assert waiting.max_attempts - waiting.attempt == 3
    assert waiting.error == ""


@pytest.mark.django_db
def test_a_worker_of_an_older_version_says_so():
    ended = perform(Job.objects.create(kind="not-yet-invented", subject="x").pk, "worker")
    assert ended is not None
    assert ended.state == Job.State.FAILED
    assert "restart it with the current version" in ended.error


@pytest.mark.django_db
def test_a_job_deleted_under_its_worker_is_no_error(work):
    assert perform(work(lambda job, report: job.delete()).pk, "worker") is None
    assert perform(123456, "worker") is None
