"""The report page: the published figures, one chart per claim, and nothing for a strict policy to refuse."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from benchmark.models import Job
from studies.models import Report, Study
from studies.reports.job import enqueue_report, run_report
from tests.factories import make_study, sit

pytestmark = pytest.mark.django_db


def read(client, study: Study) -> str:
    response = client.get(reverse("studies:report", args=[study.slug]))
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_the_published_figures_to_four_decimals(signed_in, paper):
    page = read(signed_in, paper)
    for figure in ("0.8126", "0.8060", "0.7261", "0.6985", "0.6863", "0.5420", "0.6349 to 0.7622"):
        assert figure in page
    assert "these ratings give the published agreement" in page
    assert paper.design_hash in page


def test_it_makes_the_report_once_and_then_finds_it(signed_in, paper, monkeypatch):
    read(signed_in, paper)
    assert Report.objects.count() == 1
    monkeypatch.setattr("studies.views.report.make_report", lambda study: pytest.fail("made again"))
    read(signed_in, paper)


def test_every_chart_is_an_svg_without_inline_style(signed_in, paper):
    page = read(signed_in, paper)
    addresses = set(re.findall(r'(?:src|srcset)="([^"]+\.svg)"', page)) - {"/static/favicon.svg"}
    assert len(addresses) >= 8
    for address in addresses:
        response = signed_in.get(address)
        assert response["Content-Type"] == "image/svg+xml"
        drawn = response.content.decode()
        assert drawn.startswith("<svg")
        assert "style=" not in drawn
        assert "<script" not in drawn
    assert "style=" not in page


def test_an_unknown_chart_and_an_unknown_study_are_not_found(signed_in, paper):
    read(signed_in, paper)
    report = Report.objects.get()
    chart = reverse("studies:report_chart", args=["paper", report.pk, "nothing", "light", "wide"])
    assert signed_in.get(chart).status_code == 404
    assert signed_in.get("/studies/nowhere/report/").status_code == 404


def test_only_researchers_may_read_it(client, paper):
    response = client.get(reverse("studies:report", args=[paper.slug]))
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_a_study_without_ratings_says_what_is_missing(signed_in):
    page = read(signed_in, make_study(clips=False))
    assert "No sitting has been completed yet" in page


def test_simulated_ratings_are_called_so(signed_in):
    study = make_study(clips=False, origin="simulated", origin_note="Coin-flip raters.")
    sit(study)
    page = read(signed_in, study)
    assert "Simulated." in page
    assert "no person gave them. Coin-flip raters." in page


def test_a_snapshot_keeps_its_address_when_new_ratings_come(signed_in):
    study = make_study(clips=False)
    sit(study)
    read(signed_in, study)
    first = Report.objects.get()
    sit(study)
    page = read(signed_in, study)
    assert Report.objects.count() == 2
    assert "2 raters gave" in page
    kept = signed_in.get(reverse("studies:report_snapshot", args=[study.slug, first.pk])).content.decode()
    assert "A kept snapshot" in kept
    assert "1 rater gave" in kept


def test_many_ratings_are_left_to_a_worker(signed_in, monkeypatch):
    monkeypatch.setattr("studies.views.report.AT_ONCE", 0)
    study = make_study(clips=False)
    sit(study)
    sit(study)
    assert "Make the report" in read(signed_in, study)
    signed_in.post(reverse("studies:report_make", args=[study.slug]))
    job = Job.objects.get(kind="report")
    assert "waits for a worker" in read(signed_in, study)
    progress = reverse("studies:report_progress", args=[study.slug])
    assert "HX-Refresh" not in signed_in.get(progress)
    run_report(job, lambda done, words="": None)
    Job.objects.update(state="done", finished_at=job.created_at)
    assert signed_in.get(progress)["HX-Refresh"] == "true"
    assert "2 raters gave" in read(signed_in, study)
    sit(study)
    assert "has newer ratings or scores since" in read(signed_in, study)
    assert enqueue_report(study) == enqueue_report(study)
