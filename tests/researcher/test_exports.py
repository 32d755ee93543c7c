"""The study's data as files: complete, the same in every form, and naming nobody unless asked by who may."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from pyarrow import parquet

from studies.models import Exclusion, Participant, RecruiterIdentity, Sitting
from studies.reports.exports.columns import Column, Export
from studies.reports.exports.tables import EXPORTS
from studies.reports.exports.write import BATCH, MEDIA, codebook, write
from tests.factories import make_study, sit

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    made = make_study(clips=False, slug="colours")
    for number in (1, 2):
        sitting = sit(made, answer=lambda trial, dimension: "equal" if dimension.key == "motion" else "left")
        RecruiterIdentity.objects.create(
            participant=sitting.participant,
            study=made,
            recruiter="prolific",
            person=f"5f3a9c{number}",
            submission=f"77be{number}",
        )
    return made


def fetch(client, key: str, form: str, query: str = ""):
    return client.get(reverse("studies:export", args=["colours", key, form]) + query)


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def rows_of(response) -> list[dict]:
    return list(csv.DictReader(io.StringIO(body(response).decode())))


def test_the_ratings_hold_one_row_per_answer_with_its_evidence(signed_in, study):
    rows = rows_of(fetch(signed_in, "ratings", "csv"))
    assert len(rows) == 2 * 9 * 3
    first = rows[0]
    assert (first["participant"], first["dimension"], first["answer"]) == ("p-001", "overall", "left")
    assert first["value"] == ("1" if first["a_on_left"] == "true" else "-1")
    assert first["evidence_response_ms"] == "9000"
    assert first["design_hash"] == study.design_hash
    assert {row["value"] for row in rows if row["dimension"] == "motion"} == {"0"}


@pytest.mark.parametrize("key", list(EXPORTS))
def test_every_form_of_a_table_says_the_same(signed_in, study, key):
    as_json = json.loads(body(fetch(signed_in, key, "json")))
    lines = [json.loads(line) for line in body(fetch(signed_in, key, "jsonl")).splitlines()]
    table = parquet.read_table(io.BytesIO(body(fetch(signed_in, key, "parquet"))))
    assert as_json["rows"] == lines
    assert table.to_pylist() == lines
    assert len(rows_of(fetch(signed_in, key, "csv"))) == len(lines)
    assert as_json["simulated"] is False
    names = [column.name for column in EXPORTS[key].visible(private=False)]
    assert table.column_names == names


@pytest.mark.parametrize("form", MEDIA)
def test_no_publishable_file_names_a_person(signed_in, study, form):
    for key in EXPORTS:
        found = body(fetch(signed_in, key, form))
        assert b"5f3a9c" not in found
        assert b"77be" not in found
        assert b"recruiter_person" not in found


def test_the_private_files_are_for_those_who_may_see_people(signed_in, study, researcher):
    assert fetch(signed_in, "ratings", "csv", "?private=1").status_code == 403
    researcher.user_permissions.add(Permission.objects.get(codename="view_recruiteridentity"))
    response = fetch(signed_in, "ratings", "csv", "?private=1")
    assert "colours-private-ratings.csv" in response["Content-Disposition"]
    assert {row["recruiter_person"] for row in rows_of(response)} == {"5f3a9c1", "5f3a9c2"}


def test_simulated_ratings_are_called_so_in_every_row_and_in_the_files_name(signed_in, study):
    study.origin = "simulated"
    study.save()
    response = fetch(signed_in, "ratings", "csv")
    assert 'filename="colours-simulated-ratings.csv"' in response["Content-Disposition"]
    assert {row["simulated"] for row in rows_of(response)} == {"true"}
    assert json.loads(body(fetch(signed_in, "sittings", "json")))["simulated"] is True


def test_an_exclusion_is_marked_and_explained(signed_in, study):
    sitting = Sitting.objects.get(participant__pseudonym="p-001")
    Exclusion.objects.create(sitting=sitting, rule="identical", reason="failed the trap")
    rows = rows_of(fetch(signed_in, "sittings", "csv"))
    assert [(row["excluded"], row["exclusion_reason"]) for row in rows] == [
        ("true", "failed the trap"),
        ("false", ""),
    ]


def test_a_text_that_a_spreadsheet_would_run_is_disarmed(signed_in, study):
    Participant.objects.filter(pseudonym="p-001").update(pseudonym="=HYPERLINK(1)")
    assert rows_of(fetch(signed_in, "sittings", "csv"))[0]["participant"] == "'=HYPERLINK(1)"


def test_every_column_is_in_the_codebook(signed_in, study):
    text = signed_in.get(reverse("studies:codebook", args=["colours"])).content.decode()
    for export in EXPORTS.values():
        for column in export.visible(private=False):
            assert f"| {column.name} | {column.kind} | {column.meaning} |" in text
    assert "Which matches the reference better?" in text
    assert "recruiter_person" not in text
    assert "recruiter_person" in codebook(study, private=True)


def test_rows_are_written_as_they_come(study):
    """Nothing is held back until the last row: a piece needs a batch at most."""
    asked = 0

    def endless(_study):
        nonlocal asked
        while True:
            asked += 1
            yield (asked,)

    export = Export("endless", "", "", (Column("n", "integer", ""),), endless)
    for form in ("csv", "json", "jsonl"):
        asked = 0
        pieces = write(export, study, form)
        next(pieces)
        next(pieces)
        assert asked <= 2 * BATCH


def test_unknown_tables_and_forms_are_not_found(signed_in, study):
    assert fetch(signed_in, "nothing", "csv").status_code == 404
    assert fetch(signed_in, "ratings", "xls").status_code == 404


def test_every_column_is_documented():
    text = (Path(__file__).resolve().parents[2] / "docs" / "data-formats.md").read_text()
    for export in EXPORTS.values():
        part = text.split(f"### {export.key}\n")[1].split("### ")[0]
        for column in export.columns:
            assert f"| `{column.name}` | {column.kind} | {column.meaning}" in part, (export.key, column.name)
