"""The net under the messages, and the list of what does not agree."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from benchmark.jobs import claim
from benchmark.jobs.tasks import sweep
from benchmark.models import Job
from studies.models import Participant, PayDecision, RecruiterPoll, RecruiterStudy, Sitting, Study, Submission
from studies.recruitment import polling
from studies.recruitment.differences import differences
from studies.recruitment.jobs import each_minute
from studies.recruitment.news import hear
from studies.recruitment.prolific import ProlificError, Remote
from studies.sitting import assignment
from tests.factories import make_study, sit
from tests.recruitment.conftest import fail_checks
from tests.recruitment.imitation import Fault

pytestmark = pytest.mark.django_db


@pytest.fixture
def poll(prolific, client_of, study):
    with client_of(prolific) as client:
        yield lambda: polling.poll(study, client)


def kinds(study) -> list[str]:
    return [one.kind for one in differences(study)]


def test_returns_and_time_outs_that_no_message_told_are_heard(come, prolific, poll):
    """Dallinger 5725: returns and time-outs went unheard, money was wasted."""
    back, late = come("s1", "active"), come("s2", "active")
    prolific.add("s1", "RETURNED")
    prolific.add("s2", "TIMED-OUT")
    heard = poll()
    for sitting in (back, late):
        sitting.refresh_from_db()
    assert (heard.submissions, heard.changed) == (2, 2)
    assert (back.state, late.state) == ("returned", "expired")
    assert not back.holds_place
    assert not late.holds_place


def test_polling_twice_changes_nothing(come, study, prolific, poll):
    sitting = come("s1", "active")
    prolific.add("s1", "TIMED-OUT")
    poll()
    sitting.refresh_from_db()
    assignment.resume(sitting)
    assert poll().changed == 0
    sitting.refresh_from_db()
    assert sitting.state == "active"


def test_local_and_prolific_state_that_diverge_are_named_until_they_agree(come, study, prolific, poll):
    """Dallinger 9392: local and Prolific state diverge; in both directions, and completed shown as rejected."""
    come("s1")
    prolific.add("s1", "TIMED-OUT")
    come("s2")
    prolific.add("s2", "RETURNED")
    come("s3")
    prolific.add("s3", "REJECTED")
    poll()
    assert kinds(study) == ["timed out there", "rejected there", "returned there"]
    for key in ("s1", "s2", "s3"):
        prolific.submissions[key]["status"] = "APPROVED"
    poll()
    assert kinds(study) == []


def test_completed_on_prolific_but_lost_here_is_never_lost(come, study, prolific, poll):
    """revisit 1182, 1287: completed on Prolific, lost here, about 5 %."""
    come("s1")
    for key in ("s1", "never-arrived", "no-code"):
        prolific.add(key, "AWAITING REVIEW", study_code="NOCODE" if key == "no-code" else "C0MPLETE")
    poll()
    lost, without = differences(study)
    assert (lost.kind, without.kind) == ("lost here", "lost here")
    assert lost.row == Submission.objects.get(key="never-arrived")
    assert "without a code" in without.sentence
    assert "not by itself invalid" in without.advice


def test_handing_in_unfinished_is_named_with_how_far_it_got(come, study, prolific, poll):
    sitting = come("s1", "active")
    sitting.trials.filter(position__gt=4).update(answered_at=None)
    prolific.add("s1", "AWAITING REVIEW", study_code="NOCODE")
    poll()
    (found,) = differences(study)
    assert found.kind == "unfinished here"
    assert "without a code with 4 of 9 rounds" in found.sentence
    assert found.sitting == sitting


def test_a_missed_practice_that_was_handed_in_is_named(come, study, prolific, poll):
    come("s1", "screened_out")
    prolific.add("s1", "AWAITING REVIEW")
    poll()
    (found,) = differences(study)
    assert "never a ground for rejecting" in found.advice


def test_finished_here_and_not_handed_in_is_named_after_a_while(come, study, prolific, poll):
    sitting = come("s1")
    prolific.add("s1", "ACTIVE")
    poll()
    assert kinds(study) == []
    Sitting.objects.filter(pk=sitting.pk).update(completed_at=timezone.now() - timedelta(minutes=11))
    assert kinds(study) == ["not handed in"]


def test_a_missing_or_wrong_code_is_named_and_no_ground(come, study, prolific, poll):
    for key, code in (("s1", "C0MPLETE"), ("s2", "NOCODE"), ("s3", "WR0NG")):
        come(key)
        prolific.add(key, "AWAITING REVIEW", study_code=code)
    poll()
    found = differences(study)
    assert [one.kind for one in found] == ["wrong code"] * 2
    assert [one.row for one in found] == list(Submission.objects.exclude(key="s1").order_by("key"))
    assert "no ground" in found[0].advice


def test_a_review_that_is_nearly_overdue_is_named(come, study, prolific, poll):
    come("s1")
    long_ago = (timezone.now() - timedelta(days=18, hours=1)).isoformat()
    prolific.add("s1", "AWAITING REVIEW", completed_at=long_ago)
    poll()
    (found,) = differences(study)
    assert "by itself in 2 days" in found.sentence


def test_a_submission_id_that_prolific_does_not_know_is_named(come, study, prolific, poll):
    sitting = come("made-up")
    prolific.add("s1", "RETURNED")
    poll()
    assert kinds(study) == []
    Participant.objects.filter(pk=sitting.participant_id).update(
        created_at=timezone.now() - timedelta(minutes=11)
    )
    assert poll().missing == 1
    (found,) = differences(study)
    assert found.kind == "not known there"
    prolific.add("made-up", "AWAITING REVIEW")
    poll()
    assert kinds(study) == []


def test_somebody_who_withdrew_can_still_be_paid(come, study, prolific, poll):
    sitting = come("s1")
    prolific.add("s1", "AWAITING REVIEW")
    poll()
    assignment.withdraw(Participant.objects.get(pk=sitting.participant_id))
    poll()
    (found,) = differences(study)
    assert found.kind == "withdrew"
    assert found.row == Submission.objects.get(participant=sitting.participant)


def test_a_person_who_came_twice_is_not_paid_twice_unseen(come, study, prolific, poll):
    sitting = come("new")
    prolific.add("old", "AWAITING REVIEW", person="person-new")
    prolific.add("new", "AWAITING REVIEW", person="person-new")
    poll()
    (found,) = differences(study)
    old = Submission.objects.get(key="old")
    assert (found.kind, found.row, found.sitting) == ("two submissions", old, sitting)


def test_what_was_ticked_off_comes_back_when_the_story_changes(come, study, prolific, poll, researcher):
    come("s1")
    prolific.add("s1", "TIMED-OUT")
    poll()
    Submission.objects.update(settled_at=timezone.now(), settled_by=researcher)
    poll()
    assert kinds(study) == []
    prolific.submissions["s1"]["status"] = "RETURNED"
    poll()
    assert kinds(study) == ["returned there"]


def test_people_from_a_study_that_was_not_entered_are_named(come, study, prolific, poll):
    come("s1")
    RecruiterStudy.objects.create(study=study, key="another")
    prolific.add("x1", "RETURNED", study="another")
    poll()
    (found,) = differences(study)
    assert found.kind == "other study"
    assert {one.query["study"] for one in prolific.asked} == {"another"}


def test_one_id_that_fails_does_not_keep_the_others_from_being_asked(come, study, prolific, poll):
    come("s1", "active")
    for key in ("gone", "their-study"):
        RecruiterStudy.objects.create(study=study, key=key)
    prolific.add("s1", "RETURNED")
    with pytest.raises(ProlificError, match="does not know"):
        poll()
    assert Submission.objects.get().status == "RETURNED"
    assert "does not know" in study.poll.error


def test_a_fault_in_the_middle_keeps_what_was_heard_and_calls_nobody_missing(come, study, prolific, poll):
    for n in range(5):
        come(f"s{n}", "active")
        prolific.add(f"s{n}", "RETURNED")
    Participant.objects.update(created_at=timezone.now() - timedelta(hours=1))
    original = prolific.list_submissions
    prolific.list_submissions = lambda asked: (
        original(asked) if asked.query["page"] == "1" else (403, {}, {"error": {"title": "no"}})
    )
    with pytest.raises(ProlificError):
        poll()
    assert Submission.objects.filter(missing_since=None).count() == 3
    assert Submission.objects.count() == 3


def test_news_from_a_poll_does_not_undo_a_message_that_came_meanwhile(come, study):
    come("s1", "active")
    now = timezone.now()
    hear(study, Remote("s1", "RETURNED"), now)
    assert hear(study, Remote("s1", "ACTIVE"), now - timedelta(seconds=2)) == "older than what is known"
    assert Submission.objects.get().status == "RETURNED"


def test_a_return_that_was_heard_before_the_person_was_known_counts_when_they_are(come, study):
    hear(study, Remote("s1", "RETURNED"), timezone.now())
    sitting = come("s1", "active")
    hear(study, Remote("s1", "RETURNED"), timezone.now())
    sitting.refresh_from_db()
    assert sitting.state == "returned"


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({}, 1),
        ({"state": Study.State.PAUSED}, 1),
        ({"state": Study.State.CLOSED, "closed_at": timezone.now() - timedelta(days=29)}, 1),
        ({"state": Study.State.CLOSED, "closed_at": timezone.now() - timedelta(days=31)}, 0),
        ({"recruiter": Study.Recruiter.LINK}, 0),
        ({"origin": Study.Origin.SIMULATED}, 0),
    ],
)
def test_open_and_freshly_closed_prolific_studies_are_asked_for(come, study, prolific, fields, asked):
    come("s1")
    Study.objects.filter(pk=study.pk).update(**fields)
    assert polling.ask_due() == asked


def test_a_study_is_asked_for_once_per_interval(come, study, prolific):
    come("s1")
    now = timezone.now()
    assert polling.ask_due(now) == 1
    assert polling.ask_due(now + timedelta(minutes=4)) == 0
    Job.objects.update(state="done", finished_at=now)
    assert polling.ask_due(now + timedelta(minutes=5)) == 1
    assert Job.objects.filter(kind=polling.POLL_JOB, state="queued").count() == 1


def test_nobody_is_asked_without_a_token(come, prolific, settings):
    come("s1")
    settings.PROLIFIC_TOKEN = ""
    assert polling.ask_due() == 0


def test_the_sweep_asks_and_the_job_hears(come, study, prolific):
    sitting = come("s1", "active")
    prolific.add("s1", "RETURNED")
    sweep.apply()
    job = claim.perform(Job.objects.get(kind=polling.POLL_JOB).pk, "test")
    assert job is not None
    assert job.state == "done"
    sitting.refresh_from_db()
    assert sitting.state == "returned"
    assert study.poll.heard_at is not None
    assert study.poll.error == ""


def test_the_sweep_applies_the_frozen_rule(db):
    study = make_study(clips=False, analysis_plan={"exclude": {"identical": 1}})
    sitting = sit(study)
    fail_checks(sitting, "identical", 1)
    each_minute()
    assert sitting.exclusions.get().rule == "identical"


def test_a_poll_that_fails_for_good_says_why_on_the_jobs_page(come, study, prolific):
    come("s1")
    prolific.add("s1")
    prolific.faults = [Fault(401)]
    job = claim.perform(polling.ask(study).pk, "test")
    assert job is not None
    assert job.state == "failed"
    assert "token" in job.error
    assert RecruiterPoll.objects.get().error == job.error


def test_the_list_of_differences_asks_the_database_a_fixed_number_of_times(
    come, study, prolific, poll, django_assert_max_num_queries
):
    for n in range(12):
        come(f"s{n}", "completed" if n % 2 else "active", place=n + 1, block=study.blocks.get())
        prolific.add(f"s{n}", "AWAITING REVIEW", study_code="WR0NG")
    poll()
    with django_assert_max_num_queries(9):
        assert len(differences(study)) == 12


@pytest.mark.django_db(transaction=True)
def test_a_poll_and_a_message_at_once_end_with_one_row(come, study):
    come("s1", "active")
    start = threading.Barrier(6)

    def news(status: str) -> None:
        try:
            start.wait()
            hear(study, Remote("s1", status), timezone.now())
        finally:
            connection.close()

    threads = [threading.Thread(target=news, args=("RETURNED",)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Submission.objects.count() == 1
    assert not PayDecision.objects.exists()
    assert Sitting.objects.get().state == "returned"
