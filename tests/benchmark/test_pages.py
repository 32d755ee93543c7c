"""The pages of the benchmark: what they say, to whom, and in how many queries."""

from __future__ import annotations

import json

import pytest
import zeal
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmark.metrics import registry
from benchmark.models import Animation, Clip, Dataset, Job, Outcome, Reconstruction
from benchmark.validation.observations import Observation, Store
from benchmark.validation.split import HELD_OUT
from tests.benchmark.test_leaderboard import Bench, bench

__all__ = ["bench"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(bench: Bench) -> Bench:
    """Three systems on four animations: scores, failures, diagnostics."""
    for place in range(4):
        for system, value in (("near", 0.9), ("far", 0.3)):
            answer = bench.answer(system, place)
            bench.score(answer, value - place / 20)
            bench.score(
                answer,
                value,
                metric="trajectory",
                diagnostics={
                    "crop": {"reference": [1, 2, 30, 40], "candidate": [5, 6, 30, 40]},
                    "tracks": {"reference": [[[0, 1, 2], [0.1, 3, 4]]], "candidate": [[[0, 5, 6]]]},
                },
            )
        bench.answer(
            "broken", place, Outcome.SCRIPT_ERROR, executed=False, errors=["ReferenceError: <b>x</b>"]
        )
    return bench


def text(client: Client, address: str) -> str:
    """The page, made without a query in a loop."""
    with zeal.zeal_context():
        response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


PAGES = [
    "/benchmark/",
    "/benchmark/datasets/bench/",
    "/benchmark/datasets/bench/animations/a0/",
    "/benchmark/validation/",
]
PAGES += ["/benchmark/jobs/", "/benchmark/jobs/now/", "/benchmark/jobs/failed/"]


@pytest.mark.parametrize("address", [*PAGES, "/benchmark/datasets/bench/chart/light/wide.svg"])
def test_strangers_are_asked_to_sign_in(client, filled, address):
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("address", PAGES)
def test_no_page_has_inline_styles_or_scripts(signed_in, filled, address):
    Job.objects.create(kind="capture", subject="x", state="failed", error="x", finished_at=timezone.now())
    page = text(signed_in, address)
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick=" not in page


def test_the_first_page_tells_the_first_step(signed_in):
    page = text(signed_in, "/benchmark/")
    assert "import_dataset FOLDER" in page


def test_datasets_are_listed_with_what_they_hold(signed_in, filled):
    Dataset.objects.create(slug="made-up", title="Made up", simulated=True)
    page = text(signed_in, "/benchmark/")
    assert ">4</td>" in page
    assert ">3</td>" in page
    assert "12" in page
    assert page.count('class="tag simulated"') == 1


def test_the_leaderboard_states_both_means_and_every_n(signed_in, filled):
    page = text(signed_in, "/benchmark/datasets/bench/")
    near = page[page.index("near</th>") if "near</th>" in page else page.index(">near") :]
    assert ".82" in near
    assert "n 4" in near
    assert "0.0 %" in page[page.index("broken") :]
    assert "near is closest in appearance (.82)" in page


def test_the_leaderboards_queries_do_not_grow(signed_in, filled, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        text(signed_in, "/benchmark/datasets/bench/")


def test_a_simulated_dataset_says_so(signed_in, filled):
    Dataset.objects.update(simulated=True)
    for address in ("/benchmark/", "/benchmark/datasets/bench/", "/benchmark/datasets/bench/animations/a0/"):
        assert "simulated" in text(signed_in, address)


def test_an_unfinished_dataset_says_what_is_missing(signed_in, bench):
    bench.answer("one", 0, Outcome.PENDING)
    bench.answer("one", 1)
    bench.score(bench.answer("one", 2), 0.5)
    page = text(signed_in, "/benchmark/datasets/bench/")
    assert "1 reconstruction to capture, 1 to score" in page


def test_a_dataset_without_systems_tells_the_first_step(signed_in, bench):
    assert "No system has answered" in text(signed_in, "/benchmark/datasets/bench/")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_the_chart_is_an_svg_that_may_be_kept_while_it_is_true(signed_in, filled, theme, width):
    page = text(signed_in, "/benchmark/datasets/bench/")
    query = page.split(f"chart/{theme}/{width}.svg?")[1].split('"')[0].replace("&amp;", "&")
    response = signed_in.get(f"/benchmark/datasets/bench/chart/{theme}/{width}.svg?{query}")
    assert response["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<svg")
    assert b"near" in response.content
    assert "immutable" in response["Cache-Control"]
    assert (
        "no-store"
        in signed_in.get(f"/benchmark/datasets/bench/chart/{theme}/{width}.svg?v=old")["Cache-Control"]
    )


def test_there_is_no_chart_of_another_form(signed_in, filled):
    assert signed_in.get("/benchmark/datasets/bench/chart/pink/wide.svg").status_code == 404


def test_an_animation_shows_every_system_with_what_the_metrics_saw(signed_in, filled):
    page = text(signed_in, "/benchmark/datasets/bench/animations/a0/")
    assert page.count("<video") == 3
    assert "script error" in page
    assert "ReferenceError: &lt;b&gt;x" in page
    drawn = json.loads(page.split('id="drawn" type="application/json">')[1].split("</script>")[0])
    assert drawn["reference"]["boxes"] == [[1, 2, 30, 40]]
    assert len(drawn) == 3
    assert "animations/a1/" in page


def test_an_animations_queries_do_not_grow(signed_in, filled, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        text(signed_in, "/benchmark/datasets/bench/animations/a0/")


def test_names_with_slashes_and_spaces_have_pages(signed_in, bench):
    Animation.objects.create(dataset=bench.dataset, name="set one/ball & box")
    address = reverse("benchmark:animation", args=["bench", "set one/ball & box"])
    assert "ball &amp; box" in text(signed_in, address)


@pytest.mark.parametrize(
    "address", ["/benchmark/datasets/none/", "/benchmark/datasets/bench/animations/none/"]
)
def test_what_is_not_there_is_not_found(signed_in, bench, address):
    assert signed_in.get(address).status_code == 404


def observation(
    perturbation: str, dimension: str, level: int, metric: str, about: str, value: float
) -> Observation:
    facts = (level, 2, metric, "1", "d", about, value, "a" * 64, "b" * 64)
    return Observation(HELD_OUT[0], perturbation, dimension, *facts)


def test_the_validation_page_shows_the_matrix(signed_in, settings):
    assert "validate_metrics" in text(signed_in, "/benchmark/validation/")
    Store(settings.DATA / "validation").add(
        observation(*way, level, *metric, value)
        for way in (("colours", "appearance"), ("easing", "motion"))
        for metric in (("looks", "appearance"), ("moves", "motion"))
        for level, value in ((1, 0.8), (2, 0.6))
    )
    page = text(signed_in, "/benchmark/validation/")
    assert "looks 1" in page
    assert "Timing and motion only" in page
    assert ".80 .60" in page
    assert "when they were first scored" in page  # what the split was once is no claim about it now
    other = text(signed_in, "/benchmark/validation/?split=chosen+on")
    assert "No observation of these animations yet" in other
    assert '--split "chosen on"' in other


def test_the_validation_page_never_mixes_versions_of_a_metric(signed_in, settings):
    metric = registry.get("trajectory")
    facts = (2, "trajectory", metric.version, metric.digest, "motion", 0.25, "a" * 64, "b" * 64)
    old = (2, "trajectory", "0", metric.digest, "motion", 0.75, "a" * 64, "b" * 64)
    Store(settings.DATA / "validation").add(
        [
            Observation(HELD_OUT[0], "easing", "motion", 1, *facts),
            Observation(HELD_OUT[1], "easing", "motion", 1, *old),
        ]
    )
    page = text(signed_in, "/benchmark/validation/")
    assert f"trajectory {metric.version}" in page
    assert HELD_OUT[1] not in page
    assert ".50" not in page


def test_what_is_not_exact_or_was_stopped_is_said_and_can_be_captured_again(signed_in, filled):
    """Uploaded clips, never exact, are not meant."""
    address = "/benchmark/datasets/bench/"
    assert "Not exact" not in text(signed_in, address)
    near, far = Reconstruction.objects.filter(system__name__in=["near", "far"], animation__name="a0")
    for item, outcome in ((near, Outcome.OK), (far, Outcome.TIMED_OUT)):
        type(item).objects.filter(pk=item.pk).update(source=f"bench/{item.pk}/index.html", outcome=outcome)
    Clip.objects.filter(pk=near.clip_id).update(exact=False)
    page = text(signed_in, address)
    assert "1 clip was captured without exact frame times" in page
    assert "1 capture was stopped" in page
    for _ in range(2):
        answer = signed_in.post("/benchmark/datasets/bench/capture-again/", follow=True)
        assert "2 pages are waiting to be captured again." in answer.content.decode()
    assert sorted(Job.objects.filter(kind="capture").values_list("subject", flat=True)) == sorted(
        f"reconstruction:{item.pk}" for item in (near, far)
    )
    near.refresh_from_db()
    assert near.clip_id is not None
