"""The pages in a real browser: nothing for axe or the content policy to find, nothing wider than a phone, one clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page

from benchmark.models import Animation, Dataset, Job, Outcome, Reconstruction, Score, System
from benchmark.validation.observations import Store
from tests.benchmark.test_pages import observation
from tests.factories import make_clip

pytestmark = pytest.mark.django_db(transaction=True)
TRACK = [[n / 12, 10 + 6 * n, 36] for n in range(12)]


@pytest.fixture
def bench(data_folder) -> Dataset:
    """Two systems with real clips, scores and diagnostics, a failure, jobs in every state, and a validation."""
    dataset = Dataset.objects.create(slug="bench", title="Bench", simulated=True)
    makers = [
        System.objects.create(dataset=dataset, name=name, synthetic=True)
        for name in ("near", "far", "broken")
    ]
    reference = make_clip(1, frames=24)
    animation = Animation.objects.create(dataset=dataset, name="ball", outcome=Outcome.OK, clip=reference)
    for tone, (maker, value) in enumerate(zip(makers[:2], (0.9, 0.3), strict=True), start=2):
        clip = make_clip(tone, frames=24 if tone == 2 else 12)
        answer = Reconstruction.objects.create(
            animation=animation, system=maker, outcome=Outcome.OK, clip=clip
        )
        for metric, dimension in (("object-appearance", "appearance"), ("trajectory", "motion")):
            Score.objects.create(
                reconstruction=answer, reference_clip=reference, candidate_clip=clip, metric=metric, version="1",
                parameters_digest="d", dimension=dimension, value=value,
                diagnostics={"crop": {"reference": [4, 8, 80, 40], "candidate": [4, 8, 80, 40]},
                             "tracks": {"reference": [TRACK], "candidate": [TRACK]}},
            )  # fmt: skip
    Reconstruction.objects.create(
        animation=animation,
        system=makers[2],
        outcome=Outcome.SCRIPT_ERROR,
        outcome_detail={"errors": ["x is undefined"]},
    )
    now = timezone.now()
    Job.objects.create(kind="score", subject="a", label="near of ball")
    Job.objects.create(
        kind="capture", subject="b", label="far of ball", state="running", progress=0.4, message="frame 12 of 30",
        lease_until=now + timedelta(minutes=5), started_at=now,
    )  # fmt: skip
    Job.objects.create(
        kind="capture", subject="c", label="broken of ball", state="failed", attempt=3, finished_at=now,
        error="The browser is gone.", error_detail="Traceback",
    )  # fmt: skip
    Store(settings.DATA / "validation").add(
        observation("colours", "appearance", level, "object-appearance", "appearance", 1 - level / 4)
        for level in (1, 2)
    )
    return dataset


@pytest.fixture
def window(live_server, browser: Browser, researcher) -> Iterator[Callable[..., Page]]:
    """`window(address)` opens a page as a researcher; anything the browser complains of fails the test."""
    contexts, complaints = [], []
    client = Client()
    client.force_login(researcher)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value

    def go(address: str, width: int = 1366, scheme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 768}, color_scheme=scheme)  # type: ignore[arg-type]
        contexts.append(context)
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{address}: {error}"))
        page.on(
            "console",
            lambda said: complaints.append(f"{address}: {said.text}") if said.type == "error" else None,
        )
        page.goto(live_server.url + address)
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []


PAGES = ["/benchmark/", "/benchmark/datasets/bench/", "/benchmark/datasets/bench/animations/ball/"]
PAGES += ["/benchmark/jobs/", "/benchmark/validation/"]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1366), ("dark", 390)])
def test_every_page_is_readable_by_everyone(window, bench, scheme, width):
    for address in PAGES:
        page = window(address, width, scheme)
        page.wait_for_load_state("networkidle") if "jobs" not in address else None
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_chart_is_drawn(window, bench):
    page = window("/benchmark/datasets/bench/")
    assert page.locator("figure img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 300


def wait(page: Page, condition: str) -> None:
    """Until a condition holds of every `video`. Asked again from here: the content policy forbids the page to eval."""
    deadline = time.monotonic() + 60
    while not page.evaluate(f"[...document.querySelectorAll('video')].every((video) => {condition})"):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(50)


def times(page: Page) -> list[float]:
    return page.locator("video").evaluate_all("videos => videos.map((video) => video.currentTime)")


def test_all_clips_stand_at_the_same_moment(window, bench):
    page = window("/benchmark/datasets/bench/animations/ball/")
    wait(page, "video.readyState >= 2")
    slider = page.locator("#place")
    slider.evaluate("slider => { slider.value = 0.5; slider.dispatchEvent(new Event('input')) }")
    wait(page, "!video.seeking")
    assert times(page) == pytest.approx([0.5 + 1 / 24] * 3, abs=0.02)
    page.get_by_role("button", name="One frame forward").click()
    wait(page, "!video.seeking")
    assert times(page) == pytest.approx([0.5 + 1 / 12 + 1 / 24] * 3, abs=0.02)
    slider.evaluate("slider => { slider.value = 1.9; slider.dispatchEvent(new Event('input')) }")
    wait(page, "!video.seeking")
    assert times(page)[1] < 1.0, "the shorter clip waits on its last frame"


def test_they_play_and_pause_together_by_a_key(window, bench):
    page = window("/benchmark/datasets/bench/animations/ball/")
    wait(page, "video.readyState >= 2")
    page.keyboard.press("Space")
    assert page.locator("[data-do=toggle]").inner_text() == "Pause"
    wait(page, "video.currentTime > 0.2")
    page.keyboard.press("Space")
    wait(page, "video.paused && !video.seeking")
    reference, _, near = times(page)
    assert reference == pytest.approx(near, abs=0.02)


def test_crops_and_tracks_are_drawn_over_the_clips_when_asked(window, bench):
    page = window("/benchmark/datasets/bench/animations/ball/")
    assert page.locator(".box:visible").count() == 0
    page.get_by_label("Crops").check()
    assert page.locator(".box:visible").count() == 3
    page.get_by_label("Tracks").check()
    page.locator("#place").evaluate(
        "slider => { slider.value = 0.5; slider.dispatchEvent(new Event('input')) }"
    )
    points = page.locator(".track").first.get_attribute("points")
    assert points is not None
    assert len(points.split()) == 7, "up to the moment shown"


def test_the_jobs_page_keeps_itself_up_to_date(window, bench):
    page = window("/benchmark/jobs/")
    assert "1 running, 1 waiting" in page.locator("#now").inner_text()
    page.locator("#failed details summary").click()
    Job.objects.filter(state="running").update(
        state="failed", error="A second failure.", finished_at=timezone.now()
    )
    page.get_by_text("A second failure.").wait_for(timeout=60_000)
    assert "2 failed" in page.locator("#now").inner_text()
    page.get_by_role("button", name="Retry broken of ball").click()
    page.wait_for_load_state()
    assert Job.objects.get(subject="c").state == "queued"
