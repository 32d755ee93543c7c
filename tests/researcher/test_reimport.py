"""The publishable ratings, imported again, are the same study to every analysis."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from studies.models import Exclusion, Rating, Study
from studies.reports.dataset import load
from studies.reports.exports.tables import EXPORTS
from studies.reports.exports.write import write
from studies.reports.make import make_report
from tests.factories import make_study, sit
from tests.researcher.test_study_pages import fail_check

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    """Two blocks, three raters each, a failed check, an exclusion with a comma and a line break, one still at it."""
    chance = random.Random(11)
    made = make_study(clips=False, blocks=2, slug="first", title="First")
    for block in made.blocks.all():
        for _ in range(3):
            sit(made, block=block, answer=lambda trial, dimension: chance.choice(["left", "equal", "right"]))
    sittings = list(made.participants.first().sittings.all())
    check = fail_check(sittings[0])
    for dimension in made.dimensions.all():
        Rating.objects.create(trial=check, dimension=dimension, answer="left")
    Exclusion.objects.create(sitting=sittings[0], rule="researcher", reason="left, left,\nand left")
    sit(made, state="returned")
    return made


def exported(study: Study, folder: Path) -> Path:
    file = folder / "ratings.csv"
    file.write_bytes(b"".join(write(EXPORTS["ratings"], study, "csv")))
    return file


def run(file: Path, *words: str) -> dict:
    out = io.StringIO()
    call_command("import_judgments", str(file), *words, stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def numbers(study: Study) -> dict:
    return {key: part for key, part in make_report(study).content.items() if key not in ("study", "settings")}


def test_it_gives_the_same_report(study, tmp_path):
    said = run(exported(study, tmp_path), "--study", "again")
    assert said["raters"] == 6
    again = Study.objects.get(slug="again")
    assert load(again).digest == load(study).digest
    before, after = numbers(study), numbers(again)
    assert after["data"]["excluded"] == [{"rater": "p-001", "reason": "left, left,\nand left"}]
    assert after == before


def test_it_does_nothing_twice(study, tmp_path):
    file = exported(study, tmp_path)
    run(file, "--study", "again")
    assert run(file, "--study", "again")["created"] is False
    assert Study.objects.count() == 2


def test_simulated_ratings_stay_simulated(study, tmp_path):
    study.origin = "simulated"
    study.save()
    run(exported(study, tmp_path), "--study", "again")
    assert Study.objects.get(slug="again").simulated is True


def damaged(study: Study, folder: Path, **cells: str) -> Path:
    """The export with these cells changed in its second line."""
    file = exported(study, folder)
    rows = list(csv.DictReader(io.StringIO(file.read_text(), newline="")))
    rows = [row for row in rows if row["sitting_state"] == "completed" and row["excluded"] == "false"]
    rows[0] |= cells
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return file


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"answer": "up"}, "Line 2 has “up” under answer; it must be left, equal, right"),
        ({"a_on_left": "maybe"}, "Line 2 has “maybe” under a_on_left"),
        ({"participant": ""}, "Line 2 has nothing under participant"),
        ({"position": "first"}, "Line 2 has “first” under position; it must be a whole number"),
        ({"block": "9"}, "Line 3 contradicts line 2 about p-002's sitting"),
        ({"system_b": "aaa"}, "Line 2 names system-a before aaa"),
        ({"dimension": "motion"}, "Line 4 repeats line 2: keep one of the two"),
    ],
)
def test_a_damaged_row_is_refused_by_its_line_and_nothing_is_imported(study, tmp_path, cells, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(damaged(study, tmp_path, **cells), "--study", "again")
    assert not Study.objects.filter(slug="again").exists()
