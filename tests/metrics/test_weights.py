"""The catalogue of weights and fetching them, from a server of our own on this machine."""

from __future__ import annotations

import functools
import http.server
import io
import socket
import threading
import zipfile
from pathlib import Path

import pytest

from benchmark.metrics import MetricRefused, registry, weights
from benchmark.metrics.weights import Part, Weights


@pytest.fixture
def server(tmp_path, monkeypatch):
    """Serves an archive and a file, and puts weights made of them in the catalogue."""
    folder = tmp_path / "served"
    folder.mkdir()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("code-0123/hubconf.py", "x = 1\n")
        archive.writestr("code-0123/inner/more.py", "y = 2\n")
    (folder / "code.zip").write_bytes(buffer.getvalue())
    (folder / "model.pth").write_bytes(b"w" * 3_000_000)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    monkeypatch.setattr(http.server.SimpleHTTPRequestHandler, "log_message", lambda *_: None)
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{running.server_port}"
    parts = (
        Part(f"{address}/code.zip", "source", 1, archive=True, strip=True, gives="source/hubconf.py"),
        Part(f"{address}/model.pth", "model.pth", 3, gives="model.pth"),
    )
    entry = Weights("made-up", "made-up-metric", "MIT", address, "For a test.", parts)
    monkeypatch.setattr(weights, "CATALOGUE", (*weights.CATALOGUE, entry))
    yield folder
    running.shutdown()
    running.server_close()


def test_it_fetches_unpacks_and_writes_the_checksums_down(server, tmp_path):
    told = []
    folder = weights.fetch("made-up", tmp_path / "w", lambda sentence, share: told.append((sentence, share)))
    assert (folder / "source" / "inner" / "more.py").read_text() == "y = 2\n"
    assert (folder / "model.pth").stat().st_size == 3_000_000
    assert told[-1] == ("model.pth: 3 of 3 MB", 1.0)
    listed = {item.weights.name: item for item in weights.list_models(tmp_path / "w")}
    assert listed["made-up"].present
    assert len(listed["made-up"].checksums) == 2
    assert not listed["cotracker3"].present


def test_what_is_there_is_not_fetched_again(server, tmp_path):
    weights.fetch("made-up", tmp_path / "w")
    told = []
    weights.fetch("made-up", tmp_path / "w", lambda *one: told.append(one))
    assert told == []


def test_other_bytes_than_the_first_time_are_refused_and_not_kept(server, tmp_path):
    folder = weights.fetch("made-up", tmp_path / "w")
    (folder / "model.pth").unlink()
    (server / "model.pth").write_bytes(b"other")
    with pytest.raises(
        MetricRefused, match=r"gave other bytes than expected: sha256 \w{64} instead of \w{64}"
    ):
        weights.fetch("made-up", tmp_path / "w")
    assert not (folder / "model.pth").exists()
    assert not list(folder.glob("*.download"))


def test_an_address_that_cannot_be_reached_is_a_sentence(server, tmp_path):
    (server / "model.pth").unlink()
    with pytest.raises(MetricRefused, match=r"model.pth answered 404 .* fetch again"):
        weights.fetch("made-up", tmp_path / "w")


def test_no_network_is_a_sentence(monkeypatch, tmp_path):
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))  # bound but not listening: refused, and nobody else's meanwhile
        part = Part(f"http://127.0.0.1:{unheard.getsockname()[1]}/model.pth", "m.pth", 1, gives="m.pth")
        monkeypatch.setattr(weights, "CATALOGUE", (Weights("away", "a-metric", "MIT", "", "", (part,)),))
        with pytest.raises(MetricRefused, match=r"cannot be reached .* network connection and fetch again"):
            weights.fetch("away", tmp_path)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_download_that_breaks_off_is_not_kept_and_what_came_whole_is(
    server, tmp_path, monkeypatch, chunked
):
    def half(handler):
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        header = ("Transfer-Encoding", "chunked") if chunked else ("Content-Length", "3000000")
        handler.send_header(*header)
        handler.end_headers()
        handler.wfile.write((b"fffff\r\n" if chunked else b"") + b"w" * 500_000)
        handler.close_connection = True

    real = http.server.SimpleHTTPRequestHandler.do_GET
    monkeypatch.setattr(
        http.server.SimpleHTTPRequestHandler,
        "do_GET",
        lambda handler: half(handler) if handler.path.endswith("model.pth") else real(handler),
    )
    with pytest.raises(MetricRefused, match=r"model.pth broke off .* fetch again"):
        weights.fetch("made-up", tmp_path / "w")
    assert not weights.present("made-up", tmp_path / "w")
    assert sorted(path.name for path in (tmp_path / "w" / "made-up").iterdir()) == [
        "checksums.json",
        "source",
    ]

    monkeypatch.setattr(http.server.SimpleHTTPRequestHandler, "do_GET", real)
    told = []
    weights.fetch("made-up", tmp_path / "w", lambda sentence, share: told.append(sentence))
    assert weights.present("made-up", tmp_path / "w")
    assert all(sentence.startswith("model.pth") for sentence in told), "only what was missing came"


def test_what_a_cut_off_unpacking_left_is_replaced(server, tmp_path):
    half = tmp_path / "w" / "made-up" / "source" / "inner"
    half.mkdir(parents=True)
    (half / "more.py").write_text("y = ")
    folder = weights.fetch("made-up", tmp_path / "w")
    assert (folder / "source" / "inner" / "more.py").read_text() == "y = 2\n"


def test_what_is_no_archive_and_an_archive_without_its_file_are_refused(server, tmp_path):
    (server / "code.zip").write_bytes(b"<html>Sign in to the network</html>")
    with pytest.raises(MetricRefused, match="did not give an archive"):
        weights.fetch("made-up", tmp_path / "w")
    with zipfile.ZipFile(server / "code.zip", "w") as archive:
        archive.writestr("code-0123/other.py", "")
    with pytest.raises(MetricRefused, match=r"lacks source/hubconf\.py"):
        weights.fetch("made-up", tmp_path / "w")
    assert not weights.present("made-up", tmp_path / "w")


def test_a_folder_that_cannot_be_written_is_a_sentence(server, tmp_path):
    (tmp_path / "w").write_text("a file where the folder should be")
    with pytest.raises(MetricRefused, match="cannot be written"):
        weights.fetch("made-up", tmp_path / "w")


def test_weights_lie_where_the_site_says_else_where_the_environment_does(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "_root", None)
    weights.use_root(tmp_path / "said")
    assert weights.folder_of("dreamsim") == tmp_path / "said" / "dreamsim"
    monkeypatch.setattr(weights, "_root", None)
    monkeypatch.setenv("DIPTYCH_DATA", str(tmp_path))
    assert weights.folder_of("dreamsim") == tmp_path / "weights" / "dreamsim"
    monkeypatch.delenv("DIPTYCH_DATA")
    assert weights.folder_of("dreamsim") == Path("data") / "weights" / "dreamsim"


def test_unknown_weights_are_refused_with_the_names():
    with pytest.raises(MetricRefused, match="dreamsim, dreamsim-ensemble, cotracker3"):
        weights.fetch("lpips")


def test_every_metric_with_weights_is_in_the_catalogue_with_its_licence():
    needing = {metric.name for metric in registry if metric.needs_weights}
    assert needing == {entry.metric for entry in weights.CATALOGUE}
    for entry in weights.CATALOGUE:
        assert entry.licence
        assert entry.megabytes > 100
    assert "NC" in weights.find("cotracker3").licence
