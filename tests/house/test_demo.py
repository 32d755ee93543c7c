"""`make demo` and `make serve` as their user meets them: processes of their own, a browser, and nothing left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Page, expect

from config.house import GRACE_S, House
from tests.sitting.conftest import mark, practise, watch

ROOT = Path(__file__).resolve().parent.parent.parent
UP_S = 900.0


def environment(data: Path) -> dict[str, str]:
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("DIPTYCH", "DJANGO", "DATABASE"))}
    return ours | {"DIPTYCH_DATA": str(data), "DJANGO_SETTINGS_MODULE": "config.settings"}


def manage(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment(data), capture_output=True, text=True, timeout=600
    )


def taken_port() -> socket.socket:
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    return taken


@contextmanager
def running(
    data: Path, *words: str, ended_by: Sequence[signal.Signals] = (signal.SIGINT,)
) -> Iterator[tuple[str, str]]:
    """(address, everything it said) once it runs; ended by Ctrl-C or other signals, after which nothing of it may be
    left."""
    log = data.parent / "said"
    with taken_port() as taken, log.open("w") as out:
        wished = str(taken.getsockname()[1])
        command = [sys.executable, "manage.py", *words, "--port", wished]
        house = subprocess.Popen(command, cwd=ROOT, env=environment(data), stdout=out, stderr=out)
        try:
            deadline = time.monotonic() + UP_S
            while "Ctrl-C ends everything." not in log.read_text():
                assert house.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
            said = log.read_text()
            assert f"Port {wished} is taken, using " in said
            address = re.search(r"http://localhost:\d+", said)
            assert address
            everything = psutil.Process(house.pid).children(recursive=True)
            assert len(everything) >= 4  # web and its workers, worker and its pool
            yield address[0], said
            for ending in ended_by:
                house.send_signal(ending)
            assert house.wait(60) == 0
            assert "it goes on where it was" in log.read_text()
            _, alive = psutil.wait_procs(everything, timeout=10)
            assert alive == []
        finally:
            if house.poll() is None:
                house.send_signal(signal.SIGINT)
                house.wait(60)


def sign_in(page: Page, address: str, said: str) -> None:
    account = re.search(r"name (\S+), password (\S+)", said)
    assert account
    page.goto(f"{address}/sign-in/")
    page.get_by_label("Name").fill(account[1])
    page.get_by_label("Password").fill(account[2])
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def test_the_demonstration_is_rated_and_read_in_a_browser(tmp_path, page):
    data = tmp_path / "site"
    with running(data, "demo", "--animations", "2") as (address, said):
        page.goto(f"{address}/s/demo/")
        page.get_by_role("button", name="Go to the consent page").click()
        page.get_by_role("button", name="I agree").click()
        practise(page)
        rounds = int(page.locator("#where").inner_text().split(" of ")[1])
        assert rounds == 7 + 4
        for position in range(1, rounds + 1):
            expect(page.locator("#where")).to_have_text(f"Round {position} of {rounds}")
            watch(page)
            mark(page, "Left", "Left", "Left")
            page.locator("#next").click()
        page.wait_for_url("**/done/")
        expect(page.get_by_text("DEMO-DONE")).to_be_visible()

        sign_in(page, address, said)
        page.goto(f"{address}/studies/demo-simulated/report/")
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
        expect(page.get_by_text("Simulated").first).to_be_visible()
        body = page.locator("main").inner_text()
        assert "object-appearance" in body
        assert "trajectory" in body
        page.goto(f"{address}/benchmark/datasets/demo/")
        assert page.locator("#leaderboard tbody tr").count() == 7

    report = json.loads(manage(data, "report", "demo-simulated", "--format", "json").stdout)
    assert set(report["summary"]) == {"overall", "appearance", "motion"}
    for dimension, found in report["summary"].items():
        assert found["swap_invariant_ordinal_alpha"] is not None, dimension
        for metric in ("object-appearance", "trajectory"):
            row = next(auc for label, auc in found["auc"].items() if label.startswith(metric))
            assert row["value"] is not None, (dimension, metric, row["reason"])

    again = manage(data, "demo", "--animations", "2", "--prepare-only")
    assert again.returncode == 0, again.stderr
    assert "Everything is prepared." in again.stdout
    assert "Simulating" not in again.stdout
    assert "Capturing" not in again.stdout


def test_a_site_of_ones_own_starts_with_an_account_and_ends_whole(tmp_path, page):
    data = tmp_path / "site"
    # A terminal that is closed, and what make hands on at the same time.
    with running(data, "serve", ended_by=(signal.SIGHUP, signal.SIGTERM, signal.SIGTERM)) as (address, said):
        sign_in(page, address, said)
        expect(page.get_by_role("heading", name="Studies")).to_be_visible()
        expect(page.get_by_role("link", name="New study")).to_be_visible()
        with urllib.request.urlopen(f"{address}/") as response:
            assert response.status == 200
    assert (data / "first-password").stat().st_mode & 0o777 == 0o600


def test_who_will_not_wait_for_what_runs_ends_it_at_once(tmp_path):
    house = House(0, 1, tmp_path)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE, start_new_session=True)
    assert child.stdout
    child.stdout.readline()
    house._children["deaf"] = child
    impatience = threading.Timer(1.0, house.hurry)
    impatience.start()
    began = time.monotonic()
    house.stop()
    assert child.returncode == -signal.SIGKILL
    assert 1.0 <= time.monotonic() - began < GRACE_S
