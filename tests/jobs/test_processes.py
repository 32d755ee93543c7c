"""Processes side by side end with whoever started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from benchmark.processes import side_by_side

SLEEPS = """
import os, sys, time
from benchmark.processes import side_by_side

def sleep(marker):
    open(f"{marker}/{os.getpid()}", "w").close()
    time.sleep(120)

if __name__ == "__main__":
    with side_by_side(2) as pool:
        list(pool.map(sleep, [sys.argv[1]] * 6))
"""


def test_what_a_killed_process_handed_out_is_not_gone_on_with(tmp_path: Path) -> None:
    script, begun = tmp_path / "sleeps.py", tmp_path / "begun"
    script.write_text(SLEEPS)
    begun.mkdir()
    root = Path(__file__).parents[2]
    started = subprocess.Popen(
        [sys.executable, script, begun], env={**os.environ, "PYTHONPATH": str(root)}, cwd=tmp_path
    )
    try:
        _until(lambda: len(list(begun.iterdir())) == 2)
        workers = [psutil.Process(int(path.name)) for path in begun.iterdir()]
        started.send_signal(signal.SIGKILL)
        started.wait(10)
        _, alive = psutil.wait_procs(workers, timeout=20)
        assert alive == []
        assert len(list(begun.iterdir())) == 2
    finally:
        started.kill()


def test_each_is_prepared(tmp_path: Path) -> None:
    with side_by_side(2, os.chdir, tmp_path) as pool:
        assert Path(pool.submit(os.getcwd).result()) == tmp_path
    assert Path.cwd() != tmp_path


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)
