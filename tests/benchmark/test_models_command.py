"""`manage.py models` lists what there is under which licence, and refuses what there is not."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from benchmark.management.commands import models as command
from benchmark.metrics.weights import CATALOGUE


def test_the_list_tells_licence_source_and_presence(capsys, settings):
    call_command("models", "list")
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)["models"]}
    assert set(found) == {weights.name for weights in CATALOGUE}
    assert found["cotracker3"]["licence"].startswith("CC-BY-NC")
    assert not found["cotracker3"]["present"]
    assert found["cotracker3"]["folder"].startswith(str(settings.DATA))


def test_fetching_puts_the_weights_into_the_data_folder(capsys, settings, monkeypatch):
    asked = []
    monkeypatch.setattr(command, "fetch", lambda name, root, progress: asked.append((name, root)))
    call_command("models", "fetch", "dreamsim")
    told = capsys.readouterr()
    assert asked == [("dreamsim", settings.DATA / "weights")]
    assert "MIT" in told.err
    assert [one["name"] for one in json.loads(told.out)["models"]] == ["dreamsim"]


def test_unknown_weights_are_refused_with_those_there_are():
    with pytest.raises(CommandError, match="choose among") as refusal:
        call_command("models", "fetch", "nonsense")
    assert refusal.value.returncode == 2


@pytest.mark.django_db
def test_validating_unknown_metrics_and_animations_is_refused():
    for arguments in (("--metric", "nonsense"), ("--animation", "nonsense"), ("--perturbation", "nonsense")):
        with pytest.raises(CommandError, match="choose among") as refusal:
            call_command("validate_metrics", *arguments)
        assert refusal.value.returncode == 2
