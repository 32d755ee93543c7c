from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from studies.models import CompletionCode, Rating, Sitting, Trial
from studies.sitting.api import Evidence
from tests.factories import make_study
from tests.sitting.conftest import mark, practise, watch

pytestmark = pytest.mark.django_db(transaction=True)


def answer_round(page: Page, position: int) -> None:
    """Answer as an attentive person would: what an instructed check asks for, Equal on twins, else Left."""
    sitting = Sitting.objects.get()
    trial = sitting.trials.get(position=position)
    expect(page.locator("#where")).to_have_text(f"Round {position} of {sitting.trials.count()}")
    watch(page)
    expected = trial.expected or {}
    mark(page, *[expected.get(key, "left").capitalize() for key in ("overall", "appearance", "motion")])
    page.locator("#next").click()


def test_a_whole_sitting_by_mouse_ends_at_the_completion_page(arrive):
    study = make_study(animations=1)
    CompletionCode.objects.create(study=study, outcome="completed", code="DONE-4711")
    page = arrive(study)
    practise(page)
    for position in range(1, Sitting.objects.get().trials.count() + 1):
        answer_round(page, position)
    page.wait_for_url("**/done/")
    expect(page.get_by_text("Thank you, you are done.")).to_be_visible()
    expect(page.get_by_text("DONE-4711")).to_be_visible()

    sitting = Sitting.objects.get()
    assert sitting.state == Sitting.State.COMPLETED
    trials = sitting.trials.all()
    assert len(trials) == 3 + 2 + 1 + 1
    assert all(trial.answered_at for trial in trials)
    assert Rating.objects.count() == 3 * len(trials)
    assert {t.passed for t in trials if t.kind in (Trial.Kind.INSTRUCTED, Trial.Kind.IDENTICAL)} == {True}
    for trial in trials:
        assert set(trial.evidence) == set(Evidence().fields) - {"offline_ms"} | {"sure"}
        assert trial.evidence["plays"] >= 1
        assert trial.evidence["response_ms"] > trial.evidence["watched_ms"] > 0
        assert trial.evidence["frames_measured"] > 0
        assert trial.evidence["worst_frame_error"] is not None
        assert trial.evidence["width"] > 400 > trial.evidence["height"] > 300


def test_somebody_from_prolific_is_led_there_again_without_a_click(page, live_server):
    """revisit 1161: no automatic redirect. And the original link leads back to the same end."""
    study = make_study(
        animations=1,
        systems=2,
        practice=0,
        recruiter="prolific",
        instructed_checks=0,
        identical_checks=0,
        repeat_checks=0,
    )
    there = "https://app.prolific.com/submissions/complete?cc=DONE-4711"
    CompletionCode.objects.create(study=study, outcome="completed", code="DONE-4711", url=there)
    page.route(
        "https://app.prolific.com/**", lambda route: route.fulfill(body="Prolific", content_type="text/html")
    )
    link = f"{live_server.url}/s/{study.slug}/?PROLIFIC_PID=5f1e7a0c&STUDY_ID=60aa&SESSION_ID=70bb"
    page.goto(link)
    assert "PROLIFIC_PID" not in page.url
    page.get_by_role("button", name="Go to the consent page").click()
    page.get_by_role("button", name="I agree").click()
    page.get_by_role("link", name="Begin").click()
    answer_round(page, 1)
    page.wait_for_url(there)
    assert Sitting.objects.get().state == Sitting.State.COMPLETED
    page.goto(link)
    page.wait_for_url(there)
    assert Sitting.objects.count() == 1
