from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import expect

from studies.models import Participant, Sitting, Trial
from tests.factories import make_study
from tests.sitting.conftest import mark, watch


@pytest.mark.django_db
def test_a_draft_admits_nobody_and_offers_its_preview_to_the_researcher(signed_in):
    study = make_study(animations=1, clips=False, state="draft", design_hash="")
    stranger = Client().get(f"/s/{study.slug}/")
    assert "has not been opened yet" in stranger.content.decode()
    assert "preview" not in stranger.content.decode()
    assert f"/s/{study.slug}/preview/" in signed_in.get(f"/s/{study.slug}/").content.decode()


@pytest.mark.django_db
def test_only_a_researcher_may_preview():
    study = make_study(animations=1, clips=False)
    for path in ("preview/", "preview/landing/", "preview/rate/", "preview/rate/clip/0-left.mp4"):
        assert Client().get(f"/s/{study.slug}/{path}")["Location"].startswith("/sign-in/")


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["landing", "consent", "instructions", "practice", "rate", "done"])
def test_every_step_says_that_it_is_a_preview(signed_in, step):
    study = make_study(animations=1, clips=False, state="draft", design_hash="")
    page = signed_in.get(f"/s/{study.slug}/preview/{step}/").content.decode()
    assert "nothing you do here is stored" in page


@pytest.mark.django_db
def test_a_study_without_comparisons_says_that_there_is_nothing_to_preview(signed_in):
    study = make_study(animations=0, clips=False, state="draft", design_hash="")
    page = signed_in.get(f"/s/{study.slug}/preview/rate/")
    assert page.status_code == 404
    assert "nothing to preview" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_preview_walks_through_all_rounds_and_stores_nothing(page, live_server, signed_in):
    study = make_study(
        animations=1, systems=2, state="draft", design_hash="", instructed_checks=0, repeat_checks=0
    )
    page.context.add_cookies(
        [
            {"name": name, "value": one.value, "url": live_server.url}
            for name, one in signed_in.cookies.items()
        ]
    )
    page.goto(f"{live_server.url}/s/{study.slug}/preview/")
    page.get_by_role("link", name="Go to the consent page").click()
    page.get_by_role("link", name="I agree").click()
    page.get_by_role("link", name="Begin the practice").click()
    watch(page)
    mark(page, "Left", "Left", "Right")
    page.locator("#next").click()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/rate/")
    for position in (1, 2):
        expect(page.locator("#where")).to_have_text(f"Round {position} of 2")
        watch(page)
        mark(page, "Equal", "Equal", "Equal")
        page.locator("#next").click()
    page.wait_for_url("**/done/")
    assert Participant.objects.count() == Sitting.objects.count() == Trial.objects.count() == 0
