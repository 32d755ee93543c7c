"""Whatever a killed worker or a lost message left behind comes back, and rubbish goes."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from benchmark.jobs import sweep as sweeping
from benchmark.jobs.queue import enqueue, retry, ring
from benchmark.jobs.sweep import sweep, sweep_if_due, unheard_jobs, work_folder
from benchmark.jobs.tasks import run_job
from benchmark.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bells(monkeypatch) -> list[int]:
    """The keys that workers were told of."""
    rung: list[int] = []
    monkeypatch.setattr(run_job, "delay", rung.append)
    return rung


def running(seconds_left: float, **fields: object) -> Job:
    fields = {
        "kind": "capture",
        "subject": f"animation:running-{Job.objects.count()}",
        "attempt": 1,
        **fields,
    }
    lease = timezone.now() + timedelta(seconds=seconds_left)
    return Job.objects.create(state=Job.State.RUNNING, lease_until=lease, worker="gone:1", **fields)


def test_a_job_whose_worker_vanished_is_queued_again_and_rung(bells):
    lost, held = running(-1), running(+30)
    assert sweep() == sweeping.Swept(requeued=1, given_up=0, rung=1)
    lost.refresh_from_db()
    held.refresh_from_db()
    assert (lost.state, lost.attempt) == (Job.State.QUEUED, 1)
    assert held.state == Job.State.RUNNING
    assert bells == [lost.pk]


def test_a_job_that_kills_every_worker_is_given_up_with_a_sentence(bells):
    lost = running(-1, attempt=3)
    assert sweep().given_up == 1
    lost.refresh_from_db()
    assert lost.state == Job.State.FAILED
    assert "press Retry" in lost.error
    assert bells == []


def test_sweeping_twice_changes_nothing(bells):
    running(-1)
    sweep()
    assert sweep() == sweeping.Swept(requeued=0, given_up=0, rung=0)
    assert len(bells) == 1


def test_a_bell_that_was_never_rung_is_rung(bells):
    job = Job.objects.create(kind="capture", subject="animation:1")
    sweep()
    assert bells == [job.pk]


def test_a_bell_that_rang_in_vain_is_rung_again_in_an_idle_house(bells):
    old = timezone.now() - timedelta(minutes=3)
    job = Job.objects.create(kind="capture", subject="animation:1", rung_at=old)
    young = Job.objects.create(kind="capture", subject="animation:2", rung_at=timezone.now())
    assert unheard_jobs() == [job.pk]
    busy = running(+30)
    assert unheard_jobs() == [], "its message waits behind others"
    busy.delete()
    sweep()
    assert bells == [job.pk]
    assert young.pk not in bells


def test_a_retry_that_came_due_is_rung_once_even_in_a_busy_house(bells):
    running(+30)
    now = timezone.now()
    rung, due = now - timedelta(seconds=20), now - timedelta(seconds=1)
    job = Job.objects.create(kind="capture", subject="animation:1", not_before=due, rung_at=rung)
    later = now + timedelta(seconds=60)
    Job.objects.create(kind="capture", subject="animation:2", not_before=later, rung_at=rung)
    sweep()
    sweep()
    assert bells == [job.pk]


def test_a_queue_that_cannot_be_reached_loses_nothing(monkeypatch, django_capture_on_commit_callbacks, bells):
    def unreachable(pk: int) -> None:
        raise OperationalError("Connection refused")

    monkeypatch.setattr(run_job, "delay", unreachable)
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue("capture", "animation:1")
    job.refresh_from_db()
    assert job.rung_at is None
    monkeypatch.setattr(run_job, "delay", bells.append)
    sweep()
    assert bells == [job.pk]


def test_the_bell_rings_after_the_commit_and_not_before(django_capture_on_commit_callbacks, bells):
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue("capture", "animation:1")
        assert bells == []
    assert bells == [job.pk]


def test_busy_workers_sweep_once_a_minute(monkeypatch):
    monkeypatch.setattr(sweeping, "_last_sweep", float("-inf"))
    assert sweep_if_due() is not None
    assert sweep_if_due() is None


def test_only_folders_of_running_attempts_stay():
    live, dead = running(+30), running(-1)
    earlier = Job(pk=live.pk, attempt=live.attempt - 1)
    for job in (live, dead, earlier):
        (work_folder(job) / "profile").mkdir(parents=True)
    sweep()
    assert work_folder(live).is_dir()
    assert not work_folder(dead).exists()
    assert not work_folder(earlier).exists()


def test_read_messages_are_kept_for_an_hour(data_folder: Path):
    folder = data_folder / "queue" / "processed"
    folder.mkdir(parents=True)
    old, new = folder / "1_a.diptych.msg", folder / "2_b.diptych.msg"
    old.touch()
    new.touch()
    os.utime(old, (time.time() - 3700, time.time() - 3700))
    sweep()
    assert [path.name for path in folder.iterdir()] == [new.name]


def test_a_failed_job_gets_three_more_attempts(bells, django_capture_on_commit_callbacks):
    job = Job.objects.create(kind="capture", subject="animation:1", state="failed", attempt=3, error="x")
    with django_capture_on_commit_callbacks(execute=True):
        assert retry(job)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.max_attempts, job.error) == (Job.State.QUEUED, 3, 6, "")
    assert bells == [job.pk]


def test_retrying_what_is_not_failed_or_already_asked_for_again_does_nothing(bells):
    done = Job.objects.create(kind="capture", subject="animation:1", state="done")
    failed = Job.objects.create(kind="capture", subject="animation:2", state="failed")
    Job.objects.create(kind="capture", subject="animation:2")
    assert not retry(done)
    assert not retry(failed)
    failed.refresh_from_db()
    assert failed.state == Job.State.FAILED


def test_ringing_makes_the_folders_of_the_embedded_queue(settings, data_folder: Path):
    settings.BROKER_URL = "filesystem://"
    ring([])
    assert sorted(path.name for path in (data_folder / "queue").iterdir()) == [
        "control",
        "messages",
        "processed",
    ]
