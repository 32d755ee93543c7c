"""A judge's verdicts beside people's: read by the line, kept once, and given the same columns as a metric."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from studies.models import Study, Verdict
from studies.reports.exports.tables import EXPORTS
from studies.reports.exports.write import write
from studies.reports.make import current_report, make_report
from tests.factories import make_study, sit

pytestmark = pytest.mark.django_db
HEADER = ["example", "first", "second", "winner_appearance"]


@pytest.fixture
def study() -> Study:
    """Raters who mostly prefer the system whose name comes first."""
    chance = random.Random(5)
    made = make_study(clips=False, blocks=2, animations=5, slug="judged")
    for block in made.blocks.all():
        for _ in range(3):
            sit(
                made,
                block=block,
                answer=lambda t, d: "left" if (chance.random() < 0.8) == t.a_on_left else "right",
            )
    return made


def rows(study: Study) -> list[list[str]]:
    """Both orders of every comparison: the first by name wins, but in every third whichever was shown first."""
    found = []
    for number, one in enumerate(study.comparisons.order_by("pk")):
        a, b = one.a.system.name, one.b.system.name
        for first, second in ((a, b), (b, a)):
            found.append([one.animation.name, first, second, first if number % 3 == 0 else a])
    return found


def table(folder: Path, lines: list[list[str]], header: list[str] = HEADER) -> Path:
    file = folder / "verdicts.csv"
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([header, *lines])
    return file


def run(file: Path, *words: str, study: str = "judged") -> dict:
    out = io.StringIO()
    call_command(
        "import_verdicts",
        str(file),
        "--study",
        study,
        "--judge",
        "gpt",
        *words,
        stdout=out,
        stderr=io.StringIO(),
    )
    return json.loads(out.getvalue())


def test_a_judge_gets_the_columns_of_a_metric_and_its_flip_rate(study, tmp_path, signed_in):
    before = make_report(study)
    said = run(table(tmp_path, rows(study)), "--judge-version", "2026-05")
    assert said == {
        "study": "judged", "judge": "gpt", "note": "imported", "created": 30, "both_orders": 15, "one_order": 0, "elsewhere": 0,
    }  # fmt: skip
    assert current_report(study) is None, "the data are others now"
    report = make_report(study)
    assert report.data_digest != before.data_digest
    (row,) = report.content["alignment"]["appearance"]["rating"]["metrics"]
    assert (row["label"], row["kind"], row["targets"]) == ("gpt on appearance 2026-05", "judge", "appearance")
    assert row["flip_rate"]["value"] == pytest.approx(5 / 15)
    assert row["auc"]["value"] > 0.55
    assert row["tie_accuracy"]["accuracy"]["n"] == 45
    assert any(mark["kind"] == "judge" for mark in report.content["alignment"]["appearance"]["ruler"])
    page = signed_in.get(reverse("studies:report", args=["judged"])).content.decode()
    assert "changed its verdict with the order in 33 % of 15 comparisons; these count as equal." in page
    near = signed_in.get(reverse("studies:metric", args=["judged", report.pk, 0])).content.decode()
    assert "Where they disagree most, on appearance" in near
    assert "It prefers <strong>" in near
    assert "Δ" not in near.partition('id="worst"')[2], "verdicts have no difference of scores"


def test_one_order_alone_stays_out_and_is_counted(study, tmp_path):
    said = run(table(tmp_path, [*rows(study)[:5], ["nowhere", "x", "y", "x"]]))
    assert (said["both_orders"], said["one_order"], said["elsewhere"]) == (2, 1, 1)
    report = make_report(study)
    assert report.content["data"]["judges"] == [
        {
            "name": "gpt on appearance",
            "version": "",
            "dimension": "appearance",
            "both_orders": 2,
            "one_order": 1,
        }
    ]
    assert report.content["alignment"]["appearance"]["rating"]["metrics"][0]["scored"] == 2


def test_twice_changes_nothing_and_other_verdicts_need_another_version(study, tmp_path):
    run(table(tmp_path, rows(study)))
    assert run(table(tmp_path, rows(study)))["created"] == 0
    with pytest.raises(CommandError, match="other verdicts of gpt: give these another --judge-version"):
        run(table(tmp_path, rows(study)[:4]))
    run(table(tmp_path, rows(study)[:4]), "--judge-version", "2")
    assert Verdict.objects.count() == 34


def test_verdicts_are_exported(study, tmp_path):
    run(table(tmp_path, rows(study)))
    lines = b"".join(write(EXPORTS["verdicts"], study, "csv")).decode().splitlines()
    assert len(lines) == 31
    assert lines[1].split(",")[3:] == [
        "gpt",
        "",
        "appearance",
        "animation-00",
        "system-a",
        "system-b",
        "true",
        "1",
    ]


@pytest.mark.parametrize(
    ("lines", "header", "says"),
    [
        (
            [["animation-00", "system-a", "system-b", "system-c"]],
            HEADER,
            "Line 2 names “system-c” as winner_appearance",
        ),
        ([["animation-00", "system-a", "system-a", "EQUAL"]], HEADER, "Line 2 compares system-a with itself"),
        ([["animation-00", "system-a", "system-b"]], HEADER, "Line 2 has 3 cells where the header has 4"),
        ([["animation-00", "system-a", "system-b", "EQUAL"]] * 2, HEADER, "Line 3 repeats line 2"),
        (
            [["elsewhere", "system-a", "system-b", "EQUAL"]],
            HEADER,
            "No row of verdicts.csv is about a comparison",
        ),
        ([], HEADER, "No row of verdicts.csv"),
        ([], ["example", "first", "winner_appearance"], "Line 1 must name the column second once"),
        ([], ["example", "first", "second"], "Line 1 has no column winner_"),
        ([], [*HEADER, "winner_colour"], "a question “colour” that the study does not ask"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_line(study, tmp_path, lines, header, says):
    with pytest.raises(CommandError, match=says) as refusal:
        run(table(tmp_path, lines, header))
    assert refusal.value.returncode == 2
    assert not Verdict.objects.exists()


def test_an_unknown_study_is_refused(study, tmp_path):
    with pytest.raises(CommandError, match="There is no study nowhere: choose one of judged"):
        run(table(tmp_path, rows(study)), study="nowhere")
