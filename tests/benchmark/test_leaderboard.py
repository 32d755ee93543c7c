"""What a leaderboard says is what its rows say: who ran, who moved, how close, over what."""

from __future__ import annotations

import pytest

from benchmark.aggregate.leaderboard import leaderboard
from benchmark.models import Animation, Clip, Dataset, Outcome, Reconstruction, Score, System
from tests.factories import name_clip

pytestmark = pytest.mark.django_db


class Bench:
    """A dataset built answer by answer."""

    def __init__(self, animations: int = 4) -> None:
        self.dataset = Dataset.objects.create(slug="bench", title="Bench")
        self.animations = [
            Animation.objects.create(
                dataset=self.dataset, name=f"a{n}", outcome=Outcome.OK, clip=name_clip(n)
            )
            for n in range(animations)
        ]
        self.tone = 100

    def clip(self) -> Clip:
        self.tone += 1
        return name_clip(self.tone)

    def answer(self, system: str, place: int, outcome: str = Outcome.OK, **detail: object) -> Reconstruction:
        maker, _ = System.objects.get_or_create(dataset=self.dataset, name=system)
        ran = outcome in (Outcome.OK, Outcome.STATIC) or detail.get("executed") is True
        return Reconstruction.objects.create(
            animation=self.animations[place],
            system=maker,
            outcome=outcome,
            outcome_detail=detail,
            clip=self.clip() if ran else None,
        )

    def score(
        self, answer: Reconstruction, value: float | None, metric: str = "object-appearance", **facts
    ) -> Score:
        assert answer.clip is not None
        assert answer.animation.clip is not None
        fields = {
            "reference_clip": answer.animation.clip,
            "candidate_clip": answer.clip,
            "version": "1",
            "parameters_digest": "d",
            "dimension": "motion" if metric == "trajectory" else "appearance",
            "reason": "" if value is not None else "Both are blank.",
        }
        return Score.objects.create(reconstruction=answer, metric=metric, value=value, **(fields | facts))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_means_are_over_what_ran_and_over_everything_with_zero_for_the_rest(bench):
    for place, value in enumerate((0.9, 0.7, 0.8)):
        bench.score(bench.answer("one", place), value)
    bench.answer("one", 3, Outcome.TIMED_OUT)
    (row,) = leaderboard(bench.dataset).rows
    assert row.appearance.executed.value == pytest.approx(0.8)
    assert row.appearance.executed.n == 3
    assert row.appearance.everything.value == pytest.approx(0.6)
    assert row.appearance.everything.n == 4
    assert (row.executed.value, row.executed.n) == (0.75, 4)
    assert sorted(row.appearance.scores) == pytest.approx([0.7, 0.8, 0.9])
    assert row.motion.executed.value is None


def test_what_is_not_captured_yet_counts_nowhere(bench):
    bench.score(bench.answer("one", 0), 0.5)
    bench.answer("one", 1, Outcome.PENDING)
    bench.answer("one", 2, Outcome.NO_CLIP)
    (row,) = leaderboard(bench.dataset).rows
    assert (row.executed.value, row.executed.n, row.pending) == (1.0, 1, 1)
    assert row.appearance.everything.n == 1


def test_the_capture_itself_says_whether_a_page_with_an_error_ran(bench):
    bench.answer("one", 0, Outcome.SCRIPT_ERROR, executed=True, static=False)
    bench.answer("one", 1, Outcome.SCRIPT_ERROR, executed=False)
    bench.answer("one", 2, Outcome.NO_CLIP, executed=False)
    (row,) = leaderboard(bench.dataset).rows
    assert (row.executed.value, row.executed.n) == (pytest.approx(1 / 3), 3)


def test_animations_and_answers_say_themselves_whether_they_ran(bench):
    ran = bench.answer("one", 0, Outcome.SCRIPT_ERROR, executed=True)
    failed = bench.answer("one", 1, Outcome.SCRIPT_ERROR)
    unknown = bench.answer("one", 2, Outcome.PENDING)
    assert [one.executed for one in (ran, failed, unknown)] == [True, False, None]
    assert bench.animations[0].executed is True


def test_the_static_rate_is_of_what_ran(bench):
    bench.answer("one", 0, Outcome.STATIC)
    bench.answer("one", 1)
    bench.answer("one", 2, Outcome.SCRIPT_ERROR, executed=True, static=True)
    bench.answer("one", 3, Outcome.BLANK)
    (row,) = leaderboard(bench.dataset).rows
    assert (row.static.value, row.static.n) == (pytest.approx(2 / 3), 3)


def test_an_undefined_score_is_counted_and_not_averaged(bench):
    bench.score(bench.answer("one", 0), 0.5)
    bench.score(bench.answer("one", 1), None)
    (row,) = leaderboard(bench.dataset).rows
    assert (row.appearance.executed.value, row.appearance.executed.n, row.appearance.undefined) == (0.5, 1, 1)
    assert row.appearance.everything.n == 1
    assert row.unscored == 0


def test_the_mean_of_all_waits_until_everything_that_ran_is_scored(bench):
    """Else failures, which need no score, would drag it down first."""
    bench.answer("one", 0, Outcome.CRASHED)
    late = bench.answer("one", 1)
    bench.score(bench.answer("one", 2), 0.8)
    (row,) = leaderboard(bench.dataset).rows
    assert (row.appearance.executed.value, row.appearance.everything.value, row.unscored) == (0.8, None, 1)
    bench.score(late, 0.4)
    (row,) = leaderboard(bench.dataset).rows
    assert row.appearance.everything.value == pytest.approx(0.4)


def test_an_old_clips_scores_do_not_count(bench):
    answer = bench.answer("one", 0)
    bench.score(answer, 0.2, candidate_clip=bench.clip())
    (row,) = leaderboard(bench.dataset).rows
    assert row.appearance.executed.value is None
    assert row.unscored == 1
    bench.score(answer, 0.9)
    (row,) = leaderboard(bench.dataset).rows
    assert row.appearance.executed.value == 0.9


def test_versions_and_parameters_are_never_mixed(bench):
    first, second = bench.answer("one", 0), bench.answer("one", 1)
    bench.score(first, 0.1)
    bench.score(second, 0.1)
    bench.score(first, 0.9, version="2")
    board = leaderboard(bench.dataset)
    assert board.metrics["appearance"] is not None
    assert board.metrics["appearance"].version == "2"
    assert (board.rows[0].appearance.executed.value, board.rows[0].appearance.executed.n) == (0.9, 1)
    assert board.unscored == 1


def test_another_metric_may_be_chosen_and_nonsense_changes_nothing(bench):
    answer = bench.answer("one", 0)
    bench.score(answer, 0.4)
    bench.score(answer, 0.6, metric="histogram")
    bench.score(answer, 0.8, metric="trajectory")
    assert leaderboard(bench.dataset).rows[0].appearance.executed.value == 0.4
    assert leaderboard(bench.dataset, {"appearance": "histogram"}).rows[0].appearance.executed.value == 0.6
    assert leaderboard(bench.dataset, {"appearance": "trajectory"}).rows[0].appearance.executed.value == 0.4
    assert leaderboard(bench.dataset, {"motion": "no such"}).rows[0].motion.executed.value == 0.8


def test_the_closest_system_stands_first_and_one_without_scores_last(bench):
    bench.score(bench.answer("far", 0), 0.2)
    bench.score(bench.answer("near", 0), 0.9)
    bench.answer("silent", 0, Outcome.CRASHED)
    names = [row.system.name for row in leaderboard(bench.dataset).rows]
    assert names == ["near", "far", "silent"]


def test_the_number_of_queries_does_not_grow(bench, django_assert_max_num_queries):
    for place in range(4):
        for system in "abcdef":
            bench.score(bench.answer(system, place), 0.5)
    with django_assert_max_num_queries(6):
        leaderboard(bench.dataset)


def test_scores_of_an_earlier_version_can_be_shown_again(bench, signed_in):
    """Changed parameters make new scores; the page shows the newest, and the earlier ones when asked for."""
    for place in range(2):
        answer = bench.answer("one", place)
        bench.score(answer, 0.2, parameters_digest="earlier-0")
        bench.score(answer, 0.8, parameters_digest="today-000")
    assert leaderboard(bench.dataset).rows[0].appearance.executed.value == pytest.approx(0.8)
    page = signed_in.get("/benchmark/datasets/bench/").content.decode()
    assert "object-appearance, earlier: version 1, parameters earlier-" in page
    earlier = signed_in.get(
        "/benchmark/datasets/bench/?appearance=object-appearance@1@earlier-0"
    ).content.decode()
    assert ">.20<" in earlier
    assert ">.80<" not in earlier


def test_baselines_are_named_as_such(bench, signed_in):
    answer = bench.answer("one", 0)
    for metric in ("object-appearance", "pixel-dtw"):
        bench.score(answer, 0.5, metric=metric)
    page = signed_in.get("/benchmark/datasets/bench/").content.decode()
    assert (
        page.index("object-appearance")
        < page.index('<optgroup label="Baselines">')
        < page.index("pixel-dtw@1")
    )
    chosen = signed_in.get("/benchmark/datasets/bench/?appearance=pixel-dtw").content.decode()
    assert "A baseline. One minus the mean absolute difference" in chosen


def test_systems_are_sorted_by_the_dimension_asked_for(bench, signed_in):
    for name, looks, moves in (("looker", 0.9, 0.1), ("mover", 0.3, 0.8), ("unscored", None, None)):
        answer = bench.answer(name, 0)
        if looks is not None:
            bench.score(answer, looks)
            bench.score(answer, moves, metric="trajectory")

    def names(order):
        return [row.system.name for row in leaderboard(bench.dataset, order=order).rows]

    assert names("appearance") == ["looker", "mover", "unscored"]
    assert names("motion") == ["mover", "looker", "unscored"]
    page = signed_in.get("/benchmark/datasets/bench/?order=motion").content.decode()
    assert page.index('scope="row">mover') < page.index('scope="row">looker')
    assert signed_in.get("/benchmark/datasets/bench/?order=nonsense").status_code == 200
