"""`manage.py demo`, what `make demo` runs: the site with something in every room, until Ctrl-C."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import CommandParser

from benchmark.models import Job
from config.house import House
from studies.demo import content
from studies.management.commands import serve

OPEN_STATES = (Job.State.QUEUED, Job.State.RUNNING)


class Command(serve.Command):
    help = "Run a demonstration: web server, worker, animations, a simulated study and one to take part in."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--animations", type=int, metavar="N", help="only the first N, for a quick look")
        parser.add_argument("--prepare-only", action="store_true", help="make the content, then end")

    def prepare(self, options: dict[str, Any]) -> None:
        self.say("Writing the animations and their reconstructions")
        content.load_pages(self.say, options["animations"])

    def fill(self, house: House) -> None:
        self._await_jobs(house)
        content.ensure_studies(self.say)

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
            self.say(
                f"{failed} jobs failed: {house.address}/benchmark/jobs/ says why and offers to try again"
            )

    def welcome(self, address: str, account: str) -> str:
        return (
            "Diptych is running.\n\n"
            f"  Take part in a study     {address}/s/{content.OPEN}/\n"
            f"  Read a report            {address}/studies/{content.SIMULATED}/report/\n"
            f"{serve.sign_in(address, account)}\n"
            "  The systems are synthetic, and the ratings of the report are simulated; both are labelled so.\n"
            "  Ctrl-C ends everything."
        )
