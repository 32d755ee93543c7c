"""manage.py create_study MANIFEST.csv --study SLUG"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.core.validators import validate_slug

from benchmark.ingest.manifest import ManifestRefused, import_clips, parse_manifest
from benchmark.ingest.practice import PracticeMissing, ensure_practice
from benchmark.management.door import Door, Refused
from studies.create import Plan, StudyRefused, create_study
from studies.launch import why_not
from studies.models import Study


class Command(Door):
    help = (
        "Make a draft study from a folder of clips: columns animation, system, clip; "
        "the system `reference` holds the references."
    )
    refusals = (ManifestRefused, StudyRefused)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("manifest", type=Path)
        parser.add_argument("--study", required=True, metavar="SLUG", help="the new study's address")
        parser.add_argument("--title", default="", help="for researchers; the address by default")
        parser.add_argument(
            "--per-pair", type=int, metavar="N", help="comparisons of each pair of systems; all by default"
        )
        parser.add_argument(
            "--block-size", type=int, default=30, metavar="N", help="comparisons in a sitting"
        )
        parser.add_argument("--raters", type=int, default=3, metavar="N", help="people per block")

    def open(self, **options: Any) -> Mapping[str, Any]:
        slug = options["study"]
        try:
            validate_slug(slug)
        except ValidationError as error:
            raise Refused(f"“{slug}” cannot be an address: use letters, digits and hyphens only.") from error
        for name in ("per_pair", "block_size", "raters"):
            if options[name] is not None and options[name] < 1:
                raise Refused(f"--{name.replace('_', '-')} must be 1 or more.")
        if Study.objects.filter(slug=slug).exists():
            raise Refused(f"There is a study “{slug}” already: choose another name for this one.")
        if Study.objects.filter(dataset__slug=slug).exists():
            raise Refused(
                f"The dataset “{slug}” belongs to other studies already: choose another name for this study."
            )
        self.progress(f"Reading {options['manifest']} …")
        rows = parse_manifest(options["manifest"])
        dataset = import_clips(slug, rows, lambda done, of: self.progress(f"  clip {done} of {of}"))
        note = self._practice()
        study = create_study(
            dataset,
            slug,
            options["title"] or slug,
            Plan(per_pair=options["per_pair"], block_size=options["block_size"]),
            raters_per_block=options["raters"],
        )
        return {
            "study": slug,
            "state": study.state,
            "animations": dataset.animations.count(),
            "systems": sorted(dataset.systems.values_list("name", flat=True)),
            "comparisons": study.comparisons.filter(spare=False).count(),
            "blocks": study.blocks.count(),
            "next": note or why_not(study) or "Sign in, read the study's page and open it.",
            "url": f"{settings.SITE_URL}/studies/{slug}/",
        }

    def _practice(self) -> str:
        """Have the worked example every study begins with; what stands in its way, else nothing."""
        try:
            ensure_practice(self.progress)
        except PracticeMissing as error:
            return str(error)
        return ""
