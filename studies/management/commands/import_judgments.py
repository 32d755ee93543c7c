"""manage.py import_judgments FILE --study SLUG [--rows-per-rater N] [--dataset SLUG]"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from benchmark.management.door import Door
from studies.analysis.table import TableError
from studies.ingest.judgments import ImportRefused, describe, describe_note, import_judgments
from studies.ingest.ratings import import_ratings, is_ratings_table


class Command(Door):
    help = "Make a closed study from a table of judgments, or from an exported ratings table (docs/data-formats.md)."
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
        self.progress(f"Reading {options['file']} …")
        if is_ratings_table(options["file"]):
            return self.open_ratings(options["file"], options["study"], options["dataset"])
        imported = import_judgments(
            options["file"], options["study"], options["rows_per_rater"], options["dataset"]
        )
        return describe(imported)

    def open_ratings(self, file: Path, slug: str, dataset: str) -> Mapping[str, Any]:
        study, created = import_ratings(file, slug, dataset)
        return {
            "study": study.slug,
            "created": created,
            "note": describe_note(created),
            "ratings": study.imported_from.judgments,
            "raters": study.participants.count(),
            "comparisons": study.comparisons.count(),
            "blocks": study.blocks.count(),
            "dimensions": list(study.dimensions.values_list("key", flat=True)),
            "dataset": study.dataset.slug,
            "design_hash": study.design_hash,
            "address": f"/studies/{study.slug}/",
        }
