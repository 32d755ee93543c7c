from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from studies.models import CompletionCode, Rating, Sitting, Trial
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
        assert trial.evidence["plays"] >= 1
        assert trial.evidence["response_ms"] > 0
        assert trial.evidence["worst_frame_error"] is not None
