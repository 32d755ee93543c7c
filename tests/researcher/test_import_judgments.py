"""manage.py import_judgments: the paper's file becomes a study; a bad file becomes nothing."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from benchmark.models import Dataset, Outcome, Reconstruction
from studies.models import Comparison, Participant, Rating, Sitting, Study, Trial
from studies.models.trial import answer_value
from tests.conftest import JUDGMENTS

pytestmark = pytest.mark.django_db

HEADER = "model_1,model_2,example,winner_overall,winner_motion,rater"
ROWS = ["b,a,fox,a,EQUAL,r1", "a,b,hen,b,b,r1", "b,a,fox,b,b,r2", "a,b,hen,b,a,r2"]


def run(file: Path, *words: str) -> dict:
    out = StringIO()
    call_command("import_judgments", str(file), *words, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


@pytest.fixture
def small(tmp_path):
    def write(*lines: str) -> Path:
        file = tmp_path / "judgments.csv"
        file.write_text("\n".join(lines) + "\n")
        return file

    return write


def test_the_papers_file_becomes_its_study():
    said = run(JUDGMENTS, "--study", "paper", "--rows-per-rater", "30")
    assert said["created"] is True
    assert (said["raters"], said["comparisons"], said["blocks"]) == (65, 600, 20)
    study = Study.objects.get(slug="paper")
    assert (study.origin, study.state, study.recruiter) == ("imported", "closed", "none")
    assert len(study.design_hash) == 64
    assert list(study.dimensions.values_list("key", flat=True)) == ["overall", "appearance", "motion"]
    assert Participant.objects.filter(study=study).count() == 65
    assert Sitting.objects.filter(participant__study=study, state="completed").count() == 65
    assert Comparison.objects.filter(study=study).count() == 600
    assert Rating.objects.count() == 3 * 1950
    assert set(Reconstruction.objects.values_list("outcome", flat=True)) == {Outcome.NO_CLIP}


def test_the_same_file_twice_changes_nothing_and_says_so(small):
    file = small(HEADER, *ROWS)
    run(file, "--study", "tiny")
    said = run(file, "--study", "tiny")
    assert said["created"] is False
    assert "nothing was changed" in said["note"]
    assert (Study.objects.count(), Rating.objects.count()) == (1, 8)


def test_other_content_under_the_same_name_is_refused(small):
    run(small(HEADER, *ROWS), "--study", "tiny")
    with pytest.raises(CommandError, match="There is a study tiny with other content"):
        run(small(HEADER, *ROWS[:2]), "--study", "tiny")
    assert Rating.objects.count() == 8


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("a,b,cow,c,a,r1", "Line 6 names “c” as winner_overall"),
        ("a,a,cow,a,a,r1", "Line 6 compares a with itself"),
        ("a,b,cow,a,r1", "Line 6 has 5 cells where the header has 6"),
        ("a,b,,a,a,r1", "Line 6 has nothing under example"),
        ("a,b,fox,a,a,r1", "Line 6 repeats line 2"),
        (f"a,b,{'x' * 201},a,a,r1", "Line 6 has more than 200 letters under example"),
    ],
)
def test_a_malformed_row_is_refused_by_its_line_and_nothing_is_imported(small, row, sentence):
    with pytest.raises(CommandError, match=sentence) as refusal:
        run(small(HEADER, *ROWS, row), "--study", "tiny")
    assert refusal.value.returncode == 2
    assert not Study.objects.exists()
    assert not Dataset.objects.exists()


def test_a_missing_file_and_a_binary_one_are_refused(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "nowhere.csv", "--study", "tiny")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(CommandError, match="not a UTF-8 text file"):
        run(tmp_path / "picture.csv", "--study", "tiny")


def test_sides_are_kept_as_shown_and_winners_turned_to_answers(small):
    run(small(HEADER, *ROWS), "--study", "tiny")
    trials = Trial.objects.filter(sitting__participant__pseudonym="r1").order_by("position")
    assert [t.a_on_left for t in trials] == [False, True]
    first, second = ({r.dimension.key: r.answer for r in t.ratings.all()} for t in trials)
    assert first == {"overall": "right", "motion": "equal"}
    assert second == {"overall": "right", "motion": "right"}
    assert answer_value(first["overall"], a_on_left=False) == 1


def test_ratings_can_be_attached_to_a_dataset_that_is_there(small):
    dataset = Dataset.objects.create(slug="zoo", title="Zoo")
    fox = dataset.animations.create(name="fox")
    a = Reconstruction.objects.create(animation=fox, system=dataset.systems.create(name="a"), outcome="ok")
    file = small(HEADER, *ROWS)
    run(file, "--study", "tiny", "--dataset", "zoo")
    assert Comparison.objects.get(animation=fox).a == a
    with pytest.raises(CommandError, match="There is no dataset ark"):
        run(file, "--study", "other", "--dataset", "ark")
    with pytest.raises(CommandError, match="There is a dataset zoo already"):
        run(file, "--study", "zoo")


def test_a_rater_in_two_blocks_is_refused(small):
    header, rows = HEADER + ",block", [*(f"{row},one" for row in ROWS[:3]), f"{ROWS[3]},two"]
    with pytest.raises(CommandError, match="Line 5 puts rater r2 into block two"):
        run(small(header, *rows), "--study", "tiny")
    assert not Study.objects.exists()
