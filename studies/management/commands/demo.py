"""`manage.py demo`, what `make demo` runs: everything on this machine until Ctrl-C."""

from __future__ import annotations

import signal
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from benchmark.jobs.sweep import sweep
from benchmark.models import Job
from studies.demo import content
from studies.demo.processes import House, StartFailed, free_port

OPEN_STATES = (Job.State.QUEUED, Job.State.RUNNING)


class Command(BaseCommand):
    help = "Run a demonstration: web server, worker, animations, a simulated study and one to take part in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--prepare-only", action="store_true", help="make the content, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        for ending in (signal.SIGINT, signal.SIGTERM):  # a shell's background jobs inherit a deaf SIGINT
            signal.signal(ending, signal.default_int_handler)
        try:
            self._run(options["port"], stay=not options["prepare_only"])
        except KeyboardInterrupt:
            self._say("Ended. Run it again at any time: it goes on where it was.")
        except StartFailed as error:
            self.stderr.write(str(error))
            sys.exit(1)

    def _run(self, wished: int, *, stay: bool) -> None:
        self._say("Preparing the database and the pages' styles")
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        password = content.ensure_researcher()
        self._say("Writing the animations and their reconstructions")
        content.load_pages(self._say)
        port = free_port(wished)
        if port != wished:
            self._say(f"Port {wished} is taken, using {port}")
        with House(port, settings.WORKERS, settings.DATA / "logs") as house:
            self._say(f"Web server and {settings.WORKERS} workers are up: {house.address}")
            sweep()
            self._await_jobs(house)
            content.ensure_studies(self._say)
            self._say(self._welcome(house.address, password))
            while stay:
                house.check()
                time.sleep(0.5)

    def _await_jobs(self, house: House) -> None:
        """Tell how far captures and scores are, on one line of a terminal or every ten seconds in a log."""
        told = 0.0
        live = self.stdout.isatty()
        waited = False
        while left := Job.objects.filter(state__in=OPEN_STATES).count():
            house.check()
            if time.monotonic() - told > (0.5 if live else 10):
                told = time.monotonic()
                done = Job.objects.filter(state=Job.State.DONE).count()
                line = f"Capturing and scoring: {done} of {done + left} done"
                self.stdout.write(f"\r\033[K  {line}" if live else f"  {line}", ending="" if live else "\n")
                self.stdout.flush()
                waited = True
            time.sleep(0.5)
        if live and waited:
            self.stdout.write("")
        failed = Job.objects.filter(state=Job.State.FAILED).count()
        if failed:
            self._say(
                f"{failed} jobs failed: {house.address}/benchmark/jobs/ says why and offers to try again"
            )

    def _welcome(self, address: str, password: str) -> str:
        return (
            "Diptych is running.\n\n"
            f"  Take part in a study     {address}/s/{content.OPEN}/\n"
            f"  Read a report            {address}/studies/{content.SIMULATED}/report/\n"
            f"  Sign in as a researcher  {address}/sign-in/\n"
            f"                           name {content.RESEARCHER}, password {password}\n\n"
            "  The systems are synthetic, and the ratings of the report are simulated; both are labelled so.\n"
            "  Ctrl-C ends everything."
        )

    def _say(self, words: str) -> None:
        self.stdout.write(self.style.SUCCESS("▸ ") + words)
        self.stdout.flush()
