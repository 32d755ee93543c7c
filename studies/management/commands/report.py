"""manage.py report SLUG [--format json|pdf|latex|csv|figures] [--out FILE] [--seed N] [--replicates N] [--interval …]"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from benchmark.management.door import Door, Refused
from studies.analysis.table import TableError
from studies.models import Study
from studies.reports.forms.files import FORMS
from studies.reports.make import NothingToReport, digest_anew, make_report
from studies.reports.parameters import INTERVALS, Parameters


class Command(Door):
    help = "Analyse a study and print its report (docs/reports.md)."
    refusals = (NothingToReport, TableError)

    def add_arguments(self, parser: CommandParser) -> None:
        default = Parameters()
        parser.add_argument("study", metavar="SLUG")
        parser.add_argument("--format", choices=sorted(FORMS), default="json")
        parser.add_argument(
            "--out", type=Path, help="the file to write; JSON goes to standard output without it"
        )
        parser.add_argument("--seed", type=int, default=default.seed)
        parser.add_argument("--interval", choices=INTERVALS, default=default.interval)
        parser.add_argument("--replicates", type=int, default=default.replicates, help="of α's bootstraps")
        parser.add_argument(
            "--metric-replicates",
            type=int,
            default=default.metric_replicates,
            help="of the metrics' bootstraps",
        )
        parser.add_argument(
            "--again",
            action="store_true",
            help="compute it anew even where it is kept, and refuse if a single bit has changed",
        )

    def open(self, **options: Any) -> Mapping[str, Any]:
        study = find_study(options["study"])
        for name in ("replicates", "metric_replicates"):
            if not 10 <= options[name] <= 1_000_000:
                raise Refused(f"--{name.replace('_', '-')} must lie between 10 and 1000000.")
        if options["format"] != "json" and options["out"] is None:
            raise Refused(f"Say --out FILE: a report as {options['format']} is a file, not a line of JSON.")
        if options["seed"] < 0:
            raise Refused("--seed must be 0 or more.")
        parameters = Parameters(
            seed=options["seed"],
            interval=options["interval"],
            replicates=options["replicates"],
            metric_replicates=options["metric_replicates"],
        )
        last = ""

        def progress(done: float, words: str) -> None:
            nonlocal last
            if words != last:
                self.progress(f"{done:4.0%} {words}")
                last = words

        report = make_report(study, parameters, progress)
        if options["again"]:
            anew = digest_anew(report, parameters, progress)
            if anew != report.content_digest:
                raise Refused(
                    f"Made again the report has the digest {anew[:12]}, the kept one {report.content_digest[:12]}: another"
                    " machine or other libraries made it."
                )
        if options["out"] is not None:
            return written(options["out"], FORMS[options["format"]][0](report))
        return {**report.content, "content_digest": report.content_digest}


def written(path: Path, content: bytes) -> dict[str, Any]:
    """What was written where, with its digest; a path that cannot be written is refused."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused(f"{path} cannot be written ({error.strerror}): choose another --out.") from error
    return {"written": str(path), "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def find_study(slug: str) -> Study:
    """The study of that address, or a refusal that names those there are."""
    study = Study.objects.filter(slug=slug).select_related("dataset").first()
    if study is None:
        known = list(Study.objects.values_list("slug", flat=True)[:10])
        hint = f"choose one of {', '.join(known)}" if known else "import or make one first"
        raise Refused(f"There is no study {slug}: {hint}.")
    return study
