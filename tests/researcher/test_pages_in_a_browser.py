"""The researcher's pages in a real browser: nothing refused, nothing running over, nothing axe calls serious."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from benchmark.models import Reconstruction, Score
from studies.models import Dimension, Study, Trial
from studies.reports.make import make_report
from tests.factories import make_study, sit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def study() -> Study:
    """A small simulated study with two metrics and clips that play."""
    made = make_study(
        animations=2, blocks=2, slug="sim", title="Simulated", origin="simulated", origin_note="Made up."
    )

    def answer(turn: int) -> Callable[[Trial, Dimension], str]:
        return lambda trial, dimension: ["left", "right", "equal"][(trial.position + turn) % 3]

    for block in made.blocks.all():
        for turn in range(2):
            sit(made, block=block, answer=answer(turn))
    for number, one in enumerate(Reconstruction.objects.filter(animation__dataset=made.dataset)):
        reference, candidate = one.animation.clip, one.clip
        assert reference is not None
        assert candidate is not None
        for metric, claims in (("look", "appearance"), ("path", "motion")):
            Score.objects.create(
                reconstruction=one,
                reference_clip=reference,
                candidate_clip=candidate,
                metric=metric,
                version="1",
                parameters_digest="0",
                dimension=claims,
                value=(number * 7 % 10) / 10,
            )
    return made


@pytest.fixture(params=[("light", 1366, 768), ("dark", 390, 844)], ids=["laptop", "dark phone"])
def window(request, browser: Browser, live_server, researcher) -> Iterator[Page]:
    scheme, width, height = request.param
    client = Client()
    client.force_login(researcher)
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, base_url=live_server.url
    )
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def failed(request: Request) -> None:
        # A player that has all it needs aborts what it had asked for beyond that.
        if request.failure != "net::ERR_ABORTED":
            complaints.append(f"{request.url}: {request.failure}")

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", failed)
    yield page
    context.close()
    assert complaints == []


def test_every_page_is_whole(window, study):
    report = make_report(study)
    addresses = [
        "",
        "sim/",
        "sim/comparisons/",
        "sim/participants/",
        "sim/participants/p-001/",
        "sim/data/",
        "sim/report/",
    ]
    for address in [*addresses, f"sim/report/{report.pk}/metric/0/"]:
        response = window.goto(f"/studies/{address}", wait_until="networkidle")
        assert response.status == 200, address
        overflow = window.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow == 0, f"{address} runs over by {overflow} px"
        broken = window.evaluate(
            "[...document.images].filter((i) => !i.complete || !i.naturalWidth).map((i) => i.src)"
        )
        assert broken == [], address
        serious = [
            v["id"]
            for v in Axe().run(window).response["violations"]
            if v["impact"] in ("serious", "critical")
        ]
        assert serious == [], address


def test_the_clips_of_a_disagreement_play_together(window, study):
    report = make_report(study)
    window.goto(f"/studies/sim/report/{report.pk}/metric/0/")
    button = window.locator("[data-play]").first
    paused = (
        "[...document.querySelector('article.trio').querySelectorAll('video')].map((clip) => clip.paused)"
    )
    button.click()
    expect(button).to_have_text("Pause")
    assert window.evaluate(paused) == [False, False, False]
    button.click()
    expect(button).to_have_text("Play together")
    assert window.evaluate(paused) == [True, True, True]
