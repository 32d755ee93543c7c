"""`manage.py models list` and `manage.py models fetch NAME`: the big models' weights and their licences."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from benchmark.management.door import Door
from benchmark.metrics import MetricRefused, registry
from benchmark.metrics.weights import fetch, find, list_models

TELL_EVERY_S = 2.0


class Command(Door):
    help = "List the models that metrics can use, with licences, or fetch the weights of one."
    refusals = (MetricRefused,)

    def add_arguments(self, parser: ArgumentParser) -> None:
        doors = parser.add_subparsers(dest="what", required=True, metavar="list|fetch")
        doors.add_parser(
            "list", help="what there is, where it comes from, under which licence, and what is here"
        )
        fetching = doors.add_parser("fetch", help="download what is missing of one")
        fetching.add_argument("name")

    def prepare_database(self) -> None:
        """Weights are files: no database is asked."""

    def open(self, **options: Any) -> dict[str, Any]:
        root = settings.DATA / "weights"
        if options["what"] == "fetch":
            weights = find(options["name"])
            self.say(
                f"{weights.name}, about {weights.megabytes} MB, licence {weights.licence}. {weights.note}"
            )
            fetch(weights.name, root, self._progress())
            if sentence := registry.get(weights.metric).available():
                self.say(sentence)
            else:
                self.say(
                    f"{weights.metric} is ready. Have a dataset scored with: python manage.py score DATASET"
                )
        return {
            "models": [
                {
                    "name": one.weights.name,
                    "metric": one.weights.metric,
                    "present": one.present,
                    "unavailable": registry.get(one.weights.metric).available(),
                    "licence": one.weights.licence,
                    "source": one.weights.source,
                    "note": one.weights.note,
                    "megabytes": one.weights.megabytes,
                    "folder": str(one.folder),
                    "checksums": dict(one.checksums),
                }
                for one in list_models(root)
                if options["what"] == "list" or one.weights.name == options["name"]
            ]
        }

    def _progress(self) -> Any:
        told = 0.0

        def progress(words: str, share: float) -> None:
            nonlocal told
            if share >= 1 or time.monotonic() - told > TELL_EVERY_S:
                told = time.monotonic()
                self.say(words)

        return progress
