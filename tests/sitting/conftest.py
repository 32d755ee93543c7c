"""A participant's browser, and the steps every sitting takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from studies.models import Sitting, Study
from tests.sitting.driver import Sitter


@pytest.fixture
def consenting() -> Callable[..., Client]:
    """Goes through landing and consent without a browser and returns the client that sits there now."""

    def come(study: Study, query: str = "", client: Client | None = None) -> Client:
        client = client or Client()
        base = f"/s/{study.slug}/"
        client.get(base + query)
        client.post(base, {"access_code": study.access_code})
        consent = client.get(base + "consent/")
        if consent.status_code == 200:
            version = consent.context["version"]
            client.post(base + "consent/", {"answer": "agree", "version": version})
        return client

    return come


@pytest.fixture
def arrive(page: Page, live_server) -> Callable[[Study], Page]:
    """Opens the study in a browser and stops before the practice."""

    def come(study: Study, query: str = "") -> Page:
        page.goto(f"{live_server.url}/s/{study.slug}/{query}")
        page.get_by_role("button", name="Go to the consent page").click()
        page.get_by_role("button", name="I agree").click()
        expect(page.get_by_role("heading", name="How it works")).to_be_visible()
        return page

    return come


@pytest.fixture
def rating(page: Page, live_server, consenting) -> Callable[..., Page]:
    """Opens the first round of a study without practice, and waits until it is ready."""

    def come(study: Study, *, ready: bool = True) -> Page:
        client = consenting(study)
        client.get(f"/s/{study.slug}/instructions/")
        page.context.add_cookies(
            [
                {"name": name, "value": one.value, "url": live_server.url}
                for name, one in client.cookies.items()
            ]
        )
        page.goto(f"{live_server.url}/s/{study.slug}/rate/")
        if ready:
            expect(page.locator("#play")).to_be_enabled(timeout=30_000)
        return page

    return come


def watch(page: Page) -> None:
    """Press Play and wait for the answers to open."""
    expect(page.locator("#play")).to_be_enabled()
    page.locator("#stage").focus()
    page.keyboard.press("Space")
    expect(page.locator(".question-row button").first).to_be_enabled(timeout=20_000)


def mark(page: Page, *choices: str) -> None:
    """Click one answer per question."""
    for row, choice in zip(page.locator(".question-row").all(), choices, strict=True):
        row.get_by_role("button", name=choice, exact=True).click()


def practise(page: Page) -> None:
    """Pass the one practice round of the test studies."""
    page.get_by_role("link", name="Begin the practice").click()
    watch(page)
    mark(page, "Left", "Left", "Right")
    page.locator("#next").click()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/rate/")


def where_it_stands(sitting: Sitting) -> tuple[int, int]:
    """(rounds answered, rounds in all)."""
    return sitting.trials.filter(answered_at__isnull=False).count(), sitting.trials.count()


@pytest.fixture
def seated(consenting) -> Callable[..., Sitter]:
    """Somebody who has consented and, unless told otherwise, passed the practice."""

    def come(study: Study, query: str = "", *, practised: bool = True) -> Sitter:
        sitter = Sitter(study, consenting(study, query))
        if practised:
            sitter.page("instructions/")
            if study.practice_rounds.exists():
                assert sitter.practise().status_code == 200
        return sitter

    return come
