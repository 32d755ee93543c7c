"""Datasets as published become animations, systems and jobs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from benchmark.ingest.datasets import import_dataset
from benchmark.ingest.layouts import LayoutRefused, read_layout
from benchmark.ingest.sources import SourceRefused, keep_page, set_source
from benchmark.jobs.claim import perform
from benchmark.models import Animation, Dataset, Job, Outcome, Reconstruction
from tests.benchmark.test_manifest import write_video

PAGE = "<!doctype html><div>Hello</div>"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Two animations with their sources, one of which has a clip as well, and one that is a clip alone."""
    for name in ("ball", "box"):
        folder = tmp_path / "published" / name
        (folder / "src").mkdir(parents=True)
        (folder / "src" / "index.html").write_text(PAGE + name)
        (folder / "src" / "style.css").write_text("div { color: red }")
        (folder / "metadata.json").write_text(
            json.dumps({"title": name.title(), "url": f"https://example.org/{name}"})
        )
    write_video(tmp_path / "published" / "box" / "animation.mp4", 1)
    write_video(tmp_path / "published" / "disc" / "animation.mp4", 2)
    (tmp_path / "published" / ".git").mkdir()
    return tmp_path / "published"


@pytest.fixture
def baselines(tmp_path: Path) -> Path:
    root = tmp_path / "baselines"
    for tone, name in enumerate(("ball", "box")):
        write_video(root / "ground_truth" / f"{name}.mp4", tone)
    write_video(root / "one" / "run1" / "ball" / "animation_30fps.mp4", 5)
    (root / "one" / "run1" / "results.csv").write_text(
        "name,animation_exists\nball,True\nbox,False\nunknown,True\n"
    )
    write_video(root / "two" / "greedy" / "ball" / "animation_30fps.mp4", 6)
    write_video(root / "two" / "sampled" / "ball" / "animation_30fps.mp4", 7)
    return root


@pytest.mark.django_db
def test_a_published_dataset_is_captured_from_its_sources(published, data_folder):
    done = import_dataset(published, "a2c", title="Animation2Code")
    assert (done.layout, done.animations, done.captures, done.clips) == ("dataset", 3, 2, 1)
    ball = Animation.objects.get(name="ball")
    assert (ball.title, ball.metadata["url"], ball.outcome) == (
        "Ball",
        "https://example.org/ball",
        Outcome.PENDING,
    )
    assert ball.source_path is not None
    assert ball.source_path.read_text() == PAGE + "ball"
    assert (ball.source_path.parent / "style.css").is_file()
    kinds = dict(Job.objects.values_list("label", "kind"))
    assert kinds == {"Ball": "capture", "Box": "capture", "disc": "ingest"}


@pytest.mark.django_db
def test_clip_files_may_be_read_instead(published):
    done = import_dataset(published, "a2c", prefer_clips=True)
    assert (done.captures, done.clips) == (1, 2)


@pytest.mark.django_db
def test_importing_again_asks_for_nothing(published, baselines):
    for folder in (published, baselines):
        import_dataset(folder, folder.name)
        again = import_dataset(folder, folder.name)
        assert (again.captures, again.clips, again.not_executed) == (0, 0, 0)


@pytest.mark.django_db
def test_a_changed_page_is_captured_again_and_only_that(published):
    import_dataset(published, "a2c")
    Job.objects.all().delete()
    (published / "ball" / "src" / "style.css").write_text("div { color: blue }")
    assert import_dataset(published, "a2c").captures == 1
    assert Job.objects.get().label == "Ball"


@pytest.mark.django_db
def test_baselines_become_systems_and_their_answers(baselines):
    done = import_dataset(baselines, "a2c")
    assert (done.layout, done.animations, done.systems, done.clips, done.not_executed) == (
        "baselines",
        2,
        3,
        5,
        1,
    )
    answers = Reconstruction.objects.values_list("system__name", "animation__name", "outcome")
    assert sorted(answers) == [
        ("one", "ball", Outcome.PENDING),
        ("one", "box", Outcome.NO_CLIP),
        ("two-greedy", "ball", Outcome.PENDING),
        ("two-sampled", "ball", Outcome.PENDING),
    ]
    missing = Reconstruction.objects.get(outcome=Outcome.NO_CLIP)
    assert missing.outcome_detail["executed"] is False
    assert "gave no animation" in missing.outcome_detail["reason"]


@pytest.mark.django_db
def test_jobs_read_the_clips_and_ask_for_scores(baselines):
    import_dataset(baselines, "a2c")
    for job in Job.objects.filter(kind="ingest"):
        done = perform(job.pk, "worker")
        assert done is not None
        assert done.state == Job.State.DONE, done.error_detail
    assert Animation.objects.filter(clip__isnull=False, outcome=Outcome.OK).count() == 2
    assert Reconstruction.objects.filter(clip__isnull=False, outcome=Outcome.OK).count() == 3
    assert Job.objects.filter(kind="score").count() == 3
    assert len(Animation.objects.get(name="ball").outcome_detail["upload"]["sha256"]) == 64


@pytest.mark.django_db
def test_a_file_that_is_no_video_is_a_finding_and_a_missing_one_a_failed_job(baselines):
    import_dataset(baselines, "a2c")
    (baselines / "ground_truth" / "ball.mp4").write_text("no video")
    (baselines / "ground_truth" / "box.mp4").unlink()
    ball, box = Animation.objects.order_by("name")
    refused = perform(Job.objects.get(subject=f"animation:{ball.pk}").pk, "worker")
    missing = perform(Job.objects.get(subject=f"animation:{box.pk}").pk, "worker")
    ball.refresh_from_db()
    assert refused is not None
    assert missing is not None
    assert (refused.state, ball.outcome) == (Job.State.DONE, Outcome.REFUSED)
    assert "ball.mp4" in ball.outcome_detail["reason"]
    assert (missing.state, missing.attempt) == (Job.State.FAILED, 1)
    assert "put it back" in missing.error


@pytest.mark.django_db
def test_the_same_page_is_kept_once(published, data_folder):
    first = keep_page(published / "ball" / "src" / "index.html")
    assert keep_page(published / "ball" / "src" / "index.html") == first
    assert len(list((data_folder / "sources").glob("*/*"))) == 1


@pytest.mark.django_db
def test_a_page_with_links_or_too_much_beside_it_is_refused(published, monkeypatch):
    (published / "ball" / "src" / "secrets").symlink_to("/etc/passwd")
    with pytest.raises(SourceRefused, match="is a link"):
        import_dataset(published, "a2c")
    assert not Dataset.objects.exists()
    (published / "ball" / "src" / "secrets").unlink()
    monkeypatch.setattr("benchmark.ingest.sources.MOST_FILES", 1)
    with pytest.raises(SourceRefused, match="more than 1 files"):
        keep_page(published / "ball" / "src" / "index.html")


@pytest.mark.django_db
def test_another_page_takes_the_old_clip_from_the_row(published):
    dataset = Dataset.objects.create(slug="d", title="D")
    ball = Animation.objects.create(dataset=dataset, name="ball", outcome=Outcome.OK)
    assert set_source(ball, published / "ball" / "src")
    ball.refresh_from_db()
    assert (ball.outcome, ball.clip) == (Outcome.PENDING, None)
    assert not set_source(ball, published / "ball" / "src")
    assert set_source(ball, published / "ball" / "src", duration=2.0)


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (lambda root: (root / "ball" / "metadata.json").write_text("{"), "metadata.json is not JSON"),
        (lambda root: (root / "ball" / "metadata.json").write_text("[]"), "must hold one JSON object"),
    ],
)
def test_it_refuses_broken_metadata(published, break_it, sentence):
    break_it(published)
    with pytest.raises(LayoutRefused, match=sentence):
        read_layout(published)


def test_it_refuses_unknown_layouts_and_tables(tmp_path, baselines):
    with pytest.raises(LayoutRefused, match="There is no folder"):
        read_layout(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(LayoutRefused, match=r"holds neither NAME/src/index\.html"):
        read_layout(tmp_path / "empty")
    table = baselines / "one" / "run1" / "results.csv"
    table.write_text("name,animation_exists\nball,maybe\n")
    with pytest.raises(LayoutRefused, match=r"Line 2 of .* says “maybe”"):
        read_layout(baselines)
    table.write_text("name\nball\n")
    with pytest.raises(LayoutRefused, match="lacks the columns"):
        read_layout(baselines)


@pytest.mark.django_db
def test_the_command_prints_what_it_asked_for(published, capsys):
    call_command("import_dataset", str(published), "--dataset", "a2c")
    printed = json.loads(capsys.readouterr().out)
    assert printed["animations"] == 3
    assert printed["asked"] == {"captures": 2, "clips": 1}


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [("nowhere", "a2c"), (".", "two words")])
def test_the_command_refuses_with_status_2(arguments):
    with pytest.raises(CommandError) as refusal:
        call_command("import_dataset", arguments[0], "--dataset", arguments[1])
    assert refusal.value.returncode == 2
