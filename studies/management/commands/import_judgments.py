"""manage.py import_judgments FILE --study SLUG [--rows-per-rater N] [--dataset SLUG]"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from benchmark.management.door import Door
from studies.analysis.table import TableError
from studies.ingest.judgments import ImportRefused, describe, import_judgments


class Command(Door):
    help = "Make a closed study from a table of judgments (docs/data-formats.md)."
    refusals = (ImportRefused, TableError)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--study", required=True, metavar="SLUG", help="the new study's address")
        parser.add_argument(
            "--rows-per-rater",
            type=int,
            metavar="N",
            help="needed when the file has no rater column (the paper's: 30)",
        )
        parser.add_argument(
            "--dataset", default="", metavar="SLUG", help="the dataset whose reconstructions were rated"
        )

    def open(self, **options: Any) -> Mapping[str, Any]:
        self.say(f"Reading {options['file']} …")
        imported = import_judgments(
            options["file"], options["study"], options["rows_per_rater"], options["dataset"]
        )
        return describe(imported)
