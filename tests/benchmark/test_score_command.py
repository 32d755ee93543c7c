"""`manage.py score`: what a dataset lacks of today's metrics is asked for, computed once, and old scores stay."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from benchmark.jobs.claim import perform
from benchmark.jobs.scoring import in_turns
from benchmark.metrics import Metric, registry
from benchmark.metrics.appearance import ObjectAppearance
from benchmark.metrics.baselines import Histogram
from benchmark.models import Animation, Dataset, Job, Outcome, Reconstruction, Score, System
from tests.factories import make_clip

pytestmark = pytest.mark.django_db


class Theirs(Metric):
    """Another's metric, which fails until it is mended."""

    name = "theirs"
    version = "1"
    dimension = "appearance"
    broken = True

    def __init__(self) -> None:
        super().__init__()
        self.extractor = Histogram().extractor

    def compare(self, reference, candidate):
        if self.broken:
            raise ZeroDivisionError("their mistake")
        return Histogram().compare(reference, candidate)


@pytest.fixture
def theirs():
    metric = registry.register(Theirs())
    yield metric
    registry.unregister("theirs")


@pytest.fixture
def dataset(data_folder) -> Dataset:
    dataset = Dataset.objects.create(slug="demo", title="Demo")
    system = System.objects.create(dataset=dataset, name="a")
    for n in (1, 2):
        animation = Animation.objects.create(
            dataset=dataset, name=f"ball-{n}", outcome=Outcome.OK, clip=make_clip(n)
        )
        Reconstruction.objects.create(
            animation=animation, system=system, outcome=Outcome.OK, clip=make_clip(n + 10)
        )
    lost = Animation.objects.create(dataset=dataset, name="lost", outcome=Outcome.OK, clip=make_clip(3))
    Reconstruction.objects.create(animation=lost, system=system, outcome=Outcome.CRASHED)
    return dataset


def ask(capsys) -> dict:
    call_command("score", "demo")
    return json.loads(capsys.readouterr().out)


def work() -> list[str]:
    """Runs what waits and tells the states."""
    return [
        str(job.state)
        for pk in Job.objects.filter(state=Job.State.QUEUED).values_list("pk", flat=True)
        if (job := perform(pk, "test"))
    ]


def test_it_asks_for_what_lacks_and_for_nothing_twice(dataset, capsys):
    told = ask(capsys)
    assert (told["reconstructions"], told["asked"]) == (2, 2)
    assert {"object-appearance", "trajectory", "pixel-dtw"} <= set(told["metrics"])
    assert "manage.py models fetch cotracker3" in told["unavailable"]["cotracker3-chamfer"]
    ask(capsys)
    assert Job.objects.count() == 2, "an open job is not asked for again"
    assert work() == ["done", "done"]
    assert Score.objects.count() == 2 * len(told["metrics"])
    assert ask(capsys)["asked"] == 0


def test_other_parameters_make_new_scores_and_keep_the_old(dataset, capsys, monkeypatch):
    ask(capsys)
    work()
    before = Score.objects.count()
    metric = registry.get("object-appearance")
    old = metric.digest
    monkeypatch.setattr(ObjectAppearance, "digest", property(lambda self: "other"))
    assert ask(capsys)["asked"] == 2
    assert work() == ["done", "done"]
    assert Score.objects.count() == before + 2
    kept = Score.objects.filter(metric="object-appearance").values_list("parameters_digest", flat=True)
    assert sorted(kept) == sorted([old, old, "other", "other"])


def test_a_metric_that_fails_costs_no_other_its_scores(dataset, capsys, theirs, monkeypatch):
    ask(capsys)
    states = work()
    assert states == ["queued", "queued"], "they wait for another try"
    assert "their mistake" in Job.objects.first().error
    assert set(Score.objects.values_list("metric", flat=True)) >= {"object-appearance", "trajectory"}
    n = Score.objects.count()
    monkeypatch.setattr(Theirs, "broken", False)
    Job.objects.update(not_before=None)
    assert work() == ["done", "done"]
    assert Score.objects.count() == n + 2


def test_heavy_and_foreign_metrics_have_turns_of_their_own(theirs):
    turns = in_turns(registry)
    assert turns[0][:2] == ["object-appearance", "trajectory"]
    assert turns[1:] == [["dreamsim-dtw"], ["dreamsim-ensemble-dtw"], ["cotracker3-chamfer"], ["theirs"]]


def test_an_unknown_dataset_is_refused_with_those_there_are(dataset):
    with pytest.raises(CommandError, match=r"no dataset “nonsense”; choose among demo\.") as refusal:
        call_command("score", "nonsense")
    assert refusal.value.returncode == 2
