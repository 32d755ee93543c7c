"""The read-only API, and that its schema tells the truth about it."""

from __future__ import annotations

import pytest
from drf_spectacular.validation import validate_schema
from yaml import safe_load

from studies.models import RecruiterIdentity, Study
from studies.reports.make import make_report
from tests.factories import make_study, sit

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    made = make_study(clips=False, slug="colours")
    sitting = sit(made)
    sit(made)
    RecruiterIdentity.objects.create(
        participant=sitting.participant, study=made, recruiter="prolific", person="5f3a9c", submission="77be"
    )
    return made


@pytest.mark.parametrize(
    "address", ["studies/", "studies/colours/", "studies/colours/ratings/", "studies/colours/report/"]
)
def test_only_researchers_may_read(client, study, address):
    assert client.get(f"/api/{address}").status_code == 403


def test_studies_and_one_study(signed_in, study):
    listed = signed_in.get("/api/studies/").json()
    assert listed["count"] == 1
    one = signed_in.get("/api/studies/colours/").json()
    assert listed["results"] == [one]
    assert one["simulated"] is False
    assert [d["key"] for d in one["dimensions"]] == ["overall", "appearance", "motion"]
    assert signed_in.get("/api/studies/nowhere/").status_code == 404


def test_ratings_come_in_pages_and_name_nobody(signed_in, study):
    first = signed_in.get("/api/studies/colours/ratings/?limit=50").json()
    assert first["count"] == 54
    rest = signed_in.get(first["next"]).json()
    assert len(first["results"]) + len(rest["results"]) == 54
    assert {row["participant"] for row in first["results"]} == {"p-001", "p-002"}
    assert b"5f3a9c" not in signed_in.get("/api/studies/colours/ratings/?limit=100").content


def test_the_report_is_there_once_it_was_made(signed_in, study):
    assert signed_in.get("/api/studies/colours/report/").status_code == 404
    report = make_report(study)
    found = signed_in.get("/api/studies/colours/report/").json()
    assert found["content_digest"] == report.content_digest
    assert "overall" in found["content"]["summary"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed_through_it(signed_in, study, method):
    for address in ("studies/", "studies/colours/", "studies/colours/ratings/", "studies/colours/report/"):
        assert getattr(signed_in, method)(f"/api/{address}").status_code in (403, 405)


def test_the_schema_is_valid_and_lists_every_address(signed_in):
    schema = safe_load(signed_in.get("/api/schema/").content)
    validate_schema(schema)
    assert {"/api/studies/", "/api/studies/{slug}/ratings/", "/api/studies/{slug}/report/"} <= set(
        schema["paths"]
    )
