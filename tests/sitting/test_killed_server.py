"""The server is killed in the middle of a sitting, at any moment: nothing that it confirmed is gone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection

from studies.models import Rating, Sitting
from tests.factories import make_study

pytestmark = pytest.mark.django_db(transaction=True)
HOUSE = Path(__file__).resolve().parents[2]
MOMENTS_S = (0.0, 0.01, 0.04)  # from sending an answer to the blow


def database_url() -> str:
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    return f"postgres://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


class Server:
    """The product's web server over this test's database."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": database_url(),
            "DIPTYCH_DATA": str(data),
        }

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--threads", "4", "--log-level", "error", "--no-control-socket"]
        self.process = subprocess.Popen(command, cwd=HOUSE, env=self.environment, start_new_session=True)
        limit = time.monotonic() + 120
        while time.monotonic() < limit:
            try:
                httpx.get(f"{self.url}/s/none/", timeout=60)
                return
            except httpx.ConnectError:
                time.sleep(0.1)
        raise AssertionError("The web server did not come up.")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(data_folder) -> Iterator[Server]:
    server = Server(data_folder)
    server.start()
    yield server
    server.kill()


def test_a_server_killed_at_any_moment_loses_nothing_it_confirmed(server, seated):
    study = make_study(animations=2, clips=False)
    sitter = seated(study)
    sitting: Sitting = sitter.sitting
    cookies = {name: cookie.value for name, cookie in sitter.client.cookies.items()}
    confirmed: dict[int, str] = {}
    moments = iter(MOMENTS_S)

    def ask(method: str, name: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """The reply, or None when the server died over it."""
        headers = {"X-CSRFToken": cookies["csrftoken"]}
        try:
            reply = httpx.request(
                method,
                f"{server.url}{sitter.base}api/{name}",
                json=body,
                headers=headers,
                cookies=cookies,
                timeout=60,
            )
        except httpx.TransportError:
            return None
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    state = ask("GET", "state")
    assert state is not None
    while state["step"] == "rate":
        position = state["round"]["position"]
        body = sitter.body(state["round"], ("left", "right")[position % 2], sure=True)
        blow = next(moments, None)
        killer = threading.Timer(blow, server.kill) if blow is not None else None
        if killer:
            killer.start()
        reply = ask("POST", "answer", body)
        if killer:
            killer.join()
            server.start()
        stored = sitting.trials.get(position=position)
        assert stored.ratings.count() == (3 if stored.answered_at else 0)  # whole or not at all
        if reply is None:
            reply = ask("POST", "answer", body)  # what the page does: the same key, until there is an answer
        assert reply is not None
        assert reply["saved"]
        confirmed[position] = body["answers"]["overall"]
        for past, answer in confirmed.items():
            ratings = Rating.objects.filter(trial__sitting=sitting, trial__position=past)
            assert list(ratings.values_list("answer", flat=True)) == [answer] * 3
        state = reply
    sitting.refresh_from_db()
    assert sitting.state == Sitting.State.COMPLETED
    assert next(moments, None) is None
    assert Rating.objects.count() == 3 * sitting.trials.count() == 3 * len(confirmed)
