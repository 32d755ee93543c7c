"""The client against an imitation that misbehaves as the real one may."""

from __future__ import annotations

import email.utils
import logging
import traceback
from datetime import UTC, datetime, timedelta

import pytest

from studies.recruitment.prolific import ATTEMPTS, Prolific, ProlificError, normalise_status
from tests.recruitment.imitation import TOKEN, Fault, serve


@pytest.fixture
def there():
    with serve() as imitation:
        yield imitation


@pytest.fixture
def client(there, client_of):
    with client_of(there) as client:
        yield client


def test_it_reads_every_page_whatever_size_the_server_likes(there, client):
    for n in range(8):
        there.add(f"s{n}", "AWAITING REVIEW", study_code="NOCODE" if n == 5 else "C0MPLETE")
    there.add("elsewhere", study="another-study")
    listed = list(client.submissions("their-study"))
    assert [one.key for one in listed] == [f"s{n}" for n in range(8)]
    assert {one.study for one in listed} == {"their-study"}
    assert listed[5].code == "NOCODE"
    assert listed[0].started_at == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert len(there.asked) == 3


def test_a_list_that_ends_early_is_an_error_and_not_a_shorter_list(there, client, monkeypatch):
    there.add("s1")
    honest = there.list_submissions

    def short(asked):
        status, headers, said = honest(asked)
        return status, headers, {**said, "meta": {"count": 4}}

    monkeypatch.setattr(there, "list_submissions", short)
    with pytest.raises(ProlificError, match="ended after 1 of 4") as caught:
        list(client.submissions("their-study"))
    assert caught.value.retryable


def test_it_backs_off_exponentially_and_as_long_as_it_is_told(there, client, pauses):
    there.add("s1", "ACTIVE")
    there.faults = [Fault(429), Fault(429), Fault(429, {"Retry-After": "7"}), Fault(503)]
    assert client.submission("s1").status == "ACTIVE"
    assert pauses == [1, 2, 7, 8]


def test_retry_after_may_be_a_date(there, client, pauses):
    there.add("s1")
    until = datetime.now(UTC) + timedelta(seconds=20)
    there.faults = [Fault(429, {"Retry-After": email.utils.format_datetime(until, usegmt=True)})]
    client.submission("s1")
    assert 17 < pauses[0] <= 20


def test_a_pause_too_long_to_sit_out_is_left_to_the_queue(there, client, pauses):
    there.add("s1")
    there.faults = [Fault(429, {"Retry-After": "900"})]
    with pytest.raises(ProlificError, match="slow down") as caught:
        client.submission("s1")
    assert caught.value.retryable
    assert pauses == []


def test_it_gives_up_after_a_few_attempts(there, client, pauses):
    there.faults = [Fault(502) for _ in range(20)]
    with pytest.raises(ProlificError, match="502") as caught:
        client.submission("s1")
    assert caught.value.retryable
    assert len(there.asked) == ATTEMPTS


@pytest.mark.parametrize("fault", [Fault(500, after=True), Fault(after=True, drop=True)])
def test_telling_is_not_repeated_when_it_may_have_arrived(there, client, fault):
    there.add("s1", "AWAITING REVIEW")
    there.faults = [fault]
    with pytest.raises(ProlificError) as caught:
        client.approve("s1")
    assert caught.value.retryable
    assert len(there.posts()) == 1
    assert there.submissions["s1"]["status"] == "APPROVED"


def test_telling_is_repeated_when_it_was_turned_away(there, client, pauses):
    there.add("s1", "AWAITING REVIEW")
    there.faults = [Fault(429)]
    client.approve("s1")
    assert there.told == [("s1", "APPROVE")]


@pytest.mark.parametrize(
    ("status", "part"),
    [(401, "token"), (403, "token"), (404, "does not know"), (400, "as told"), (409, "as told")],
)
def test_a_refusal_is_permanent_and_says_why(there, client, pauses, status, part):
    there.faults = [Fault(status)]
    with pytest.raises(ProlificError, match=part) as caught:
        client.submission("s1")
    assert not caught.value.retryable
    assert pauses == []


def test_an_unreachable_prolific_is_a_passing_fault(pauses):
    with (
        Prolific(TOKEN, "http://127.0.0.1:9", sleep=pauses.append) as client,
        pytest.raises(ProlificError, match="could not be reached") as caught,
    ):
        client.approve("s1")
    assert caught.value.retryable
    assert len(pauses) == ATTEMPTS - 1


def test_a_request_without_a_token_is_never_made():
    with pytest.raises(ProlificError, match="DIPTYCH_PROLIFIC_TOKEN"):
        Prolific("", "http://127.0.0.1:9")


def test_the_token_stands_in_no_log_message_or_error(there, client, caplog, pauses):
    caplog.set_level(logging.DEBUG)
    there.add("s1")
    there.faults = [Fault(429), Fault(401)]
    with pytest.raises(ProlificError) as caught:
        client.submission("s1")
    told = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(client)
    assert TOKEN not in told


def test_a_subscription_is_confirmed_with_the_secret_in_its_answer(there, client):
    key = client.subscribe("workspace-1", "https://diptych.example/recruitment/prolific/hook/")
    assert there.subscriptions[key]["is_enabled"]
    assert there.subscriptions[key]["event_type"] == "submission.status.change"


@pytest.mark.parametrize("said", ["TIMED-OUT", "TIMED_OUT", "timed-out", "Timed out"])
def test_a_status_has_one_spelling(said):
    assert normalise_status(said) == "TIMED-OUT"
    assert normalise_status("awaiting_review") == "AWAITING REVIEW"
