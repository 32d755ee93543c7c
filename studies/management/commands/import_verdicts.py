"""manage.py import_verdicts FILE --study SLUG --judge NAME [--judge-version V]"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from benchmark.management.door import Door
from studies.ingest.judgments import ImportRefused
from studies.ingest.verdicts import import_verdicts
from studies.management.commands.report import find_study


class Command(Door):
    help = (
        "Set a judge's verdicts beside a study's ratings: columns example, first, second, winner_<question>."
    )
    refusals = (ImportRefused,)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--study", required=True, metavar="SLUG")
        parser.add_argument("--judge", required=True, metavar="NAME", help="e.g. the model that judged")
        parser.add_argument("--judge-version", default="", metavar="V", help="model version, prompt, …")

    def open(self, **options: Any) -> Mapping[str, Any]:
        study = find_study(options["study"])
        found = import_verdicts(options["file"], study, options["judge"], options["judge_version"])
        note = "imported" if found.created else "the same content was imported before; nothing was changed"
        return {"study": study.slug, "judge": options["judge"], "note": note, **asdict(found)}
