"""`manage.py validate_metrics`: perturbed animations through the real pipeline, and what the metrics say of them."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings

from benchmark.management.door import Door, Refused


class Command(Door):
    help = (
        "Validate metrics on animations that were got wrong on purpose; goes on where an earlier run stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--metric", action="append", metavar="NAME", help="default: the embedded ones")
        parser.add_argument(
            "--animation", action="append", metavar="NAME", help="default: those of the split"
        )
        parser.add_argument("--perturbation", action="append", metavar="NAME", help="default: all")
        parser.add_argument(
            "--split",
            choices=("held out", "chosen on", "all"),
            help="default: held out, or all where animations are named",
        )
        parser.add_argument(
            "--workers", type=int, default=settings.WORKERS, metavar="N", help="processes side by side"
        )

    def open(self, **options: Any) -> dict[str, Any]:
        from benchmark.capture import BrowserMissing
        from benchmark.metrics import MetricRefused
        from benchmark.validation.run import ValidationRefused, observe, tasks
        from benchmark.validation.statistics import SPLITS, Split, validate

        split: Split = options["split"] or ("all" if options["animation"] else "held out")
        try:
            wanted = tasks(options["animation"] or SPLITS[split], options["perturbation"])
            found = observe(
                settings.DATA / "validation",
                options["metric"],
                wanted=wanted,
                workers=options["workers"],
                progress=lambda done, of, words: self.say(f"{done} of {of}: {words}"),
            )
        except (MetricRefused, ValidationRefused, BrowserMissing) as error:
            raise Refused(str(error)) from error
        validation = validate(found, split)
        return {
            "split": validation.split,
            "animations": validation.animations,
            "observations": len(found),
            "metrics": [asdict(summary) for summary in validation.metrics],
            "matrix": [
                {"perturbation": name, "dimension": dimension, "metric": metric.metric}
                | asdict(validation.cells[name, metric.metric])
                for name, dimension in validation.perturbations
                for metric in validation.metrics
            ],
        }
