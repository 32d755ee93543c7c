"""Data and pay: two decisions that never touch each other."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from benchmark.models import Job
from studies.models import Exclusion, PayDecision, Sitting, Study
from studies.recruitment.decisions import DecisionRefused, decide_pay, exclude, lift, take_back
from studies.recruitment.evaluation import evaluate, evaluate_study, exclude_by_rule
from studies.recruitment.rules import Consequence
from studies.sitting import assignment
from tests.factories import make_study, sit
from tests.recruitment.conftest import MESSAGE, fail_checks

pytestmark = pytest.mark.django_db


def test_excluding_data_frees_the_place_and_leaves_pay_alone(come, researcher):
    sitting = come("s1")
    made = exclude(sitting, reason=" Answers follow a pattern. ", by=researcher)
    sitting.refresh_from_db()
    assert (made.rule, made.reason, made.by) == ("researcher", "Answers follow a pattern.", researcher)
    assert sitting.state == Sitting.State.COMPLETED
    assert not sitting.holds_place
    assert not PayDecision.objects.exists()
    assert not Job.objects.exists()


def test_deciding_about_pay_leaves_the_data_alone(come, researcher):
    sitting = come("s1")
    fail_checks(sitting, "instructed", 2)
    decide_pay(sitting, "reject", "FAILED_CHECK", MESSAGE, researcher)
    sitting.refresh_from_db()
    assert sitting.holds_place
    assert not Exclusion.objects.exists()


def test_an_exclusion_says_why_and_is_made_once(come, researcher):
    sitting = come("s1")
    with pytest.raises(DecisionRefused, match="Write down why"):
        exclude(sitting, reason="  ", by=researcher)
    exclude(sitting, reason="A pattern.", by=researcher)
    with pytest.raises(DecisionRefused, match="excluded already"):
        exclude(sitting, reason="A pattern.", by=researcher)
    with pytest.raises(DecisionRefused, match="Only a completed sitting"):
        exclude(come("s2", "returned"), reason="A pattern.", by=researcher)


def test_lifting_takes_the_place_again_while_there_is_one(come, researcher):
    sitting = come("s1")
    made = exclude(sitting, reason="A pattern.", by=researcher)
    assert lift(made, by=researcher)
    sitting.refresh_from_db()
    made.refresh_from_db()
    assert sitting.holds_place
    assert made.lifted_by == researcher
    with pytest.raises(DecisionRefused, match="lifted already"):
        lift(made, by=researcher)


def test_lifting_never_takes_a_place_from_somebody_else(come, study, researcher):
    sitting = come("s1")
    made = exclude(sitting, reason="A pattern.", by=researcher)
    for n in range(study.raters_per_block):
        come(f"newcomer-{n}")
    assert not lift(made, by=researcher)
    sitting.refresh_from_db()
    assert not sitting.holds_place
    assert sitting.block.sittings.filter(holds_place=True).count() == study.raters_per_block


def test_the_frozen_rule_excludes_by_itself_and_frees_the_place(db):
    study = make_study(clips=False, analysis_plan={"exclude": {"instructed": 2, "identical": 1}})
    _, inattentive_once, trapped = (sit(study) for _ in range(3))
    fail_checks(inattentive_once, "instructed", 1)
    fail_checks(trapped, "identical", 1)
    assert [exclusion.sitting for exclusion in exclude_by_rule(study)] == [trapped]
    exclusion = trapped.exclusions.get()
    assert exclusion.rule == "identical"
    assert "from 1 on" in exclusion.reason
    assert exclusion.by is None
    trapped.refresh_from_db()
    assert not trapped.holds_place
    assert exclude_by_rule(study) == []


def test_what_a_researcher_lifted_is_not_excluded_again(db, researcher):
    study = make_study(clips=False, analysis_plan={"exclude": {"identical": 1}})
    sitting = sit(study)
    fail_checks(sitting, "identical", 1)
    (made,) = exclude_by_rule(study)
    lift(made, by=researcher)
    assert exclude_by_rule(study) == []


def test_nothing_is_excluded_without_a_frozen_rule(db):
    plan = {"exclude": {"identical": 1}}
    for study in (
        make_study(clips=False),
        make_study(clips=False, analysis_plan=plan, state=Study.State.DRAFT),
    ):
        fail_checks(sit(study), "identical", 3)
        assert exclude_by_rule(study) == []


def test_a_failed_trap_is_approved_or_left_but_never_unpaid(come, researcher):
    sitting = come("s1")
    fail_checks(sitting, "identical", 3)
    for decision in ("reject", "ask_return"):
        with pytest.raises(DecisionRefused, match="no ground"):
            decide_pay(sitting, decision, "FAILED_CHECK", MESSAGE, researcher)
    assert decide_pay(sitting, "approve", "", "", researcher).decision == "approve"


def test_a_missed_practice_asks_for_a_return_and_never_rejects(come, researcher):
    sitting = come("s1", "screened_out")
    sitting.practice_log = [{"round": 1, "understood": False}] * 2
    sitting.save()
    with pytest.raises(DecisionRefused, match="no ground"):
        decide_pay(sitting, "reject", "FAILED_CHECK", MESSAGE, researcher)
    made = decide_pay(sitting, "ask_return", "", "The practice was missed twice.", researcher)
    assert "never rejecting" in made.grounds


@pytest.mark.parametrize(
    ("category", "message", "part"),
    [("", MESSAGE, "category"), ("FAILED_CHECK", "Too short.", "100 characters")],
)
def test_a_rejection_needs_its_category_and_a_long_message(come, researcher, category, message, part):
    sitting = come("s1")
    fail_checks(sitting, "instructed", 2)
    with pytest.raises(DecisionRefused, match=part):
        decide_pay(sitting, "reject", category, message, researcher)
    assert not PayDecision.objects.exists()


def test_a_rejection_cannot_be_undone(come, researcher):
    sitting = come("s1")
    fail_checks(sitting, "instructed", 2)
    made = decide_pay(sitting, "reject", "FAILED_CHECK", MESSAGE, researcher)
    PayDecision.objects.filter(pk=made.pk).update(sending_at="2026-05-01T10:00Z", sent_at="2026-05-01T10:00Z")
    for decision in ("approve", "ask_return", "reject"):
        with pytest.raises(DecisionRefused, match="cannot be undone"):
            decide_pay(sitting, decision, "FAILED_CHECK", MESSAGE, researcher)
    with pytest.raises(DecisionRefused, match="cannot be taken back"):
        take_back(made)


def test_what_is_not_on_its_way_can_be_taken_back(come, researcher):
    sitting = come("s1")
    take_back(decide_pay(sitting, "approve", "", "", researcher))
    decide_pay(sitting, "approve", "", "", researcher)
    assert sitting.pay_decisions.count() == 2


def test_people_without_a_recruiter_have_no_pay_to_decide(db, researcher):
    with pytest.raises(DecisionRefused, match="did not send this person"):
        decide_pay(sit(make_study(clips=False)), "approve", "", "", researcher)


@pytest.mark.parametrize(
    "rows",
    [
        [{"decision": "approve"}, {"decision": "approve"}],
        [{"decision": "approve"}, {"decision": "reject", "category": "FAILED_CHECK", "message": MESSAGE}],
        [{"decision": "reject", "category": "FAILED_CHECK", "message": "short"}],
        [{"decision": "reject", "category": "", "message": MESSAGE}],
    ],
)
def test_the_database_refuses_what_code_might_miss(come, rows):
    sitting = come("s1")
    *before, last = (PayDecision(sitting=sitting, **row) for row in rows)
    PayDecision.objects.bulk_create(before)
    with pytest.raises(IntegrityError), transaction.atomic():
        last.save()


def test_a_whole_study_is_evaluated_in_two_queries(come, study, django_assert_num_queries):
    sittings = [come(f"s{n}") for n in range(5)]
    fail_checks(sittings[0], "instructed", 2)
    with django_assert_num_queries(2):
        found = evaluate_study(study)
    assert found[sittings[0].pk].permits == {Consequence.EXCLUDE, Consequence.ASK_RETURN, Consequence.REJECT}
    assert {pk for pk, one in found.items() if one.clean} == {one.pk for one in sittings[1:]}


def test_people_slower_than_announced_count_for_the_five_minutes(come, study):
    """A study announced with four minutes that takes six: one failed check is not enough to withhold pay."""
    Study.objects.filter(pk=study.pk).update(minutes=4)
    sittings = [come(f"s{n}") for n in range(6)]
    fail_checks(sittings[0], "instructed", 1)
    sittings[0].participant.study.refresh_from_db()
    assert Consequence.REJECT in evaluate(sittings[0]).permits
    for sitting in sittings:
        start = sitting.completed_at - assignment.timedelta(minutes=6)
        Sitting.objects.filter(pk=sitting.pk).update(created_at=start)
    assert evaluate(sittings[0]).permits == {Consequence.EXCLUDE}


def test_single_quick_pages_are_named_and_permit_nothing(come):
    sitting = come("s1")
    sitting.trials.update(evidence={"response_ms": 900})
    evaluation = evaluate(sitting)
    assert [one.rule for one in evaluation.verdicts] == ["page time"]
    assert evaluation.clean
