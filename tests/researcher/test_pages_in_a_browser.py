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

TRACK = [[n / 12, 10 + 6 * n, 36] for n in range(12)]
SEEN: dict[str, dict[str, object]] = {
    "look": {
        "crop": {"reference": [4, 8, 80, 40], "candidate": [8, 8, 60, 40]},
        "warping": [[0, 0], [0.5, 0.25], [0.9, 0.9]],
    },
    "path": {
        "crop": {"reference": [0, 0, 96, 72], "candidate": [0, 0, 96, 72]},
        "tracks": {"reference": [TRACK], "candidate": [TRACK]},
    },
}

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
                diagnostics=SEEN[metric],
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
    assert window.locator("article.trio").count() >= 2
    first, second = (window.locator("article.trio").nth(n) for n in (0, 1))
    paused = "videos => videos.map((clip) => clip.paused)"
    first.get_by_role("button", name="Play all").click()
    expect(first.get_by_role("button", name="Pause all")).to_have_text("Pause")
    assert first.locator("video").evaluate_all(paused) == [False, False, False]
    second.get_by_role("button", name="Play all").click()
    expect(first.get_by_role("button", name="Play all")).to_have_text("Play")
    assert first.locator("video").evaluate_all(paused) == [True, True, True], "one group plays at a time"


def test_what_the_metrics_saw_is_drawn_over_the_clips_of_a_disagreement(window, study):
    report = make_report(study)
    window.goto(f"/studies/sim/report/{report.pk}/metric/0/")
    trio = window.locator("article.trio").first
    assert trio.locator(".box:visible").count() == 3
    assert trio.locator(".box").first.get_attribute("width") == "60", "its own crop, not the other metric's"
    assert trio.locator(".warping .path:visible").count() == 2, "the candidates', not the reference's"
    trio.locator("input[type=range]").evaluate(
        "slider => { slider.value = 0.5; slider.dispatchEvent(new Event('input')) }"
    )
    drawn = trio.locator(".track").evaluate_all("tracks => tracks.map((t) => t.getAttribute('points'))")
    assert [len(points.split()) for points in drawn] == [7, 7, 7], "up to the moment shown"
    window.get_by_label("Tracks of path 1").uncheck()
    window.get_by_label("Crops of look 1").uncheck()
    window.get_by_label("Warping path of look 1").uncheck()
    assert window.locator(".box:visible, .track:visible, .warping:visible").count() == 0
