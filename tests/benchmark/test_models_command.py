"""`manage.py models` lists what there is under which licence, and refuses what there is not."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from benchmark.metrics import weights
from benchmark.metrics.weights import CATALOGUE, Part, Weights


def test_the_list_tells_licence_source_and_presence(capsys, settings):
    call_command("models", "list")
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)["models"]}
    assert set(found) == {entry.name for entry in CATALOGUE}
    assert found["cotracker3"]["licence"].startswith("CC-BY-NC")
    assert not found["cotracker3"]["present"]
    assert found["cotracker3"]["folder"].startswith(str(settings.DATA))


@pytest.fixture
def served(tmp_path, data_folder, monkeypatch) -> Iterator[Path]:
    """A publisher on this machine, from whom the weights named dreamsim come."""
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "model.pth").write_bytes(b"w" * 3_000_000)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    monkeypatch.setattr(http.server.SimpleHTTPRequestHandler, "log_message", lambda *_: None)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    part = Part(f"http://127.0.0.1:{server.server_port}/model.pth", "m.pth", 3, gives="m.pth")
    one = Weights("dreamsim", "dreamsim-dtw", "MIT", "a test's own", "Small.", (part,))
    monkeypatch.setattr(weights, "CATALOGUE", (one,))
    monkeypatch.setattr(weights, "_root", data_folder / "weights")
    yield folder
    server.shutdown()
    server.server_close()


def test_fetching_tells_licence_progress_and_what_comes_next(served, capsys, data_folder):
    call_command("models", "fetch", "dreamsim")
    told = capsys.readouterr()
    (one,) = json.loads(told.out)["models"]
    assert "licence MIT" in told.err
    assert "model.pth: 3 of 3 MB" in told.err
    assert "dreamsim-dtw is ready. Have a dataset scored with: python manage.py score DATASET" in told.err
    assert one["present"]
    assert one["unavailable"] is None
    assert (data_folder / "weights" / "dreamsim" / "m.pth").stat().st_size == 3_000_000
    (checksum,) = one["checksums"].values()
    assert checksum == hashlib.sha256(b"w" * 3_000_000).hexdigest()


def test_a_fetch_that_fails_is_a_sentence_and_status_2(served, data_folder):
    (served / "model.pth").unlink()
    with pytest.raises(CommandError, match="answered 404") as refusal:
        call_command("models", "fetch", "dreamsim")
    assert refusal.value.returncode == 2
    assert not (data_folder / "weights" / "dreamsim" / "m.pth").exists()


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
