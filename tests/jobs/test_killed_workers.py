"""Real workers over the embedded queue, killed with -9 in the middle: nothing is lost, nothing is done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from django.db import connection

from benchmark.jobs.capturing import enqueue_capture
from benchmark.models import Animation, Clip, Dataset, Job, Outcome, Reconstruction, Score, System

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = """<!doctype html><style>body {{ margin: 0; background: #fff }}
div {{ width: 90px; height: 90px; background: {colour}; animation: go 1s linear infinite alternate }}
@keyframes go {{ to {{ transform: translateX(500px) }} }}</style><div></div>"""

pytestmark = pytest.mark.django_db(transaction=True)


def database_url() -> str:
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    return f"postgres://{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"


class Worker:
    """A Celery worker of two processes with its clock, in a process group of its own."""

    def __init__(self, data: Path, temporary: Path) -> None:
        self.log = data / "worker.log"
        environment = {
            **os.environ,
            "DIPTYCH_DATA": str(data),
            "DIPTYCH_SECRET_KEY": "only-for-tests",
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TMPDIR": str(temporary),
        }
        command = [sys.executable, "-m", "celery", "-A", "tests.jobs.worker", "worker", "--beat"]
        command += ["--concurrency", "2", "--loglevel", "INFO", "--schedule", str(data / "beat")]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """-9 to the worker and all its processes, as the kernel does when memory ends."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def wait_for(self, condition: Callable[[], bool], what: str, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            alive = self.process.poll() is None
            if not alive or time.monotonic() > deadline:
                rows = list(
                    Job.objects.values_list("kind", "subject", "state", "attempt", "error", "error_detail")
                )
                pytest.fail(f"{what} did not happen: {rows}\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Where captures put their browser's things: not in pytest's own folder, which the browser's user may not enter."""
    with tempfile.TemporaryDirectory(prefix="diptych-jobs-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def start_worker(data_folder: Path, temporary: Path) -> Iterator[Callable[[], Worker]]:
    with ExitStack() as stack:

        def start() -> Worker:
            worker = Worker(data_folder, temporary)
            stack.callback(worker.kill)
            return worker

        yield start


def in_state(state: str) -> int:
    return Job.objects.filter(state=state).count()


def test_jobs_of_a_killed_worker_are_done_by_the_next_one(start_worker, data_folder: Path):
    keys = [Job.objects.create(kind="slow", subject=f"item-{n}").pk for n in range(6)]
    slow = data_folder / "slow"
    slow.mkdir()
    worker = start_worker()

    def running() -> set[str]:
        return set(Job.objects.filter(state="running").values_list("subject", flat=True))

    def in_the_middle() -> bool:
        """Two are at work, and not only claimed: each has written down that it began."""
        return [(slow / f"{subject}.begun").exists() for subject in running()] == [True, True]

    worker.wait_for(in_the_middle, "two jobs in the middle")
    first = running().pop()
    (slow / f"{first}.go").touch()
    worker.wait_for(
        lambda: in_state("done") == 1 and in_the_middle(), "one job's end and the next one's start"
    )
    worker.kill()
    abandoned = running()
    assert len(abandoned) == 2
    assert first not in abandoned
    for number in range(6):
        (slow / f"item-{number}.go").touch()
    # A message that no worker can read must not stop the next one.
    (data_folder / "queue" / "messages" / "1_half-written.diptych.msg").write_text("")

    worker = start_worker()
    worker.wait_for(lambda: in_state("done") == len(keys), "the end of all jobs")
    attempts = dict(Job.objects.values_list("subject", "attempt"))
    assert {subject for subject, attempt in attempts.items() if attempt == 2} == abandoned
    assert set(attempts.values()) == {1, 2}
    for subject, attempt in attempts.items():
        assert (slow / f"{subject}.done").exists()
        begun = (slow / f"{subject}.begun").read_text().split()
        assert begun == [str(n + 1) for n in range(attempt)]
    worker.wait_for(lambda: not list((data_folder / "work").iterdir()), "the end of temporary folders")


def test_a_capture_killed_in_the_middle_ends_with_one_clip_and_one_score_each(
    start_worker, data_folder: Path, temporary: Path
):
    dataset = Dataset.objects.create(slug="killed", title="Killed")
    system = System.objects.create(dataset=dataset, name="copyist")
    (data_folder / "sources").mkdir()
    for name, colour in (("reference", "#c33"), ("answer", "#36c")):
        (data_folder / "sources" / f"{name}.html").write_text(PAGE.format(colour=colour))
    animation = Animation.objects.create(dataset=dataset, name="box", source="reference.html", duration=1.0)
    answer = Reconstruction.objects.create(
        animation=animation, system=system, source="answer.html", duration=1.0
    )
    for item in (animation, answer):
        enqueue_capture(item)

    worker = start_worker()
    worker.wait_for(
        lambda: Job.objects.filter(kind="capture", state="running", progress__gt=0).exists(),
        "a capture in the middle",
    )
    worker.kill()
    assert Job.objects.filter(kind="capture", state="running").exists()
    assert list((data_folder / "work").iterdir()), "it was in the middle of its files"

    worker = start_worker()
    worker.wait_for(
        lambda: in_state("queued") + in_state("running") == 0 and Score.objects.exists(),
        "the end of all jobs",
    )
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    animation.refresh_from_db()
    answer.refresh_from_db()
    assert (animation.outcome, answer.outcome) == (Outcome.OK, Outcome.OK)
    assert Clip.objects.count() == 2
    assert (
        len([path for path in (data_folder / "clips").glob("*/*") if (path / "playable.mp4").is_file()]) == 2
    )
    scores = list(Score.objects.values_list("metric", flat=True))
    assert len(scores) == len(set(scores))
    assert {"object-appearance", "trajectory"} <= set(scores)
    worker.wait_for(lambda: not list((data_folder / "work").iterdir()), "the end of temporary folders")
    assert list(temporary.glob("diptych-*")) == []
    assert [
        p.pid for p in psutil.process_iter(["cmdline"]) if str(temporary) in " ".join(p.info["cmdline"] or [])
    ] == []
