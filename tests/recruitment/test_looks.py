"""The recruitment pages in a browser: nothing for axe to find, nothing wider than a phone, light and dark."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser

from studies.models import RecruiterPoll
from studies.recruitment.decisions import decide_pay
from studies.recruitment.news import hear
from studies.recruitment.prolific import Remote
from tests.recruitment.conftest import fail_checks

STATUSES = ("AWAITING REVIEW", "AWAITING REVIEW", "TIMED-OUT", "RETURNED", "APPROVED")


@pytest.fixture
def addresses_of_pages(come, study, researcher, prolific) -> dict[str, str]:
    sittings = [come(f"65f1c0ffee00{n:02}") for n in range(5)]
    fail_checks(sittings[1], "instructed", 2)
    for n, status in enumerate(STATUSES):
        hear(study, Remote(f"65f1c0ffee00{n:02}", status), timezone.now())
    hear(study, Remote("65f1c0ffee0099", "AWAITING REVIEW", code="NOCODE"), timezone.now())
    decide_pay(sittings[4], "approve", "", "", researcher)
    sittings[4].pay_decisions.update(error="Prolific refused (400): it gives no reason.")
    RecruiterPoll.objects.create(study=study, heard_at=timezone.now())
    researcher.is_staff = True
    researcher.save()
    return {
        "study": reverse("recruitment:overview", args=[study.slug]),
        "approve": reverse("recruitment:pay", args=[sittings[0].pk, "approve"]),
        "reject": reverse("recruitment:pay", args=[sittings[1].pk, "reject"]),
        "refused": reverse("recruitment:pay", args=[sittings[0].pk, "reject"]),
        "approve_all": reverse("recruitment:approve_all", args=[study.slug]),
        "setup": reverse("recruitment:setup", args=[study.slug]),
        "destroy": reverse("recruitment:destroy", args=[study.slug]),
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1366), ("dark", 390)])
def test_the_pages_are_readable_by_everyone(
    live_server, browser: Browser, addresses_of_pages, researcher, scheme, width
):
    client = Client()
    client.force_login(researcher)
    context = browser.new_context(viewport={"width": width, "height": 768}, color_scheme=scheme)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    pictures = os.environ.get("DIPTYCH_TEST_PICTURES")
    for name, address in addresses_of_pages.items():
        response = page.goto(live_server.url + address)
        assert response is not None
        assert response.status == 200
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], name
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, name
        if pictures:
            page.screenshot(path=Path(pictures) / f"{name}-{scheme}-{width}.png", full_page=True)
    context.close()
    assert errors == []
