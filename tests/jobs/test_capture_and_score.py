"""Captures and scores may be asked for, run and run again, while pages and clips change under them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import benchmark.capture
import benchmark.metrics
from benchmark.capture import CaptureRefused, CaptureResult
from benchmark.ingest.clips import keep_clip
from benchmark.jobs.capturing import enqueue_capture
from benchmark.jobs.claim import perform
from benchmark.jobs.scoring import enqueue_scores
from benchmark.jobs.subjects import pair_subject
from benchmark.models import Animation, Clip, Dataset, Job, Outcome, Reconstruction, Score, System
from tests.factories import CALM, make_clip

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(data_folder: Path) -> Path:
    path = data_folder / "sources" / "one" / "index.html"
    path.parent.mkdir(parents=True)
    path.write_text("<!doctype html><p>One</p>")
    return path


@pytest.fixture
def answer(page: Path) -> Reconstruction:
    """A reconstruction with a page, of an animation that has its clip."""
    dataset = Dataset.objects.create(slug="d", title="D")
    animation = Animation.objects.create(dataset=dataset, name="ball", outcome=Outcome.OK, clip=make_clip(1))
    system = System.objects.create(dataset=dataset, name="a")
    return Reconstruction.objects.create(animation=animation, system=system, source="one/index.html")


def result(status: Any = "ok", **facts: Any) -> CaptureResult:
    fields: dict[str, Any] = {
        "status": status, "reason": None, "frames": 12, "fps": 12, "duration": 1.0, "duration_reason": "given", "width": 96,
        "height": 72, "exact": True, "inexact": (), "static": False, "blank": False, "repeated": 0, "distinct": 12,
        "errors": (), "console": (), "refused": (), "libraries": (), "incidents": (), "browser": "b", "isolation": (),
        "seed": 0,
    }  # fmt: skip
    return CaptureResult(**(fields | facts))


@pytest.fixture
def captures(monkeypatch) -> list[Path]:
    """Stands in for the browser, which tests/capture tests: writes a real clip, and notes the pages it was given."""
    seen: list[Path] = []

    def capture_to_clip(
        page: Path, master: Path, playable: Path, poster: Path, **options: Any
    ) -> CaptureResult:
        seen.append(page)
        made = make_clip(50)
        for source, target in ((made.master, master), (made.playable, playable), (made.poster, poster)):
            target.write_bytes(source.read_bytes())
        return result()

    monkeypatch.setattr(benchmark.capture, "capture_to_clip", capture_to_clip)
    return seen


def run(job: Job) -> Job:
    done = perform(job.pk, "worker")
    assert done is not None
    return done


def test_a_capture_gives_clip_outcome_and_a_request_for_scores(answer, captures, data_folder):
    assert run(enqueue_capture(answer)).state == Job.State.DONE
    answer.refresh_from_db()
    assert (answer.outcome, answer.clip.exact, answer.outcome_detail["executed"]) == (Outcome.OK, True, True)
    assert Job.objects.get(kind="score").subject == pair_subject(answer)
    assert not list((data_folder / "work").iterdir())


def test_capturing_again_gives_the_same_clip(answer, captures):
    run(enqueue_capture(answer))
    first = Reconstruction.objects.get().clip_id
    run(enqueue_capture(answer))
    assert Reconstruction.objects.get().clip_id == first
    assert Job.objects.filter(kind="score").count() == 1


def test_a_clip_once_captured_exactly_is_exact(data_folder):
    clip = make_clip(1)
    Clip.objects.update(exact=False)  # as if the machine had been busy, or a file uploaded
    for place, (exact, found) in enumerate([(False, False), (True, True), (False, True)]):
        again = data_folder / "made" / str(place)
        shutil.copytree(clip.folder, again)
        assert keep_clip(again, exact=exact, flashes=CALM).exact is found
        assert not again.exists()
    assert Clip.objects.get().exact


def test_a_reference_that_arrives_last_asks_for_the_scores_of_all_answers(answer, captures, page):
    animation = answer.animation
    Animation.objects.update(clip=None, source="one/index.html")
    run(enqueue_capture(answer))
    assert not Job.objects.filter(kind="score").exists()
    run(enqueue_capture(animation))
    assert Job.objects.filter(kind="score").count() == 1


def test_a_page_replaced_meanwhile_is_captured_instead(answer, captures, data_folder, monkeypatch):
    other = data_folder / "sources" / "two.html"
    other.write_text("<!doctype html><p>Two</p>")
    first = benchmark.capture.capture_to_clip

    def replace_then_capture(*arguments: Any, **options: Any) -> CaptureResult:
        Reconstruction.objects.update(source="two.html")
        return first(*arguments, **options)

    monkeypatch.setattr(benchmark.capture, "capture_to_clip", replace_then_capture)
    job = run(enqueue_capture(answer))
    assert job.state == Job.State.QUEUED
    assert Reconstruction.objects.get().clip is None
    assert run(job).state == Job.State.DONE
    assert [path.name for path in captures] == ["index.html", "two.html"]
    assert Reconstruction.objects.get().clip is not None


def test_a_page_that_gives_no_frame_is_a_finding(answer, monkeypatch):
    found = result("script_error", frames=0, errors=("x is not defined",))
    monkeypatch.setattr(benchmark.capture, "capture_to_clip", lambda *arguments, **options: found)
    assert run(enqueue_capture(answer)).state == Job.State.DONE
    answer.refresh_from_db()
    assert (answer.outcome, answer.clip) == (Outcome.SCRIPT_ERROR, None)
    assert answer.outcome_detail["errors"] == ["x is not defined"]


@pytest.mark.parametrize("status", ["timed_out", "crashed"])
def test_what_a_busy_machine_may_have_caused_is_tried_once_more(answer, monkeypatch, status):
    monkeypatch.setattr(
        benchmark.capture, "capture_to_clip", lambda *arguments, **options: result(status, frames=0)
    )
    job = run(enqueue_capture(answer))
    assert (job.state, Reconstruction.objects.get().outcome) == (Job.State.QUEUED, Outcome.PENDING)
    assert "once more" in job.error
    Job.objects.update(not_before=None)
    assert run(job).state == Job.State.DONE
    assert Reconstruction.objects.get().outcome == status


def test_what_the_capture_refuses_is_an_outcome_with_its_sentence(answer, monkeypatch):
    def refuse(*arguments: Any, **options: Any) -> CaptureResult:
        raise CaptureRefused("The page is no HTML; give an HTML file.")

    monkeypatch.setattr(benchmark.capture, "capture_to_clip", refuse)
    assert run(enqueue_capture(answer)).state == Job.State.DONE
    answer.refresh_from_db()
    assert (answer.outcome, answer.outcome_detail["reason"]) == (
        Outcome.REFUSED,
        "The page is no HTML; give an HTML file.",
    )


def test_a_page_that_is_gone_fails_at_once_and_says_what_to_do(answer, page):
    page.unlink()
    job = run(enqueue_capture(answer))
    assert (job.state, job.attempt) == (Job.State.FAILED, 1)
    assert "import the dataset again" in job.error


def test_an_item_deleted_meanwhile_leaves_nothing_to_do(answer):
    job = enqueue_capture(answer)
    answer.delete()
    assert "nothing is left to do" in run(job).error


@pytest.fixture
def pair(answer: Reconstruction) -> Reconstruction:
    answer.clip, answer.outcome = make_clip(2), Outcome.OK
    answer.save()
    return answer


def test_scores_are_computed_once_and_kept(pair, monkeypatch):
    assert run(enqueue_scores(pair)[0]).state == Job.State.DONE
    first = list(Score.objects.values("pk", "metric", "value", "parameters_digest"))
    assert {"object-appearance", "trajectory"} <= {row["metric"] for row in first}
    monkeypatch.setattr(benchmark.metrics, "score", lambda *a, **o: pytest.fail("computed again"))
    assert run(enqueue_scores(pair)[0]).state == Job.State.DONE
    assert list(Score.objects.values("pk", "metric", "value", "parameters_digest")) == first


def test_a_new_version_adds_scores_and_keeps_the_old(pair):
    run(enqueue_scores(pair)[0])
    Score.objects.filter(metric="trajectory").update(version="0")
    n = Score.objects.count()
    run(enqueue_scores(pair)[0])
    assert Score.objects.count() == n + 1
    assert set(Score.objects.filter(metric="trajectory").values_list("version", flat=True)) > {"0"}


def test_a_new_clip_asks_for_its_scores_even_while_the_old_pair_is_being_scored(pair):
    (old,) = enqueue_scores(pair)
    pair.clip = make_clip(3)
    pair.save()
    (new,) = enqueue_scores(pair)
    assert new.pk != old.pk
    run(old)
    assert not Score.objects.exists(), "the old pair is gone: nothing to compute"
    run(new)
    assert set(Score.objects.values_list("candidate_clip_id", flat=True)) == {pair.clip_id}


def test_a_clip_file_that_is_gone_fails_with_its_sentence(pair):
    pair.clip.master.unlink()
    job = run(enqueue_scores(pair)[0])
    assert (job.state, job.attempt) == (Job.State.FAILED, 1)
    assert "master.mp4" in job.error
