"""A researcher's first door: a folder of clips becomes a draft study."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from benchmark.management.door import Refused
from benchmark.video.encode import Encoder
from studies.create import Plan, StudyRefused, create_study
from studies.launch import launch
from studies.models import Comparison, Study
from tests.factories import draw_frames, make_study


def write_manifest(folder: Path, animations: int = 3, systems: tuple[str, ...] = ("one", "two")) -> Path:
    rows = []
    for number in range(animations):
        for place, system in enumerate(("reference", *systems)):
            clip = folder / f"{number}-{system}.mp4"
            with Encoder(clip, fps=12, size=(96, 72), kind="playable") as encoder:
                for frame in draw_frames(number * 10 + place):
                    encoder.write(frame)
            rows.append([f"animation {number}", system, clip.name])
    manifest = folder / "manifest.csv"
    with manifest.open("w", newline="") as file:
        csv.writer(file).writerows([["animation", "system", "clip"], *rows])
    return manifest


def command(*arguments: object) -> dict:
    out = StringIO()
    call_command("create_study", *map(str, arguments), stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


@pytest.fixture
def inline_practice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The practice is captured by a real browser here; nothing is told to workers, since none listens."""
    monkeypatch.setattr("benchmark.jobs.queue.ring", lambda pks: None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("inline_practice")
def test_a_folder_of_clips_becomes_a_study_that_can_be_opened(tmp_path: Path) -> None:
    made = command(write_manifest(tmp_path), "--study", "pilot", "--raters", 4)
    assert made["comparisons"] == 3
    assert made["blocks"] == 1
    assert made["systems"] == ["one", "two"]
    study = Study.objects.get(slug="pilot")
    assert study.state == Study.State.DRAFT
    assert study.raters_per_block == 4
    assert [dimension.key for dimension in study.dimensions.all()] == ["overall", "appearance", "motion"]
    assert study.practice_rounds.get().expected == {"appearance": ["left"], "motion": ["right"]}
    launch(study)
    assert study.state == Study.State.LIVE


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--study", "two words"], "cannot be an address"),
        (["--study", "pilot", "--raters", "0"], "--raters must be 1 or more"),
        (["--study", "taken"], "There is a study “taken” already"),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_read(tmp_path: Path, arguments, sentence) -> None:
    make_study(animations=1, systems=2, clips=False, slug="taken")
    with pytest.raises(Refused, match=sentence):
        command(tmp_path / "absent.csv", *arguments)
    assert Study.objects.count() == 1


@pytest.mark.django_db
def test_a_dataset_without_pairs_makes_no_study() -> None:
    dataset = make_study(animations=2, systems=1, clips=False).dataset
    with pytest.raises(StudyRefused, match="clips of two systems"):
        create_study(dataset, "empty", "Empty")
    assert not Study.objects.filter(slug="empty").exists()


@pytest.mark.django_db
def test_spares_stand_beside_the_blocks_and_the_seed_makes_it_repeat() -> None:
    dataset = make_study(animations=6, systems=4, clips=False).dataset
    first = create_study(dataset, "first", "First", Plan(per_pair=2, block_size=5), seed=11)
    again = create_study(dataset, "again", "Again", Plan(per_pair=2, block_size=5), seed=11)
    assert first.comparisons.filter(spare=False).count() == 12
    assert first.comparisons.filter(spare=True).count() == 12
    assert not Comparison.objects.filter(study=first, spare=True, blocks__isnull=False).exists()

    def blocks(study: Study) -> list[list[tuple[int, int]]]:
        return [sorted(block.comparisons.values_list("a", "b")) for block in study.blocks.all()]

    assert blocks(first) == blocks(again)
    assert all(
        c.a.system.name < c.b.system.name for c in first.comparisons.select_related("a__system", "b__system")
    )
