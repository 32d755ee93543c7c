"""The jobs page says what runs, what failed and why, and mends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from benchmark.models import Job

pytestmark = pytest.mark.django_db


def failed(subject: str = "animation:1", **fields: object) -> Job:
    facts = {
        "kind": "capture",
        "label": "Ball",
        "error": "The browser is gone.",
        "error_detail": "Traceback <b>",
        "attempt": 3,
    }
    return Job.objects.create(subject=subject, state="failed", finished_at=timezone.now(), **(facts | fields))


def text(client, address: str = "/benchmark/jobs/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_house_tells_the_first_step(signed_in):
    assert "Nothing has been asked for yet" in text(signed_in)


def test_it_counts_by_kind_and_state(signed_in):
    lease = timezone.now() + timedelta(seconds=30)
    for n, state in enumerate(("queued", "queued", "done", "done", "done")):
        Job.objects.create(kind="score", subject=f"reconstruction:{n}", state=state)
    Job.objects.create(
        kind="score", subject="x", label="Faithful of Ball", state="running", lease_until=lease, progress=0.4,
        message="comparing", started_at=timezone.now(),
    )  # fmt: skip
    page = text(signed_in)
    assert "1 running, 2 waiting, 3 done." in page
    assert "Scoring reconstructions" in page
    assert "Faithful of Ball" in page
    assert 'value="0.400"' in page
    assert "comparing" in page


def test_a_failure_says_what_happened_and_offers_to_try_again(signed_in):
    job = failed()
    page = text(signed_in)
    assert "The browser is gone." in page
    assert "Traceback &lt;b&gt;" in page
    assert reverse("benchmark:job_retry", args=[job.pk]) in page


def test_retry_queues_it_and_comes_back(signed_in):
    job = failed()
    response = signed_in.post(reverse("benchmark:job_retry", args=[job.pk]), follow=True)
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED
    assert response.redirect_chain == [("/benchmark/jobs/", 302)]


def test_retrying_what_waits_already_says_so(signed_in):
    job = failed()
    Job.objects.create(kind=job.kind, subject=job.subject)
    response = signed_in.post(reverse("benchmark:job_retry", args=[job.pk]), follow=True)
    assert "nothing was changed" in response.content.decode()


def test_all_failures_are_retried_at_once(signed_in):
    for n in range(3):
        failed(f"animation:{n}")
    failed("reconstruction:1", kind="score")
    response = signed_in.post("/benchmark/jobs/retry/", {"kind": "capture"}, follow=True)
    assert "3 jobs are waiting again." in response.content.decode()
    signed_in.post("/benchmark/jobs/retry/")
    assert not Job.objects.filter(state="failed").exists()


@pytest.mark.parametrize("address", ["/benchmark/jobs/retry/", "/benchmark/jobs/1/retry/"])
def test_retrying_is_never_a_link(signed_in, address):
    assert signed_in.get(address).status_code == 405


def test_the_moving_part_says_when_there_are_other_failures(signed_in):
    failed()
    assert signed_in.get("/benchmark/jobs/now/?failed=0")["HX-Trigger"] == "failures-changed"
    assert "HX-Trigger" not in signed_in.get("/benchmark/jobs/now/?failed=1")


def test_it_asks_often_while_something_runs_and_seldom_otherwise(signed_in):
    assert "every 15s" in text(signed_in, "/benchmark/jobs/now/")
    Job.objects.create(kind="score", subject="x")
    assert "every 2s" in text(signed_in, "/benchmark/jobs/now/")


def test_it_says_when_no_worker_is_there(signed_in):
    job = Job.objects.create(kind="score", subject="x")
    assert "No worker seems" not in text(signed_in)
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=5))
    assert "No worker seems" in text(signed_in)
    Job.objects.create(kind="score", subject="y", state="done", started_at=timezone.now())
    assert "No worker seems" not in text(signed_in)


def test_a_thousand_jobs_cost_as_many_queries_as_ten(signed_in, django_assert_max_num_queries):
    Job.objects.bulk_create(Job(kind="score", subject=f"x:{n}") for n in range(500))
    Job.objects.bulk_create(
        Job(kind="capture", subject=f"y:{n}", state="failed", error="x", finished_at=timezone.now())
        for n in range(500)
    )
    with django_assert_max_num_queries(14):
        page = text(signed_in)
    assert "450 more failed earlier" in page
    assert "The first 10 of 500 waiting jobs" in page
