"""manage.py prolific_hook WORKSPACE [--new-secret]"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.urls import reverse

from benchmark.management.door import Door
from studies.recruitment.prolific import ProlificError
from studies.recruitment.sending import connect


class HookRefused(ValueError):
    """It cannot be asked for like that; the text says what to do."""


class Command(Door):
    help = "Have Prolific tell this site at once when a submission's status changes (docs/recruitment.md)."
    refusals = (ProlificError, HookRefused)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("workspace", help="the id of your workspace on Prolific")
        parser.add_argument(
            "--new-secret",
            action="store_true",
            help="make the workspace's signing secret, replacing the one it has, and print it; subscribe afterwards",
        )

    def open(self, **options: Any) -> Mapping[str, Any]:
        with connect() as client:
            if options["new_secret"]:
                return {"DIPTYCH_PROLIFIC_WEBHOOK_SECRET": client.new_secret(options["workspace"])}
            if not settings.PROLIFIC_WEBHOOK_SECRET:
                raise HookRefused(
                    "Set DIPTYCH_PROLIFIC_WEBHOOK_SECRET first: run this with --new-secret to get one from Prolific."
                )
            if not settings.SITE_URL.startswith("https://"):
                raise HookRefused(
                    "Set DIPTYCH_SITE_URL to the site's https address: Prolific tells no other."
                )
            target = settings.SITE_URL + reverse("recruitment:hook")
            return {"subscription": client.subscribe(options["workspace"], target), "target": target}
