"""What a click sets off: one job, and in effect one message to Prolific."""

from __future__ import annotations

import pytest

from benchmark.jobs import claim
from benchmark.jobs.registry import PermanentError
from benchmark.models import Job
from studies.models import PayDecision, Submission
from studies.recruitment import jobs
from studies.recruitment.decisions import DecisionRefused, decide_pay, send, take_back
from studies.recruitment.prolific import ProlificError
from studies.recruitment.sending import tell
from tests.recruitment.conftest import MESSAGE, fail_checks
from tests.recruitment.imitation import Fault

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(prolific, client_of):
    with client_of(prolific) as client:
        yield client


def run_job() -> Job:
    job = claim.perform(Job.objects.get(kind=jobs.PAY_JOB, state="queued").pk, "test")
    assert job is not None
    return job


def test_nothing_is_told_before_a_click(come, prolific):
    come("s1")
    prolific.add("s1", "AWAITING REVIEW")
    jobs.each_minute()
    for job in Job.objects.filter(state="queued"):
        claim.perform(job.pk, "test")
    assert prolific.asked
    assert prolific.posts() == []


@pytest.mark.parametrize(
    ("decision", "told"), [("approve", "APPROVE"), ("ask_return", "REQUEST_RETURN"), ("reject", "REJECT")]
)
def test_a_decision_reaches_prolific_and_is_noted(come, prolific, researcher, decision, told):
    sitting = come("s1")
    fail_checks(sitting, "instructed", 2)
    prolific.add("s1", "AWAITING REVIEW")
    made = decide_pay(sitting, decision, "FAILED_CHECK", MESSAGE, researcher)
    assert prolific.asked == []
    assert run_job().state == "done"
    made.refresh_from_db()
    assert made.sent_at is not None
    assert made.error == ""
    assert prolific.told == [("s1", told)]
    row = Submission.objects.get(key="s1")
    assert row.participant == sitting.participant
    assert row.status == prolific.submissions["s1"]["status"]
    with pytest.raises(DecisionRefused):
        take_back(made)


def test_a_rejection_carries_its_category_and_message(come, prolific, researcher):
    sitting = come("s1")
    fail_checks(sitting, "instructed", 2)
    prolific.add("s1", "AWAITING REVIEW")
    decide_pay(sitting, "reject", "FAILED_CHECK", MESSAGE, researcher)
    run_job()
    (post,) = prolific.posts()
    assert post.body == {"action": "REJECT", "rejection_category": "FAILED_CHECK", "message": MESSAGE.strip()}


def test_running_it_again_tells_nothing_twice(come, prolific, client, researcher):
    prolific.add("s1", "AWAITING REVIEW")
    made = decide_pay(come("s1"), "approve", "", "", researcher)
    assert tell(made, client)
    assert not tell(made, client)
    PayDecision.objects.update(sent_at=None)  # as if the worker was killed before it noted the answer
    assert tell(made, client)
    assert prolific.told == [("s1", "APPROVE")]


@pytest.mark.parametrize(
    "fault", [Fault(500, method="POST", after=True), Fault(method="POST", after=True, drop=True)]
)
def test_an_answer_lost_on_the_way_is_not_told_twice(come, prolific, researcher, fault):
    prolific.add("s1", "AWAITING REVIEW")
    made = decide_pay(come("s1"), "approve", "", "", researcher)
    prolific.faults = [fault]
    assert run_job().state == "queued"
    made.refresh_from_db()
    assert made.sent_at is None
    with pytest.raises(DecisionRefused, match="may have"):
        take_back(made)
    Job.objects.update(not_before=None)
    assert run_job().state == "done"
    made.refresh_from_db()
    assert made.sent_at is not None
    assert prolific.told == [("s1", "APPROVE")]


def test_asking_for_a_return_twice_sends_one_message(come, prolific, client, researcher):
    sitting = come("s1", "returned")
    prolific.add("s1", "AWAITING REVIEW")
    made = decide_pay(sitting, "ask_return", "", "The rounds were not finished.", researcher)
    tell(made, client)
    PayDecision.objects.update(sent_at=None)
    tell(made, client)
    assert prolific.told == [("s1", "REQUEST_RETURN")]


def test_a_refusal_is_shown_and_can_be_taken_back(come, prolific, researcher):
    sitting = come("s1")
    prolific.add("s1", "REJECTED")
    made = decide_pay(sitting, "approve", "", "", researcher)
    job = run_job()
    made.refresh_from_db()
    assert job.state == "failed"
    assert "as rejected" in job.error
    assert made.error == job.error
    take_back(made)
    decide_pay(sitting, "approve", "", "", researcher)


def test_what_was_taken_back_is_not_told(come, prolific, client, researcher):
    prolific.add("s1", "AWAITING REVIEW")
    made = decide_pay(come("s1"), "approve", "", "", researcher)
    take_back(made)
    assert run_job().state == "done"
    assert prolific.posts() == []
    assert not tell(made, client)


def test_somebody_who_finished_but_timed_out_there_can_still_be_paid(come, prolific, researcher):
    prolific.add("s1", "TIMED-OUT")
    decide_pay(come("s1"), "approve", "", "", researcher)
    run_job()
    assert prolific.submissions["s1"]["status"] == "APPROVED"


def test_a_missing_token_fails_with_a_sentence_that_names_it(come, prolific, researcher, settings):
    made = decide_pay(come("s1"), "approve", "", "", researcher)
    settings.PROLIFIC_TOKEN = ""
    job = run_job()
    assert job.state == "failed"
    assert "DIPTYCH_PROLIFIC_TOKEN" in job.error
    settings.PROLIFIC_TOKEN = "imitation-token-7f3a"
    prolific.add("s1", "AWAITING REVIEW")
    send(made)
    assert run_job().state == "done"


def test_sending_again_what_is_already_asked_for_makes_no_second_job(come, prolific, researcher):
    made = decide_pay(come("s1"), "approve", "", "", researcher)
    send(made)
    assert Job.objects.filter(kind=jobs.PAY_JOB).count() == 1


def test_a_second_look_that_fails_does_not_undo_what_was_told(come, prolific, client, researcher):
    prolific.add("s1", "AWAITING REVIEW")
    made = decide_pay(come("s1"), "approve", "", "", researcher)
    approve = client.approve

    def approve_then_lose_access(key):
        approve(key)
        prolific.faults = [Fault(403)]

    client.approve = approve_then_lose_access
    assert tell(made, client)
    made.refresh_from_db()
    assert made.sent_at is not None


def test_a_decision_that_was_deleted_leaves_nothing_to_do(db):
    job = Job(kind=jobs.PAY_JOB, subject="decision:999999")
    with pytest.raises(PermanentError, match="nothing is left to do"):
        jobs.run_tell(job, lambda share, words="": None)


def test_still_being_processed_is_a_passing_state(come, prolific, client, researcher):
    prolific.add("s1", "PROCESSING")
    made = decide_pay(come("s1"), "approve", "", "", researcher)
    with pytest.raises(ProlificError) as caught:
        tell(made, client)
    assert caught.value.retryable
