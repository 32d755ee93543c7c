"""By keyboard alone, with assistive technology, in small windows, with less motion, without script, in German."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from studies.models import CompletionCode, Sitting
from tests.factories import make_study
from tests.sitting.conftest import mark, watch

pytestmark = pytest.mark.django_db(transaction=True)
WCAG = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


def sound(page: Page) -> None:
    """axe finds nothing on this page."""
    found = Axe().run(page, options=WCAG).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


def unscrolled(page: Page) -> None:
    """The page is no larger than its window, and every control lies inside it."""
    overflow = page.evaluate(
        "() => [document.documentElement.scrollHeight - innerHeight, document.documentElement.scrollWidth - innerWidth]"
    )
    assert max(overflow) <= 0
    for part in page.locator("#next, #clock, #questions, #stage, .seat").all():
        box = part.bounding_box()
        size = page.viewport_size
        assert box is not None
        assert size is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= size["height"] + 0.5
        assert box["x"] + box["width"] <= size["width"] + 0.5


def tab_to(page: Page, name: str) -> None:
    """Tab until the control of that name has the focus."""
    expect(page.locator("main a.primary, main button.primary").first).to_have_text(name)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"{name} cannot be reached by Tab")


def test_a_whole_sitting_by_keyboard_alone(page, live_server):
    study = make_study(animations=1, instructed_checks=1, identical_checks=1, repeat_checks=0)
    page.goto(f"{live_server.url}/s/{study.slug}/")
    for name in ("Go to the consent page", "I agree and want to take part", "Begin the practice"):
        tab_to(page, name)
        page.keyboard.press("Enter")
        page.wait_for_load_state()
    keys = {"left": "1", "equal": "2", "right": "3"}

    def watch_by_key() -> None:
        expect(page.locator("#play")).to_be_enabled(timeout=30_000)
        page.keyboard.press("Space")
        expect(page.locator(".question-row button").first).to_be_enabled(timeout=20_000)

    watch_by_key()
    for choice in ("left", "left", "right"):
        page.keyboard.press(keys[choice])
    page.keyboard.press("Enter")
    expect(page.locator("#feedback")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/rate/")
    sitting = Sitting.objects.get()
    of = sitting.trials.count()
    for position in range(1, of + 1):
        expect(page.locator("#where")).to_have_text(f"Round {position} of {of}")
        expected = sitting.trials.get(position=position).expected or {}
        watch_by_key()
        if position == 2:
            for _ in range(2):
                page.keyboard.press("ArrowRight")
            page.keyboard.press("e")
            expect(page.locator(".seat.enlarged")).to_have_attribute("data-role", "left")
            page.keyboard.press("Escape")
        for key in ("overall", "appearance", "motion"):
            page.keyboard.press(keys[expected.get(key, "right")])
        page.keyboard.press("Enter")
    page.wait_for_url("**/done/")
    sitting.refresh_from_db()
    assert sitting.state == Sitting.State.COMPLETED
    assert set(sitting.trials.exclude(expected=None).values_list("passed", flat=True)) == {True}


def test_axe_finds_nothing_and_nothing_scrolls_on_the_way_through(page, live_server):
    study = make_study(animations=1, ask_reason=True, instructed_checks=0, identical_checks=0)
    page.goto(f"{live_server.url}/s/{study.slug}/")
    sound(page)
    small = page.get_by_text("open your link on a computer with a larger screen")
    expect(small).not_to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(small).to_be_visible()  # said before a place is taken
    sound(page)
    page.set_viewport_size({"width": 1366, "height": 640})
    page.get_by_role("button", name="Go to the consent page").click()
    sound(page)
    page.get_by_role("button", name="I agree").click()
    sound(page)
    page.get_by_role("link", name="Begin the practice").click()
    expect(page.locator("#play")).to_be_enabled()
    sound(page)
    unscrolled(page)
    watch(page)
    mark(page, "Right", "Left", "Right")
    unscrolled(page)
    sound(page)
    page.locator("#help-open").click()
    sound(page)
    page.keyboard.press("Escape")
    page.locator("#next").click()
    expect(page.locator("#feedback")).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/rate/")
    watch(page)
    mark(page, "Equal", "Equal", "Equal")
    page.locator("#next").click()
    expect(page.locator("#hint")).to_contain_text("Equal on every question: is that what you see?")
    unscrolled(page)
    sound(page)
    for size in (
        {"width": 1366, "height": 640},
        {"width": 1920, "height": 950},
        {"width": 820, "height": 1180},
    ):
        page.set_viewport_size(size)
        unscrolled(page)
    page.set_viewport_size({"width": 600, "height": 400})
    expect(page.get_by_text("This window is too small to compare animations.")).to_be_visible()
    expect(page.locator("#stage")).not_to_be_visible()
    page.set_viewport_size({"width": 1366, "height": 640})
    base = f"{live_server.url}/s/{study.slug}/"
    for path in ("pause/", "stop/"):
        page.goto(base + path)
        sound(page)
    page.get_by_role("button", name="Yes, stop and delete my data").click()
    expect(page.get_by_text("your data has been deleted")).to_be_visible()
    sound(page)


def test_every_way_to_end_is_readable(page, live_server, seated):
    base = f"{live_server.url}/s"
    doors = {
        "has not been opened yet": make_study(animations=1, clips=False, state="draft", design_hash=""),
        "is paused": make_study(animations=1, clips=False, state="paused"),
        "is closed": make_study(animations=1, clips=False, state="closed"),
        "from your Prolific page": make_study(animations=1, clips=False, recruiter="prolific"),
    }
    taken = make_study(animations=1, clips=False, raters_per_block=1)
    CompletionCode.objects.create(study=taken, outcome="completed", code="DONE-1")
    sitter = seated(taken)
    doors["All places are taken"] = taken
    for words, study in doors.items():
        page.goto(f"{base}/{study.slug}/")
        expect(page.get_by_text(words)).to_be_visible()
        sound(page)
    sitter.finish()
    page.context.add_cookies(
        [{"name": n, "value": c.value, "url": live_server.url} for n, c in sitter.client.cookies.items()]
    )
    page.goto(f"{base}/{taken.slug}/")
    expect(page.get_by_text("DONE-1")).to_be_visible()
    sound(page)
    open_ = make_study(animations=1, clips=False)
    page.goto(f"{base}/{open_.slug}/")
    page.get_by_role("button", name="Go to the consent page").click()
    page.get_by_role("button", name="I do not agree").click()
    expect(page.get_by_text("nothing was stored about you")).to_be_visible()
    sound(page)


def test_a_long_question_is_whole_and_still_nothing_scrolls(page, rating):
    long = "Which one moves more like the reference, in its path, its speed, its easing and its timing, "
    long += "whatever its shapes, its colours and its size may be, and wherever on the picture it stands?"
    dimensions = {"overall": ("Overall", "Which matches better?"), "motion": ("Motion", long)}
    rating(make_study(animations=1, practice=0, dimensions=dimensions))
    for width, height in ((1366, 640), (820, 1180), (1024, 700)):
        page.set_viewport_size({"width": width, "height": height})
        unscrolled(page)
        question = page.locator(".question-row p").nth(1)
        assert question.evaluate("(p) => p.scrollHeight <= p.clientHeight")
        row = page.locator(".question-row").nth(1).evaluate("(row) => row.scrollHeight <= row.clientHeight")
        assert row


def test_dark_pages_are_as_readable(browser: Browser, live_server):
    study = make_study(animations=1, clips=False, access_code="rose")
    context = browser.new_context(viewport={"width": 1366, "height": 640}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{live_server.url}/s/{study.slug}/")
    sound(page)
    page.get_by_label("Access code").fill("tulip")
    page.get_by_role("button", name="Go to the consent page").click()
    expect(page.get_by_text("That is not the access code")).to_be_visible()
    sound(page)
    page.get_by_label("Access code").fill("rose")
    page.get_by_role("button", name="Go to the consent page").click()
    sound(page)
    context.close()


def test_at_twice_the_size_and_in_high_contrast_a_round_can_be_answered(
    browser: Browser, live_server, consenting
):
    study = make_study(animations=1, practice=0)
    client = consenting(study)
    client.get(f"/s/{study.slug}/instructions/")
    context = browser.new_context(
        viewport={"width": 960, "height": 475}, device_scale_factor=2, forced_colors="active"
    )  # 1920×950, zoomed
    context.add_cookies(
        [{"name": n, "value": c.value, "url": live_server.url} for n, c in client.cookies.items()]
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/s/{study.slug}/rate/")
    watch(page)
    unscrolled(page)
    mark(page, "Left", "Equal", "Right")
    shades = page.locator(".question-row button").evaluate_all(
        "buttons => buttons.map((one) => [one.ariaPressed, getComputedStyle(one).backgroundColor])"
    )
    chosen = {shade for pressed, shade in shades if pressed == "true"}
    assert len(chosen) == 1
    assert not chosen & {shade for pressed, shade in shades if pressed == "false"}
    page.locator("#next").click()
    expect(page.locator("#where")).to_contain_text("Round 2")
    context.close()


def test_with_less_motion_nothing_moves_until_play(browser: Browser, live_server, consenting):
    study = make_study(animations=1, practice=0)
    client = consenting(study)
    client.get(f"/s/{study.slug}/instructions/")
    context = browser.new_context(viewport={"width": 1366, "height": 640}, reduced_motion="reduce")
    context.add_cookies(
        [{"name": n, "value": c.value, "url": live_server.url} for n, c in client.cookies.items()]
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/s/{study.slug}/rate/")
    expect(page.locator("#play")).to_be_enabled(timeout=30_000)
    page.wait_for_timeout(600)
    assert page.locator("video").evaluate_all(
        "videos => videos.every((one) => one.paused && one.readyState >= 2)"
    )
    context.close()


def test_without_script_the_page_says_what_it_needs(browser: Browser, live_server, consenting):
    study = make_study(animations=1, clips=False, practice=0)
    client = consenting(study)
    client.get(f"/s/{study.slug}/instructions/")
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(
        [{"name": n, "value": c.value, "url": live_server.url} for n, c in client.cookies.items()]
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/s/{study.slug}/rate/")
    expect(page.get_by_text("This page needs JavaScript")).to_be_visible()
    context.clear_cookies()
    page.goto(f"{live_server.url}/s/{study.slug}/")
    expect(page.locator("noscript p")).to_be_visible()
    context.close()
