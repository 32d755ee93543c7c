"""`manage.py import_dataset FOLDER --dataset SLUG`: a published dataset, captured or read by jobs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from benchmark.ingest.datasets import import_dataset
from benchmark.ingest.layouts import LayoutRefused
from benchmark.ingest.sources import SourceRefused
from benchmark.management.door import Door, Refused


class Command(Door):
    help = "Import a dataset: NAME/src/index.html and NAME/animation.mp4, or ground_truth/ beside systems' folders."
    refusals = (LayoutRefused, SourceRefused)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--dataset", required=True, metavar="SLUG", help="the dataset's short name; made if need be"
        )
        parser.add_argument("--title", default="", help="the dataset's name for people")
        parser.add_argument(
            "--clips", action="store_true", help="read the clip files even where there is a page"
        )

    def open(self, **options: Any) -> dict[str, Any]:
        slug = options["dataset"]
        if not slug.replace("-", "").replace("_", "").isalnum() or not slug.isascii() or len(slug) > 80:
            raise Refused(
                f"“{slug}” is no short name: use up to 80 letters, digits, hyphens and underscores."
            )
        done = import_dataset(options["folder"], slug, title=options["title"], prefer_clips=options["clips"])
        self.say("A worker captures and reads them: `manage.py demo` or docs/jobs.md say how to start one.")
        return {
            "dataset": done.dataset.slug,
            "layout": done.layout,
            "animations": done.animations,
            "systems": done.systems,
            "asked": {"captures": done.captures, "clips": done.clips},
            "not_executed": done.not_executed,
        }
