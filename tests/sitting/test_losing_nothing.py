"""Lines that break, fingers that double-click, second tabs, reloads: the rows come out right."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from studies.models import CompletionCode, Rating, Sitting
from tests.factories import make_study
from tests.sitting.conftest import mark, practise, watch

pytestmark = pytest.mark.django_db(transaction=True)


def answer(page: Page) -> None:
    """Left on everything, whatever is asked, with an impatient finger on Next."""
    watch(page)
    mark(page, "Left", "Left", "Left")
    page.locator("#next").dblclick()


def at_round(page: Page, position: int, of: int) -> None:
    expect(page.locator("#where")).to_have_text(f"Round {position} of {of}", timeout=30_000)


def test_a_sitting_full_of_trouble_ends_with_exactly_the_right_rows(arrive):
    study = make_study(animations=1, instructed_checks=1, identical_checks=1, repeat_checks=0)
    CompletionCode.objects.create(study=study, outcome="completed", code="DONE-1")
    page = arrive(study)
    page.reload()
    page.get_by_role("link", name="Begin the practice").click()
    expect(page.locator("#play")).to_be_enabled()
    page.reload()
    page.go_back()
    practise(page)
    sitting = Sitting.objects.get()
    of = sitting.trials.count()
    context: BrowserContext = page.context

    at_round(page, 1, of)
    page.reload()
    at_round(page, 1, of)
    watch(page)
    mark(page, "Right", "Equal", "Left")
    page.reload()  # what was chosen and not yet sent is still there
    at_round(page, 1, of)
    expect(page.locator(".question-row button[aria-pressed=true]")).to_have_text(["Right", "Equal", "Left"])
    watch(page)
    page.locator("#next").dblclick()
    at_round(page, 2, of)
    assert sorted(Rating.objects.values_list("answer", flat=True)) == ["equal", "left", "right"]

    # Ten seconds without a network, in the middle of sending.
    watch(page)
    mark(page, "Left", "Left", "Left")
    context.set_offline(True)
    page.locator("#next").dblclick()
    expect(page.locator("#status")).to_contain_text("Waiting for the network")
    page.wait_for_timeout(10_000)
    expect(page.locator("#status")).to_contain_text("Your answer is kept on this computer")
    expect(page.locator("#where")).to_have_text(f"Round 2 of {of}")
    assert Rating.objects.count() == 3
    context.set_offline(False)
    at_round(page, 3, of)
    expect(page.locator("#status")).to_have_text("Your answers so far: saved ✓")
    assert Rating.objects.count() == 6

    # Two tabs on the same round: the second one is told, and goes on with what stands.
    second = context.new_page()
    second.goto(page.url)
    at_round(second, 3, of)
    answer(page)
    at_round(page, 4, of)
    watch(second)
    mark(second, "Right", "Right", "Right")
    second.locator("#next").click()
    expect(second.locator("#notice")).to_contain_text("already answered")
    at_round(second, 4, of)
    second.close()

    for position in range(4, of + 1):
        page.reload()
        at_round(page, position, of)
        answer(page)
        if position == of:  # three times Left is never asked about
            break
    page.wait_for_url("**/done/")
    page.reload()
    expect(page.get_by_text("DONE-1")).to_be_visible()

    sitting.refresh_from_db()
    assert sitting.state == Sitting.State.COMPLETED
    assert Sitting.objects.count() == 1
    assert Rating.objects.count() == 3 * of
    for trial in sitting.trials.all():
        assert trial.ratings.count() == 3
    third = sitting.trials.get(position=3)
    assert set(third.ratings.values_list("answer", flat=True)) == {"left"}
    offline = sitting.trials.get(position=2).evidence
    assert offline["offline_ms"] >= 5_000


def test_seconds_offline_do_not_leave_the_page_stuck(arrive):
    """JATOS 306, 317: stuck on “sending data” after seconds offline."""
    study = make_study(animations=1, instructed_checks=0, identical_checks=0, repeat_checks=0)
    page = arrive(study)
    practise(page)
    watch(page)
    mark(page, "Left", "Left", "Left")
    page.context.set_offline(True)
    page.locator("#next").click()
    expect(page.locator("#status")).to_contain_text("Waiting for the network")
    page.context.set_offline(False)
    at_round(page, 2, 3)
    assert Rating.objects.count() == 3


def test_an_answer_kept_when_the_page_was_closed_is_sent_on_return(arrive):
    study = make_study(animations=1, instructed_checks=0, identical_checks=0, repeat_checks=0)
    page = arrive(study)
    practise(page)
    watch(page)
    mark(page, "Right", "Right", "Right")
    page.route("**/api/answer", lambda route: route.abort())
    page.locator("#next").click()
    expect(page.locator("#status")).to_contain_text("Waiting for the network")
    url = page.url
    context = page.context
    page.close()
    assert Rating.objects.count() == 0
    again = context.new_page()
    again.goto(url)
    at_round(again, 2, 3)
    assert set(Rating.objects.values_list("answer", flat=True)) == {"right"}


def test_a_round_that_loads_in_a_tab_nobody_looks_at_waits_and_is_not_given_up(rating, page):
    page.add_init_script(
        """let hidden = true;
        Object.defineProperty(document, "hidden", { get: () => hidden });
        const listen = EventTarget.prototype.addEventListener;
        const late = [];
        EventTarget.prototype.addEventListener = function (type, heard, ...rest) {
          if (type === "canplaythrough" && hidden) late.push(heard);
          else listen.call(this, type, heard, ...rest);
        };
        window.comeBack = () => {
          hidden = false;
          document.dispatchEvent(new Event("visibilitychange"));
          for (const heard of late) heard();
        };"""
    )
    page.clock.install()
    rating(make_study(animations=1, practice=0), ready=False)
    expect(page.locator("#loader-text")).to_have_text("Loading the animations … 100 %")
    page.clock.run_for(60_000)
    expect(page.locator("#loader-text")).to_have_text("Loading the animations … 100 %")
    page.evaluate("() => comeBack()")
    expect(page.locator("#play")).to_be_enabled()
    assert not Sitting.objects.get().trials.exclude(failures=[]).exists()


def test_a_clip_whose_line_died_without_a_word_is_asked_for_again(rating, page):
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)  # and never answer it

    page.route("**/s/clip/**", hold_the_first)
    page.clock.install()
    rating(make_study(animations=1, practice=0), ready=False)
    expect(page.locator("#loader-text")).to_have_text("Loading the animations … 67 %")
    expect(page.locator("#play")).to_be_disabled()
    page.clock.fast_forward(16_000)
    expect(page.locator("#status")).to_contain_text("Waiting for the network")
    page.clock.fast_forward(3_000)
    expect(page.locator("#play")).to_be_enabled()
    expect(page.locator("#status")).to_have_text("Answers are saved one round at a time.")
    assert not Sitting.objects.get().trials.exclude(failures=[]).exists()


def test_a_server_that_starts_again_costs_no_round(rating, page):
    refused: list[Route] = []

    def start_again(route: Route) -> None:
        if len(refused) < 18:
            refused.append(route)
            route.fulfill(status=502)
        else:
            route.continue_()

    page.route("**/s/clip/**", start_again)
    page.clock.install()
    rating(make_study(animations=1, practice=0), ready=False)
    expect(page.locator("#status")).to_contain_text("Waiting for the network")
    for _ in range(12):
        page.clock.run_for(2_500)
        page.wait_for_timeout(100)
    expect(page.locator("#play")).to_be_enabled()
    assert not Sitting.objects.get().trials.exclude(failures=[]).exists()
