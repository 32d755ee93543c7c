"""One clock for three clips, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from benchmark.models import Reconstruction
from studies.models import Sitting, Trial
from tests.factories import make_clip, make_study
from tests.sitting.conftest import watch

pytestmark = pytest.mark.django_db(transaction=True)

# Independent of the product's own measuring: every frame a video presents, and what stood on the screen at each paint.
RECORD = """() => {
  window.paints = [];
  const shown = {};
  let fresh = false;
  for (const video of document.querySelectorAll("video")) {
    const watch = (now, { mediaTime }) => {
      shown[video.dataset.role] = mediaTime;
      fresh = true;
      video.requestVideoFrameCallback(watch);
    };
    video.requestVideoFrameCallback(watch);
  }
  const paint = () => {
    const moving = [...document.querySelectorAll("video")].every((video) => !video.paused && !video.ended);
    if (fresh && moving && Object.keys(shown).length === 3) window.paints.push({ ...shown });
    fresh = false;
    requestAnimationFrame(paint);
  };
  requestAnimationFrame(paint);
}"""


def clock(page: Page, role: str) -> float:
    return page.locator(f"video[data-role={role}]").evaluate("video => video.currentTime")


def test_three_clips_stay_within_one_frame(rating):
    fps = 30
    page = rating(make_study(animations=1, practice=0, frames=60, fps=fps))
    page.evaluate(RECORD)
    page.keyboard.press("Space")
    # A starved machine drops frames of single clips, whatever the clock does: one calm look of three is enough.
    for _ in range(3):
        page.evaluate("() => { window.paints = [] }")
        while len(paints := page.evaluate("() => window.paints")) < 240:
            page.wait_for_timeout(250)
        errors = [round((max(paint.values()) - min(paint.values())) * fps) for paint in paints]
        within = sum(error <= 1 for error in errors) / len(errors)
        if within >= 0.99:
            break
    assert within >= 0.99


def test_nothing_plays_before_the_participant_presses_play(rating):
    page = rating(make_study(animations=1, practice=0))
    page.wait_for_timeout(700)
    assert page.locator("video").evaluate_all("videos => videos.every((one) => one.paused)")
    assert page.locator("video").evaluate_all("videos => videos.every((one) => one.muted && one.playsInline)")
    expect(page.locator("#start")).to_be_visible()


def test_pause_step_and_seek_put_all_clips_on_the_same_frame(rating):
    page = rating(make_study(animations=1, practice=0, frames=48, fps=12))
    page.keyboard.press("Space")
    page.wait_for_timeout(900)
    page.keyboard.press("Space")
    page.wait_for_timeout(500)
    frames = {int(clock(page, role) * 12) for role in ("left", "reference", "right")}
    assert len(frames) == 1
    (frame,) = frames
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    for role in ("left", "reference", "right"):
        assert clock(page, role) == pytest.approx((frame + 1.5) / 12, abs=1e-3)
    page.locator("#at").fill("30")
    page.wait_for_timeout(400)
    for role in ("left", "reference", "right"):
        assert clock(page, role) == pytest.approx(30.5 / 12, abs=1e-3)


def test_the_shorter_clip_holds_its_last_frame_until_all_start_again(rating):
    study = make_study(animations=1, systems=2, practice=0, frames=30, fps=10, instructed_checks=0)
    study.identical_checks = study.repeat_checks = 0
    study.save()
    short = Reconstruction.objects.order_by("pk")[0]
    short.clip = make_clip(77, frames=10, fps=10)
    short.save()
    page = rating(study)
    side = "left" if Trial.objects.get().a_on_left else "right"
    page.keyboard.press("Space")
    expect(page.locator(f".seat[data-role={side}].held .holding")).to_have_text("ended: holds its last frame")
    expect(page.locator(".seat.held")).to_have_count(1)
    assert clock(page, side) == pytest.approx(1.0, abs=0.1)
    expect(page.locator(".seat.held")).to_have_count(0, timeout=10_000)  # all started again together
    expect(page.locator(".question-row button").first).to_be_enabled()


def test_answers_open_after_a_whole_play_and_not_after_a_leap(rating):
    page = rating(make_study(animations=1, practice=0, frames=24, fps=12))
    expect(page.locator("#hint")).to_have_text("Watch all three once; then the answers open.")
    page.locator("#at").fill("22")
    page.wait_for_timeout(300)
    page.locator("#stage").focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(800)  # the leap has reached the end and a whole run has begun
    expect(page.locator(".question-row button").first).to_be_disabled()
    expect(page.locator(".question-row button").first).to_be_enabled(timeout=10_000)
    expect(page.locator(".question-row").nth(1)).not_to_be_visible()  # later questions wait for the first
    page.keyboard.press("1")
    expect(page.locator(".question-row").nth(1)).to_be_visible()


def test_a_tab_that_is_hidden_stops_and_is_told_and_so_are_changes_of_mind(rating):
    page = rating(make_study(animations=1, practice=0, frames=24, fps=12))
    watch(page)
    hide = """(hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    page.wait_for_timeout(700)
    assert page.locator("video").evaluate_all("videos => videos.every((one) => one.paused)")
    page.evaluate(hide, False)
    for key in "1213":  # one for each question, and the fourth changes the last
        page.keyboard.press(key)
    page.locator(".question-row").first.get_by_role("button", name="Right").click()
    page.locator(".question-row").first.get_by_role("button", name="Equal").click()
    page.locator("#next").click()
    expect(page.locator("#where")).to_contain_text("Round 2")
    trial = Trial.objects.get(position=1)
    assert 700 <= trial.evidence["hidden_ms"] < trial.evidence["response_ms"]
    assert {one.dimension.key: one.changes for one in trial.ratings.all()} == {
        "overall": 2,
        "appearance": 0,
        "motion": 1,
    }


def test_a_clip_that_will_not_decode_is_exchanged_and_recorded(rating):
    study = make_study(
        animations=2, practice=0, spares=2, repeat_checks=0, identical_checks=0, instructed_checks=0
    )
    broken = study.comparisons.filter(spare=False)[0]
    assert broken.a.clip
    broken.a.clip.playable.write_bytes(b"not a video at all" * 50)
    page = rating(study)
    sitting = Sitting.objects.get()
    for position in range(1, sitting.trials.count() + 1):
        expect(page.locator("#where")).to_have_text(
            f"Round {position} of {sitting.trials.count()}", timeout=30_000
        )
        watch(page)
        for key in "111":
            page.keyboard.press(key)
        page.keyboard.press("Enter")
    page.wait_for_url("**/done/")
    sitting.refresh_from_db()
    assert sitting.state == Sitting.State.COMPLETED
    exchanged = sitting.trials.exclude(replaces=None)
    assert broken in [trial.replaces for trial in exchanged]
    assert all(trial.failures and trial.answered_at for trial in exchanged)


def test_a_blank_clip_is_noticed_exchanged_and_recorded(rating, page):
    """jspsych 3231: a blank video was not recorded. This one plays to its end and never shows a frame."""
    study = make_study(
        animations=2, practice=0, spares=2, repeat_checks=0, identical_checks=0, instructed_checks=0
    )
    page.add_init_script(
        """const shown = HTMLVideoElement.prototype.requestVideoFrameCallback;
        const send = window.fetch;
        let told = false;
        HTMLVideoElement.prototype.requestVideoFrameCallback = function (callback) {
          if (this.dataset.role !== "left" || told) shown.call(this, callback);
        };
        window.fetch = (url, ...rest) => {
          told ||= String(url).endsWith("/failure");
          return send(url, ...rest);
        };"""
    )
    page = rating(study)
    first = Trial.objects.get(position=1)
    with page.expect_response("**/api/failure"):
        page.keyboard.press("Space")
    expect(page.locator("#play")).to_be_enabled(timeout=30_000)
    expect(page.locator("#where")).to_have_text("Round 1 of 4")
    failed = first.comparison
    first.refresh_from_db()
    assert [(one["role"], one["why"]) for one in first.failures] == [("left", "no picture was shown")]
    assert first.replaces == failed
    assert first.answered_at is None
    watch(page)


def test_a_clip_that_does_not_arrive_is_asked_for_again_and_then_exchanged(rating, page):
    """WebAudioEvaluationTool 98: one missing clip stranded the participant."""
    study = make_study(
        animations=2, practice=0, spares=2, repeat_checks=0, identical_checks=0, instructed_checks=0
    )
    broken = study.comparisons.filter(spare=False)
    for one in broken:
        assert one.b.clip
        one.b.clip.playable.unlink(missing_ok=True)
    asked: list[str] = []
    page.on("response", lambda reply: asked.append(reply.url) if reply.status == 404 else None)
    page = rating(study)
    first = Trial.objects.get(position=1)
    assert first.failures[0]["why"] == "HTTP 404"
    assert first.comparison.spare
    assert max(asked.count(url) for url in asked) == 4  # once, and three times more
    watch(page)


def test_a_clip_keeps_the_same_address_for_nobody_else(rating, live_server):
    page = rating(make_study(animations=1, practice=0))
    state = page.evaluate("() => JSON.parse(document.getElementById('page').textContent).state")
    url = live_server.url + state["round"]["clips"]["left"]["url"]
    mine = page.request.get(url, headers={"Range": "bytes=0-99"})
    assert mine.status == 206
    assert len(mine.body()) == 100
    assert "system" not in str(mine.headers).lower()
    page.context.clear_cookies()
    assert page.request.get(url).status == 404
