"""`manage.py serve`, what `make serve` runs: the site and its worker on this machine until Ctrl-C."""

from __future__ import annotations

import secrets
import signal
import sys
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from benchmark.jobs.sweep import sweep
from config.house import House, StartFailed, free_port

RESEARCHER = "researcher"
# The last is what a terminal sends that is closed.
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ONE_WISH_S = 1.0  # signals closer than this say the same: make hands on to us what reaches us anyway


class Command(BaseCommand):
    help = "Run the site: database, web server and workers, with what DIPTYCH_DATA holds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        self.house: House | None = None
        self.ending: float | None = None
        for ending in ENDINGS:  # a shell's background jobs inherit a deaf SIGINT
            signal.signal(ending, self.end)
        try:
            self.run(options)
        except KeyboardInterrupt:
            self.say("Ended. Run it again at any time: it goes on where it was.")
        except StartFailed as error:
            self.stderr.write(str(error))
            sys.exit(1)

    def end(self, number: int, frame: FrameType | None) -> None:
        """The first signal ends everything in order, and no other interrupts that; one that comes later hurries it."""
        now = time.monotonic()
        if self.ending is None:
            self.ending = now
            raise KeyboardInterrupt
        if self.house is not None and now - self.ending > ONE_WISH_S:
            self.house.hurry()

    def run(self, options: dict[str, Any]) -> None:
        self.say("Preparing the database and the pages' styles")
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        account = researcher_account()
        self.prepare(options)
        port = free_port(options["port"])
        if port != options["port"]:
            self.say(f"Port {options['port']} is taken, using {port}")
        self.house = House(port, settings.WORKERS, settings.DATA / "logs")
        with self.house as house:
            self.say(f"Web server and {settings.WORKERS} workers are up: {house.address}")
            sweep()
            self.fill(house)
            if options.get("prepare_only"):
                self.say("Everything is prepared.")
                return
            self.say(self.welcome(house.address, account))
            while True:
                house.check()
                time.sleep(0.5)

    def prepare(self, options: dict[str, Any]) -> None:
        """What a subclass does before the processes start."""

    def fill(self, house: House) -> None:
        """What a subclass does once they run."""

    def welcome(self, address: str, account: str) -> str:
        return f"Diptych is running.\n\n{sign_in(address, account)}\n  Ctrl-C ends everything."

    def say(self, words: str) -> None:
        self.stdout.write(self.style.SUCCESS("▸ ") + words)
        self.stdout.flush()


def researcher_account() -> str:
    """What a site's first account is told by: on a site without accounts one is made, whose password stays the same from
    run to run. Empty where its owner has changed the password, or made accounts of his own."""
    kept = settings.DATA / "first-password"
    if not User.objects.exists():
        kept.touch(0o600)
        kept.write_text(secrets.token_urlsafe(9))
        User.objects.create_user(RESEARCHER, password=kept.read_text(), is_staff=True)
    user = User.objects.filter(username=RESEARCHER).first()
    if user is None or not kept.is_file() or not user.check_password(kept.read_text()):
        return ""
    return f"name {RESEARCHER}, password {kept.read_text()}"


def sign_in(address: str, account: str) -> str:
    told = account or "with the account you made (`manage.py createsuperuser` makes one)"
    return f"  Sign in as a researcher  {address}/sign-in/\n                           {told}\n"
