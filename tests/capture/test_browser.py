"""Which browser is taken, and what is said when there is none."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from benchmark.capture import BrowserMissing, Limits, capture_page, find_browser
from benchmark.capture.process import PREFIX, BrowserProcess, sweep_leftovers


def program(path: Path, text: str = "#!/bin/sh\nexit 1\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def surroundings(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path / "home"), **more}


def test_the_named_browser_comes_first(tmp_path):
    program(tmp_path / "bin" / "chromium-headless-shell")
    mine = program(tmp_path / "mine" / "chrome-headless-shell")
    found = find_browser(surroundings(tmp_path, DIPTYCH_BROWSER=str(mine)))
    assert (found.path, found.kind) == (mine, "headless-shell")


def test_a_headless_shell_comes_before_a_full_browser(tmp_path):
    program(tmp_path / "bin" / "chromium")
    cache = tmp_path / "home" / ".cache" / "ms-playwright"
    shell = program(
        cache / "chromium_headless_shell-1200" / "chrome-headless-shell-linux64" / "chrome-headless-shell"
    )
    found = find_browser(surroundings(tmp_path))
    assert (found.path, found.kind, found.exact) == (shell, "headless-shell", sys.platform == "linux")


def test_a_full_browser_serves_and_is_not_exact(tmp_path):
    path = program(tmp_path / "bin" / "google-chrome")
    found = find_browser(surroundings(tmp_path))
    assert (found.path, found.kind, found.exact) == (path, "chromium", False)


def test_playwrights_browsers_are_found_where_it_was_told_to_put_them(tmp_path):
    path = program(tmp_path / "pw" / "chromium-1200" / "chrome-linux64" / "chrome")
    found = find_browser(surroundings(tmp_path, PLAYWRIGHT_BROWSERS_PATH=str(tmp_path / "pw")))
    assert found.path == path


@pytest.mark.parametrize("named", [None, "nothing-of-this-name"])
def test_without_a_browser_one_sentence_says_what_to_do(named, tmp_path):
    environment = surroundings(tmp_path, **({"DIPTYCH_BROWSER": named} if named else {}))
    with pytest.raises(BrowserMissing, match="chromium-headless-shell"):
        find_browser(environment)


def test_a_program_that_is_no_browser_is_named(tmp_path, write_page):
    liar = program(tmp_path / "bin" / "chromium-headless-shell", "#!/bin/sh\necho 'not today' >&2\nexit 3\n")
    with pytest.raises(BrowserMissing, match="not today"):
        capture_page(
            write_page("<p>x"), browser=find_browser(surroundings(tmp_path, DIPTYCH_BROWSER=str(liar)))
        )


def test_killing_the_capturing_process_takes_the_browser_along(tmp_path):
    script = (
        "import sys\nfrom pathlib import Path\nfrom benchmark.capture import capture_page\n"
        "capture_page(Path(sys.argv[1]), duration=60, size=(64, 48),"
        "progress=lambda f, s: print(s, flush=True))\n"
    )
    page = tmp_path / "index.html"
    page.write_text("<p>still")
    worker = subprocess.Popen(
        [sys.executable, "-c", script, str(page)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert worker.stdout is not None
    while not worker.stdout.readline().startswith("Frame"):
        assert worker.poll() is None
    browser = psutil.Process(worker.pid).children(recursive=True)
    assert len(browser) > 3
    worker.kill()
    worker.wait()
    for _ in range(200):
        if not any(running(process) for process in browser):
            break
        time.sleep(0.05)
    assert not [process for process in browser if running(process)]


def running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_what_a_killed_capture_left_is_swept_by_the_next(tmp_path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = tmp_path / f"{PREFIX}{gone.pid}-x"
    mine = tmp_path / f"{PREFIX}{os.getpid()}-x"
    for folder in (left, mine):
        (folder / "profile").mkdir(parents=True)
    assert sweep_leftovers(tmp_path) == 1
    assert (left.exists(), mine.exists()) == (False, True)


def test_a_browser_leaves_nothing_when_its_block_fails():
    process = BrowserProcess(find_browser(), (64, 48), Limits())
    with pytest.raises(KeyError), process:
        raise KeyError("something else")
    assert not process.folder.exists()
    assert not psutil.pid_exists(process.pid)
