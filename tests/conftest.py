"""What every test may use: a throw-away data folder, a signed-in researcher, a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright
from zeal.constants import initialize_app_registry
from zeal.patch import patch

from benchmark.capture.browser import find_browser

# What zeal does when it is an installed app. Once and here: patched twice, every query would count as two.
initialize_app_registry()
patch()

# The same examples on every run, however slow the machine: a found counterexample becomes a test of its own.
hypothesis.settings.register_profile(
    "house", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
JUDGMENTS = SHARED_DATA / "animation2code" / "judgments.csv"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database (run again on PostgreSQL) and what opens a browser (once is enough)."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "live_server"}:
            item.add_marker("database")
        if "browser" in fixtures:
            item.add_marker("browser")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The folder made in tests/settings.py goes, once: parallel workers share it."""
    if "diptych-tests-" in str(settings.DATA) and not hasattr(session.config, "workerinput"):
        shutil.rmtree(settings.DATA, ignore_errors=True)


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings) -> Path:
    """Clips, caches and queue of one test."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    return settings.DATA


@pytest.fixture
def researcher(db) -> User:
    return User.objects.create_user("researcher", password="a long enough password")


@pytest.fixture
def signed_in(researcher: User) -> Client:
    client = Client()
    client.force_login(researcher)
    return client


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium for page tests; a machine without one fails them with find_browser's sentence."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "true"  # Playwright's own loop runs in this thread; the ORM calls are sync
    )
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
        flags += [
            "--disable-component-update",
            "--disable-sync",
            "--autoplay-policy=no-user-gesture-required",
        ]
        browser = playwright.chromium.launch(executable_path=str(find_browser().path), args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh window of a 1366×768 laptop; any script error on the page fails the test."""
    context = browser.new_context(viewport={"width": 1366, "height": 640})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []
