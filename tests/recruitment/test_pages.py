"""The researcher's pages: every click asks once more, says what it did, and does no more than that."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib.messages import get_messages
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmark.models import Job
from studies.models import (
    CompletionCode,
    Exclusion,
    PayDecision,
    Rating,
    RecruiterIdentity,
    RecruiterMessage,
    RecruiterStudy,
    Study,
    Submission,
)
from studies.recruitment.decisions import decide_pay
from studies.recruitment.evaluation import rule_of
from studies.recruitment.news import hear
from studies.recruitment.polling import POLL_JOB
from studies.recruitment.prolific import Remote
from studies.reports.dataset import load
from tests.factories import make_study, sit
from tests.recruitment.conftest import MESSAGE, fail_checks

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(researcher) -> Client:
    researcher.is_staff = True
    researcher.save()
    client = Client()
    client.force_login(researcher)
    return client


def at(name: str, *args) -> str:
    return reverse(f"recruitment:{name}", args=args)


def said(response) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def news(study: Study, key: str, status: str) -> None:
    hear(study, Remote(key, status), timezone.now())


def test_the_page_shows_statuses_differences_and_what_is_due(come, study, signed_in):
    first, late = come("s1"), come("s2")
    news(study, "s1", "AWAITING REVIEW")
    news(study, "s2", "TIMED-OUT")
    page = signed_in.get(at("overview", study.slug)).content.decode()
    assert "Approve 1 that is plainly due" in page
    assert "timed out on Prolific" in page
    assert first.participant.pseudonym in page
    assert late.participant.pseudonym in page
    assert "person-s1" not in page  # whom Prolific means is for the map alone


def test_a_study_without_prolific_says_so(db, signed_in):
    study = make_study(clips=False)
    assert "no recruiter has to be told" in signed_in.get(at("overview", study.slug)).content.decode()


def test_a_missing_token_is_said_and_asking_refused(come, study, signed_in, settings):
    come("s1")
    settings.PROLIFIC_TOKEN = ""
    assert "No Prolific token" in signed_in.get(at("overview", study.slug)).content.decode()
    assert "DIPTYCH_PROLIFIC_TOKEN" in said(signed_in.post(at("ask", study.slug)))
    assert not Job.objects.exists()


def test_asking_now_asks_for_one_poll(come, study, prolific, signed_in):
    assert "Enter Prolific" in said(signed_in.post(at("ask", study.slug)))
    come("s1")
    signed_in.post(at("ask", study.slug))
    signed_in.post(at("ask", study.slug))
    assert Job.objects.filter(kind=POLL_JOB).count() == 1


def test_looking_at_a_decision_decides_nothing(come, study, prolific, signed_in):
    sitting = come("s1")
    fail_checks(sitting, "instructed", 2)
    news(study, "s1", "AWAITING REVIEW")
    for decision in ("approve", "ask_return", "reject"):
        page = signed_in.get(at("pay", sitting.pk, decision))
        assert page.status_code == 200
        assert "2 instructed checks failed" in page.content.decode()
    assert not PayDecision.objects.exists()
    assert not Job.objects.exists()


def test_a_rejection_asks_for_category_message_and_certainty(come, study, signed_in, researcher):
    sitting = come("s1")
    fail_checks(sitting, "instructed", 2)
    address = at("pay", sitting.pk, "reject")
    unsure = signed_in.post(address, {"category": "FAILED_CHECK", "message": MESSAGE})
    short = signed_in.post(address, {"category": "FAILED_CHECK", "message": "No.", "sure": "on"})
    wrong = signed_in.post(address, {"category": "LOW_EFFORT", "message": MESSAGE, "sure": "on"})
    assert [unsure.status_code, short.status_code, wrong.status_code] == [400] * 3
    assert "cannot be undone" in unsure.content.decode()
    assert "100 characters" in short.content.decode()
    assert not PayDecision.objects.exists()
    done = signed_in.post(address, {"category": "FAILED_CHECK", "message": MESSAGE, "sure": "on"})
    assert done.status_code == 302
    made = PayDecision.objects.get()
    assert (made.decision, made.category, made.by) == ("reject", "FAILED_CHECK", researcher)
    assert Job.objects.get().subject == f"decision:{made.pk}"


@pytest.mark.parametrize("decision", ["ask_return", "reject"])
def test_a_forged_post_gets_no_further_than_the_rules(come, signed_in, decision):
    """The page offers only approving after a failed trap; a post made by hand is refused all the same."""
    sitting = come("s1")
    fail_checks(sitting, "identical", 2)
    assert "do not permit" in signed_in.get(at("pay", sitting.pk, decision)).content.decode()
    response = signed_in.post(
        at("pay", sitting.pk, decision), {"category": "FAILED_CHECK", "message": MESSAGE, "sure": "on"}
    )
    assert response.status_code == 400
    assert not PayDecision.objects.exists()


def test_unknown_decisions_and_people_from_elsewhere_are_not_found(come, signed_in):
    assert signed_in.get(at("pay", come("s1").pk, "bonus")).status_code == 404
    assert signed_in.get(at("pay", sit(make_study(clips=False)).pk, "approve")).status_code == 404


def test_approving_everybody_due_approves_those_shown_and_no_others(come, study, signed_in):
    due, trapped, failed, later = (come(f"s{n}") for n in range(4))
    fail_checks(trapped, "identical", 1)
    fail_checks(failed, "instructed", 2)
    for n in range(4):
        news(study, f"s{n}", "AWAITING REVIEW")
    page = signed_in.get(at("approve_all", study.slug)).content.decode()
    assert f'value="{due.pk}"' in page
    assert f'value="{trapped.pk}"' in page
    assert f'value="{failed.pk}"' not in page
    response = signed_in.post(at("approve_all", study.slug), {"sitting": [due.pk, trapped.pk, failed.pk]})
    assert "2 approved" in said(response)
    assert set(PayDecision.objects.values_list("sitting", flat=True)) == {due.pk, trapped.pk}
    assert not later.pay_decisions.exists()
    assert not Exclusion.objects.exists()


def test_a_decision_that_failed_can_be_sent_again_or_taken_back(come, study, signed_in, researcher):
    sitting = come("s1")
    made = decide_pay(sitting, "approve", "", "", researcher)
    PayDecision.objects.update(error="Prolific refused (400): it gives no reason.")
    page = signed_in.get(at("overview", study.slug)).content.decode()
    assert "has not reached Prolific" in page
    signed_in.post(at("send", made.pk))
    signed_in.post(at("take_back", made.pk))
    made.refresh_from_db()
    assert made.taken_back_at is not None
    assert "cannot be taken back" in said(signed_in.post(at("take_back", made.pk)))


def test_ticking_off_hides_a_difference(come, study, signed_in, researcher):
    come("s1")
    news(study, "s1", "RETURNED")
    row = Submission.objects.get()
    signed_in.post(at("settle", study.slug, row.pk))
    row.refresh_from_db()
    assert row.settled_by == researcher
    assert "returned the submission" not in signed_in.get(at("overview", study.slug)).content.decode()


def test_prolifics_study_ids_are_entered_and_removed(study, signed_in):
    bad = signed_in.post(at("add_key", study.slug), {"key": "https://app.prolific.com/x"})
    assert bad.status_code == 400
    assert "letters and digits" in bad.content.decode()
    signed_in.post(at("add_key", study.slug), {"key": "64ab00c1"})
    signed_in.post(at("add_key", study.slug), {"key": "64ab00c1"})
    entered = RecruiterStudy.objects.get()
    signed_in.post(at("remove_key", study.slug, entered.pk))
    assert not RecruiterStudy.objects.exists()


def test_a_draft_takes_codes_and_a_rule_for_excluding(signed_in, db):
    study = make_study(
        clips=False, state="draft", recruiter="prolific", analysis_plan={"alpha": 0.05}, design_hash=""
    )
    response = signed_in.post(
        at("setup", study.slug),
        {
            "code_completed": "C1",
            "code_full": "C2",
            "url_full": "https://example.org/full",
            "limit_identical": "1",
        },
    )
    assert response.status_code == 302
    codes = {code.outcome: (code.code, code.url) for code in study.completion_codes.all()}
    assert codes == {
        "completed": ("C1", "https://app.prolific.com/submissions/complete?cc=C1"),
        "full": ("C2", "https://example.org/full"),
    }
    study.refresh_from_db()
    assert study.analysis_plan == {"alpha": 0.05, "exclude": {"identical": 1}}
    assert rule_of(study).identical == 1
    signed_in.post(at("setup", study.slug), {"code_completed": "C1"})
    study.refresh_from_db()
    assert study.analysis_plan == {"alpha": 0.05}
    assert study.completion_codes.count() == 1


@pytest.mark.parametrize(
    "posted",
    [
        {"code_completed": "same", "code_full": "same"},
        {"code_completed": "no spaces please"},
        {"limit_identical": "0"},
        {"url_full": "javascript:alert(1)"},
    ],
)
def test_a_setup_that_cannot_be_meant_is_refused(signed_in, db, posted):
    study = make_study(clips=False, state="draft", recruiter="prolific")
    assert signed_in.post(at("setup", study.slug), posted).status_code == 400
    assert not CompletionCode.objects.exists()


def test_an_opened_study_keeps_its_codes_and_plan(study, signed_in):
    response = signed_in.post(at("setup", study.slug), {"code_completed": "OTHER", "limit_identical": "1"})
    assert "frozen" in said(response)
    study.refresh_from_db()
    assert study.analysis_plan == {}
    assert study.completion_codes.get().code == "C0MPLETE"


def test_only_staff_take_out_or_destroy_the_map(come, study, signed_in):
    come("s1")
    for name in ("identities", "destroy"):
        assert signed_in.get(at(name, study.slug)).status_code == 403
    assert signed_in.post(at("destroy", study.slug), {"slug": study.slug}).status_code == 403
    assert RecruiterIdentity.objects.count() == 1


def test_the_map_is_a_table_that_no_spreadsheet_runs(come, study, staff):
    sitting = come("s1")
    RecruiterIdentity.objects.update(person="=cmd|'/c calc'!A1")
    response = staff.get(at("identities", study.slug))
    (row,) = csv.DictReader(io.StringIO(response.content.decode()))
    assert row["pseudonym"] == sitting.participant.pseudonym
    assert row["person"] == "'=cmd|'/c calc'!A1"
    assert row["submission"] == "s1"
    assert "no-store" in response.headers["Cache-Control"]


def test_destroying_the_map_leaves_the_analysis_as_it_was(come, study, staff, researcher):
    kept, excluded = come("s1"), come("s2")
    Exclusion.objects.create(sitting=excluded, rule="researcher", reason="A pattern.")
    decide_pay(kept, "approve", "", "", researcher)
    PayDecision.objects.update(sending_at=timezone.now(), sent_at=timezone.now())
    news(study, "s1", "APPROVED")
    RecruiterMessage.objects.create(event="e1", kind="k", submission="s1", sent_at=timezone.now())
    RecruiterStudy.objects.create(study=study, key="their-study")
    Study.objects.filter(pk=study.pk).update(state="closed", closed_at=timezone.now())
    before, ratings = load(study).digest, Rating.objects.count()

    refused = staff.post(at("destroy", study.slug), {"slug": "another"})
    assert refused.status_code == 400
    assert RecruiterIdentity.objects.count() == 2
    assert staff.get(at("destroy", study.slug)).status_code == 200
    response = staff.post(at("destroy", study.slug), {"slug": study.slug})
    assert "2 people" in said(response)

    for model in (RecruiterIdentity, Submission, RecruiterMessage, RecruiterStudy):
        assert not model.objects.exists()
    assert load(study).digest == before
    assert Rating.objects.count() == ratings
    assert PayDecision.objects.count() == Exclusion.objects.count() == 1
    assert staff.get(at("overview", study.slug)).status_code == 200


def test_the_map_stays_while_somebody_needs_it(come, study, staff, researcher):
    decide_pay(come("s1"), "approve", "", "", researcher)
    page = staff.get(at("destroy", study.slug)).content.decode()
    assert "Close the study first" in page
    Study.objects.filter(pk=study.pk).update(state="closed", closed_at=timezone.now())
    response = staff.post(at("destroy", study.slug), {"slug": study.slug})
    assert response.status_code == 400
    assert "1 decision has not reached Prolific" in response.content.decode()
    assert RecruiterIdentity.objects.exists()


def test_nobody_who_is_not_signed_in_sees_or_does_anything(come, study):
    sitting = come("s1")
    stranger = Client()
    for address in (
        at("overview", study.slug), at("setup", study.slug), at("approve_all", study.slug),
        at("identities", study.slug), at("destroy", study.slug), at("pay", sitting.pk, "approve"),
    ):  # fmt: skip
        assert "/sign-in/" in stranger.get(address).headers["Location"]
        assert "/sign-in/" in stranger.post(address).headers["Location"]
    assert not PayDecision.objects.exists()


def test_the_panel_for_a_participants_page_offers_what_is_permitted(come, study):
    panel = Template("{% load recruitment %}{% pay_panel sitting %}")
    trapped, failed = come("s1"), come("s2")
    fail_checks(trapped, "identical", 1)
    fail_checks(failed, "instructed", 2)
    news(study, "s1", "AWAITING REVIEW")
    shown = panel.render(Context({"sitting": trapped}))
    assert "awaiting review" in shown
    assert "No rule permits withholding pay" in shown
    assert at("pay", trapped.pk, "approve") in shown
    assert at("pay", trapped.pk, "reject") not in shown
    assert at("pay", failed.pk, "reject") in panel.render(Context({"sitting": failed}))
    assert panel.render(Context({"sitting": sit(make_study(clips=False))})).strip() == ""


def test_the_page_asks_the_database_a_fixed_number_of_times(
    come, study, signed_in, django_assert_max_num_queries
):
    for n in range(15):
        come(f"s{n}", place=n + 1)
        news(study, f"s{n}", "TIMED-OUT" if n % 2 else "AWAITING REVIEW")
    signed_in.get(at("overview", study.slug))
    with django_assert_max_num_queries(24):
        signed_in.get(at("overview", study.slug))
