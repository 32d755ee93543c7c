"""`manage.py score DATASET`: ask for the scores that a dataset lacks."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from benchmark.jobs.scoring import enqueue_lacking, usable_metrics
from benchmark.management.door import Door, Refused
from benchmark.metrics import registry
from benchmark.models import Dataset


class Command(Door):
    help = (
        "Ask for the scores that a dataset's reconstructions lack: after a metric was added, its weights were fetched, "
        "or its version or parameters changed. Old scores stay."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="the dataset's short name")

    def open(self, **options: Any) -> dict[str, Any]:
        dataset = Dataset.objects.filter(slug=options["dataset"]).first()
        if dataset is None:
            there = ", ".join(Dataset.objects.order_by("slug").values_list("slug", flat=True))
            raise Refused(
                f"There is no dataset “{options['dataset']}”; "
                + (f"choose among {there}." if there else "import one first: manage.py import_dataset.")
            )
        pairs, jobs = enqueue_lacking(dataset)
        unavailable = {metric.name: metric.available() for metric in registry if metric.available()}
        self.say(
            f"{len(jobs)} of {pairs} reconstructions wait for scores. Workers compute them; the page Jobs shows how far "
            "they are."
            if jobs
            else f"All {pairs} reconstructions have a score of every metric that can run here."
        )
        for sentence in unavailable.values():
            self.say(f"Left out: {sentence}")
        return {
            "dataset": dataset.slug,
            "reconstructions": pairs,
            "asked": len(jobs),
            "metrics": [metric.name for metric in usable_metrics()],
            "unavailable": unavailable,
        }
