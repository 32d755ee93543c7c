"""Prolific's messages: signed, fresh, once, and never backwards."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from studies.models import PayDecision, RecruiterMessage, Sitting, Submission
from studies.recruitment.webhooks import signature
from studies.sitting import assignment

pytestmark = pytest.mark.django_db
SECRET = "whispered"


@pytest.fixture(autouse=True)
def secret(settings):
    settings.PROLIFIC_WEBHOOK_SECRET = SECRET


def post(
    submission: str,
    status: str,
    *,
    event: str = "e1",
    at: float | None = None,
    sent: float | None = None,
    more: dict[str, str] | None = None,
):
    """`sent` is when this delivery was sent, `at` when the event was sent first."""
    sent = time.time() if sent is None else sent
    body = json.dumps(
        {
            "event_type": "submission.status.change",
            "resource_id": submission,
            "participant_id": "p",
            "status": status,
        }
    )
    stamp = str(int(sent))
    said = {
        "X-Prolific-Request-Timestamp": stamp,
        "X-Prolific-Request-Signature": signature(SECRET, stamp, body.encode()),
        "X-Event-ID": event,
        "X-Timestamp": str(sent if at is None else at),
    } | (more or {})
    client = Client(enforce_csrf_checks=True)
    return client.post(reverse("recruitment:hook"), body, content_type="application/json", headers=said)


def test_the_signature_is_the_one_prolific_documents():
    """Computed as their page on verifying does, step by step."""
    body = '{"status": "RETURNED"}'
    expected = base64.b64encode(
        hmac.new(b"whispered", str.encode("1700000000" + body), hashlib.sha256).digest()
    )
    assert signature("whispered", "1700000000", body.encode()) == expected.decode()


def test_a_return_frees_the_place_at_once(come):
    """Dallinger 5725: returns and time-outs went unheard."""
    sitting = come("s1", "active")
    assert post("s1", "RETURNED").status_code == 200
    sitting.refresh_from_db()
    assert (sitting.state, sitting.holds_place) == ("returned", False)
    assert Submission.objects.get(key="s1").status == "RETURNED"


def test_a_time_out_frees_the_place_and_lets_the_person_go_on_while_it_is_free(come):
    sitting = come("s1", "active")
    post("s1", "TIMED-OUT")
    sitting.refresh_from_db()
    assert (sitting.state, sitting.holds_place) == ("expired", False)
    assert assignment.resume(sitting)
    post("s1", "TIMED-OUT", event="e2", at=time.time() + 1, sent=time.time() + 1)
    sitting.refresh_from_db()
    assert sitting.state == "active"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Prolific-Request-Signature": "bm90IHRoaXM="}, 401),
        ({"X-Prolific-Request-Signature": ""}, 401),
        ({"X-Prolific-Request-Signature": "ünïcode"}, 401),
        ({"X-Prolific-Request-Timestamp": "1700000000"}, 401),
        ({"X-Prolific-Request-Timestamp": ""}, 401),
    ],
)
def test_a_message_that_is_not_prolifics_changes_nothing(come, headers, status):
    sitting = come("s1", "active")
    assert post("s1", "RETURNED", more=headers).status_code == status
    sitting.refresh_from_db()
    assert sitting.state == "active"
    assert not RecruiterMessage.objects.exists()


@pytest.mark.parametrize("age", [-301, 301])
def test_an_old_message_or_one_from_the_future_is_not_taken(come, age):
    come("s1", "active")
    response = post("s1", "RETURNED", sent=time.time() - age)
    assert response.status_code == 401
    assert not Submission.objects.exists()


def test_without_a_secret_no_message_is_trusted(come, settings):
    settings.PROLIFIC_WEBHOOK_SECRET = ""
    sitting = come("s1", "active")
    stamp = str(int(time.time()))
    body = b'{"event_type": "submission.status.change", "resource_id": "s1", "status": "RETURNED"}'
    response = Client().post(
        reverse("recruitment:hook"),
        body,
        content_type="application/json",
        headers={
            "X-Prolific-Request-Timestamp": stamp,
            "X-Prolific-Request-Signature": signature("", stamp, body),
        },
    )
    assert response.status_code == 503
    sitting.refresh_from_db()
    assert sitting.state == "active"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"no json", b'{"event_type": "submission.status.change"}', b"\xff"]
)
def test_signed_nonsense_is_refused_and_not_a_fault(body):
    stamp = str(int(time.time()))
    headers = {
        "X-Prolific-Request-Timestamp": stamp,
        "X-Prolific-Request-Signature": signature(SECRET, stamp, body),
    }
    response = Client().post(
        reverse("recruitment:hook"), body, content_type="application/json", headers=headers
    )
    assert response.status_code == 400
    assert not RecruiterMessage.objects.exists()


def test_a_repeated_message_is_taken_once(come):
    come("s1", "active")
    first, second = post("s1", "RETURNED"), post("s1", "RETURNED")
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.content == b"taken before\n"
    assert RecruiterMessage.objects.count() == 1


def test_messages_out_of_order_never_move_a_sitting_backwards(come):
    now = time.time()
    sitting = come("s1", "active")
    post("s1", "RETURNED", event="later", at=now)
    response = post("s1", "ACTIVE", event="earlier", at=now - 60)
    assert b"older" in response.content
    sitting.refresh_from_db()
    assert sitting.state == "returned"
    assert Submission.objects.get().status == "RETURNED"


def test_news_of_the_same_second_keeps_what_is_further_along(come):
    now = int(time.time())
    come("s1")
    post("s1", "APPROVED", event="e1", at=now)
    post("s1", "AWAITING REVIEW", event="e2", at=now)
    assert Submission.objects.get().status == "APPROVED"


@pytest.mark.parametrize("status", ["RETURNED", "TIMED-OUT", "REJECTED", "ACTIVE", "SOMETHING NEW"])
def test_a_finished_sitting_stays_finished_and_is_never_judged_by_a_message(come, status):
    sitting = come("s1")
    assert post("s1", status).status_code == 200
    sitting.refresh_from_db()
    assert (sitting.state, sitting.holds_place) == ("completed", True)
    assert Submission.objects.get().status == status
    assert not PayDecision.objects.exists()


def test_a_late_return_of_an_old_submission_leaves_the_new_sitting_alone(come, study):
    sitting = come("first", "active")
    post("first", "RETURNED", event="e1", at=time.time() - 100)
    sitting.participant.identity.submission = "second"
    sitting.participant.identity.save()
    again = assignment.claim_place(sitting.participant)
    assert again is not None
    post("second", "ACTIVE", event="e2")
    post("first", "RETURNED", event="e3")
    again.refresh_from_db()
    assert again.state == "active"


def test_a_message_about_nobody_here_is_noted_and_not_refused(come):
    response = post("unheard-of", "AWAITING REVIEW")
    assert response.status_code == 200
    assert RecruiterMessage.objects.get().effect == "nobody came with it yet; the next poll asks"


def test_a_new_subscription_is_shaken_hands_with():
    answer = Client().post(reverse("recruitment:hook"), headers={"X-Hook-Secret": "a-Secret_1=="})
    assert answer.status_code == 200
    assert answer.headers["X-Hook-Secret"] == "a-Secret_1=="
    refused = Client().post(reverse("recruitment:hook"), headers={"X-Hook-Secret": "<script>"})
    assert refused.status_code == 400
    assert "X-Hook-Secret" not in refused.headers


def test_a_handshake_header_does_not_let_a_message_past_its_signature(come):
    sitting = come("s1", "active")
    response = post("s1", "RETURNED", more={"X-Hook-Secret": "s", "X-Prolific-Request-Signature": "bm8="})
    assert response.status_code == 401
    sitting.refresh_from_db()
    assert sitting.state == "active"


def test_only_posts_are_heard():
    assert Client().get(reverse("recruitment:hook")).status_code == 405


def test_a_message_that_could_not_be_acted_on_is_taken_when_it_comes_again(come, monkeypatch):
    sitting = come("s1", "active")
    with monkeypatch.context() as patch:
        patch.setattr("studies.recruitment.webhooks.hear", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            post("s1", "RETURNED")
    assert not RecruiterMessage.objects.exists()
    post("s1", "RETURNED")
    sitting.refresh_from_db()
    assert sitting.state == "returned"


@pytest.mark.django_db(transaction=True)
def test_the_same_message_delivered_eight_times_at_once_is_taken_once(come):
    sitting = come("s1", "active")
    answers: list[bytes] = []
    start = threading.Barrier(8)

    def deliver() -> None:
        try:
            start.wait()
            response = post("s1", "RETURNED")
            answers.append(b"%d %s" % (response.status_code, response.content.strip()))
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [b"200 taken before"] * 7 + [
        b"200 the sitting is returned and its place is free"
    ]
    assert RecruiterMessage.objects.count() == Submission.objects.count() == 1
    assert Sitting.objects.get(pk=sitting.pk).state == "returned"
