"""The matrix perturbation × metric: its numbers, its file, and one perturbation through the real pipeline."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import call_command

from benchmark.metrics import registry
from benchmark.validation.observations import Observation, Store, of_versions_here
from benchmark.validation.run import Task, ValidationRefused, observe, observe_one, tasks
from benchmark.validation.split import CHOSEN_ON, HELD_OUT
from benchmark.validation.statistics import SPLITS, validate

ONE, OTHER = HELD_OUT[:2]
LOOKS, MOVES = ("looks", "appearance"), ("moves", "motion")


def seen(
    way: tuple[str, str],
    metric: tuple[str, str],
    values: tuple[float | None, ...],
    animation: str = ONE,
) -> list[Observation]:
    return [
        Observation(
            animation,
            *way,
            level,
            len(values),
            metric[0],
            "1",
            "d",
            metric[1],
            value,
            "a" * 64,
            f"{level:064x}",
        )
        for level, value in enumerate(values, start=1)
    ]


COLOURS, EASING, DROPPED = ("colours", "appearance"), ("easing", "motion"), ("dropped", "both")


def test_a_metric_that_sees_its_own_dimension_alone_leaks_nothing():
    found = validate([*seen(COLOURS, LOOKS, (0.8, 0.6)), *seen(EASING, LOOKS, (1.0, 1.0))])
    (metric,) = found.metrics
    assert (metric.leakage, metric.kept, metric.kept_of) == (0.0, 1.0, 2)
    assert metric.own_drop == pytest.approx(0.3)
    assert metric.monotonicity == 1.0


def test_leakage_is_the_drop_of_the_other_dimension_relative_to_its_own():
    found = validate(
        [*seen(COLOURS, LOOKS, (0.8, 0.6)), *seen(EASING, LOOKS, (1.0, 0.8)), *seen(DROPPED, LOOKS, (0.0,))]
    )
    assert found.metrics[0].leakage == pytest.approx(0.1 / 0.3)
    assert found.metrics[0].kept == 0.5


def test_monotonicity_is_kendalls_tau_against_the_untouched_too():
    falling, bumpy, flat = ((0.9, 0.8, 0.7), (0.8, 0.9, 0.7), (1.0, 1.0, 1.0))
    assert validate(seen(COLOURS, LOOKS, falling)).cells["colours", "looks"].monotonicity == pytest.approx(1)
    assert validate(seen(COLOURS, LOOKS, bumpy)).cells["colours", "looks"].monotonicity == pytest.approx(
        4 / 6
    )
    assert validate(seen(COLOURS, LOOKS, flat)).cells["colours", "looks"].monotonicity == 0
    assert (
        validate([*seen(COLOURS, LOOKS, falling), *seen(COLOURS, LOOKS, flat, OTHER)]).metrics[0].monotonicity
        == 0.5
    )


def test_the_response_is_the_gravest_levels_and_standardised_by_the_metrics_own_spread():
    found = validate([*seen(COLOURS, LOOKS, (0.9, 0.5)), *seen(EASING, LOOKS, (1.0, 1.0))])
    cell = found.cells["colours", "looks"]
    assert cell.values == (0.9, 0.5)
    assert cell.response == pytest.approx(0.5)
    spread = (((0.1 - 0.15) ** 2 + (0.5 - 0.15) ** 2 + 2 * 0.15**2) / 3) ** 0.5
    assert cell.standardised == pytest.approx(0.5 / spread)


def test_a_metric_that_never_moves_has_no_standardised_response_and_no_leakage():
    found = validate([*seen(COLOURS, LOOKS, (1.0, 1.0)), *seen(EASING, LOOKS, (1.0, 1.0))])
    assert found.cells["colours", "looks"].standardised is None
    assert found.metrics[0].leakage is None


def test_undefined_values_are_counted_and_enter_nothing():
    found = validate([*seen(EASING, MOVES, (0.8, None)), *seen(EASING, MOVES, (0.6, 0.2), OTHER)])
    cell = found.cells["easing", "moves"]
    assert cell.values == pytest.approx((0.7, 0.2))
    assert (cell.undefined, cell.animations) == (1, 2)


def test_a_split_sees_its_own_animations_alone():
    assert not set(SPLITS["held out"]) & set(SPLITS["chosen on"])
    both = [*seen(COLOURS, LOOKS, (0.9,)), *seen(COLOURS, LOOKS, (0.1,), "blob")]
    assert validate(both).cells["colours", "looks"].values == (0.9,)
    assert validate(both, "chosen on").animations == ("blob",)
    assert validate(both, "all").cells["colours", "looks"].values == pytest.approx((0.5,))
    assert validate([]).metrics == ()


def test_appearance_stands_before_motion():
    found = validate(
        [*seen(EASING, MOVES, (0.5,)), *seen(COLOURS, MOVES, (1.0,)), *seen(COLOURS, LOOKS, (0.5,))]
    )
    assert [metric.metric for metric in found.metrics] == ["looks", "moves"]
    assert [name for name, _ in found.perturbations] == ["colours", "easing"]
    assert found.cells["easing", "looks"].response is None


def test_observations_outlive_a_torn_line(tmp_path: Path):
    store = Store(tmp_path / "deep")
    assert store.read() == []
    first, second = seen(COLOURS, LOOKS, (0.9, 0.8))
    store.add([first])
    with store.path.open("a") as file:
        file.write('{"animation": "car')
    store.add([second])
    assert store.read() == [first, second]


def test_what_was_seen_again_takes_the_place_of_the_older(tmp_path: Path):
    store = Store(tmp_path)
    (old,), (new,) = seen(COLOURS, LOOKS, (0.9,)), seen(COLOURS, LOOKS, (0.4,))
    store.add([old])
    store.add([new])
    assert store.read() == [new]


def test_older_versions_stay_and_are_told_apart(tmp_path: Path):
    store = Store(tmp_path)
    (old,) = seen(COLOURS, LOOKS, (0.9,))
    new = replace(old, version="2", value=0.4)
    store.add([old])
    store.add([new])
    assert store.read() == [old, new], "a study that the older one scored still has its validation"
    assert of_versions_here(store.read()) == [new]
    metric = registry.get("trajectory")
    here = replace(old, metric="trajectory", version=metric.version, parameters_digest=metric.digest)
    assert of_versions_here([here, replace(here, version="0"), replace(here, parameters_digest="e")]) == [
        here
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "animations", "split"),
    [
        ((), HELD_OUT, "held out"),
        (("--split", "chosen on"), CHOSEN_ON, "chosen on"),
        (("--animation", "tiles", "--animation", ONE), ("tiles", ONE), "all"),
    ],
)
def test_the_command_looks_at_the_split_that_is_asked_for(monkeypatch, capsys, asked, animations, split):
    wanted = []
    monkeypatch.setattr("benchmark.validation.run.observe", lambda *_, **k: wanted.extend(k["wanted"]) or [])
    call_command("validate_metrics", "--perturbation", "static", *asked)
    assert [task.animation for task in wanted] == list(animations)
    assert json.loads(capsys.readouterr().out)["split"] == split


def test_tasks_are_every_level_of_what_applies():
    found = tasks(["cards"], ["colours", "fonts", "static"])
    assert Task("cards", "colours", 4) in found
    assert Task("cards", "static", 1) in found
    assert len({task.animation for task in tasks()}) >= 12


@pytest.mark.parametrize("asked", [(["nothing"], None), (None, ["nonsense"])])
def test_unknown_names_are_refused_with_those_there_are(asked):
    with pytest.raises(ValidationRefused, match="choose among"):
        tasks(*asked)


def test_one_perturbation_goes_through_the_real_pipeline_and_only_once(tmp_path: Path):
    task = Task("tiles", "colours", 4)
    made = observe_one(tmp_path, task, ["object-appearance", "trajectory"])
    values = {one.metric: one.value for one in made}
    assert values["object-appearance"] is not None
    assert values["trajectory"] is not None
    assert values["object-appearance"] < values["trajectory"]
    assert len(list((tmp_path / "clips").glob("*.mp4"))) == 2
    Store(tmp_path).add(made)
    told: list[str] = []
    again = observe(
        tmp_path,
        ["object-appearance", "trajectory"],
        wanted=[task],
        progress=lambda done, of, words: told.append(words),
    )
    assert again == made
    assert told == []
