"""A table of clips becomes a dataset: a researcher's first door.

The table is a CSV file with the columns animation, system and clip; a clip's path is relative to the table, and the
rows of the system `reference` hold the references.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from benchmark.ingest.preparing import UploadRefused
from benchmark.ingest.uploads import Kept, keep_uploads
from benchmark.jobs.scoring import enqueue_scores
from benchmark.models import Animation, Dataset, Outcome, Reconstruction, System
from benchmark.video import VideoRefused, probe, sha256_file

COLUMNS = ("animation", "system", "clip")
REFERENCE = "reference"
LONGEST = {"animation": 200, "system": 120}


class ManifestRefused(ValueError):
    """The table cannot become a dataset; the text is one sentence that says where and what to do."""


@dataclass(frozen=True)
class Row:
    """One line of the table; `line` counts from 1, the heading included."""

    line: int
    animation: str
    system: str
    clip: Path

    @property
    def is_reference(self) -> bool:
        return self.system == REFERENCE


def parse_manifest(path: Path) -> list[Row]:
    """The rows of a table whose every clip is there and readable. Raises ManifestRefused."""
    rows = _read_rows(path)
    _check_pairs(rows, path)
    for row in rows:
        try:
            probe(row.clip)
        except VideoRefused as error:
            raise ManifestRefused(f"Line {row.line} of {path.name}: {error}") from error
    return rows


def _read_rows(path: Path) -> list[Row]:
    if not path.is_file():
        raise ManifestRefused(
            f"There is no file {path}: give a CSV table with the columns {', '.join(COLUMNS)}."
        )
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.reader(file, strict=True)
            heading = [name.strip().lower() for name in next(table, [])]
            if missing := [name for name in COLUMNS if name not in heading]:
                raise ManifestRefused(
                    f"Line 1 of {path.name} lacks the column {missing[0]}: "
                    f"the columns are {', '.join(COLUMNS)}, separated by commas."
                )
            if len(set(heading)) < len(heading):
                raise ManifestRefused(
                    f"Line 1 of {path.name} names a column twice: give each column its own name."
                )
            rows = []
            for cells in table:
                if any(cell.strip() for cell in cells):
                    rows.append(_row(table.line_num, cells, heading, path))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ManifestRefused(
            f"{path.name} is not a CSV table in UTF-8 ({error}): save it again as one."
        ) from error
    if not rows:
        raise ManifestRefused(f"{path.name} has a heading and no rows: add one line per clip.")
    return rows


def _row(line: int, cells: list[str], heading: list[str], path: Path) -> Row:
    where = f"Line {line} of {path.name}"
    if len(cells) != len(heading):
        raise ManifestRefused(
            f"{where} has {len(cells)} cells where the heading has {len(heading)}: complete the line."
        )
    facts = dict(zip(heading, (cell.strip() for cell in cells), strict=True))
    for name in COLUMNS:
        if not facts[name]:
            raise ManifestRefused(f"{where} leaves the column {name} empty: fill it in.")
        if "\0" in facts[name]:
            raise ManifestRefused(f"{where} has an unprintable character in the column {name}: remove it.")
        if len(facts[name]) > LONGEST.get(name, 4096):
            raise ManifestRefused(
                f"{where}: the {name} has more than {LONGEST[name]} characters: shorten it."
            )
    system = REFERENCE if facts["system"].lower() == REFERENCE else facts["system"]
    clip = (path.parent / facts["clip"]).resolve()
    if not clip.is_file():
        raise ManifestRefused(
            f"{where}: there is no file {facts['clip']} beside the table: correct the path."
        )
    return Row(line, facts["animation"], system, clip)


def _check_pairs(rows: list[Row], path: Path) -> None:
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        earlier = first.setdefault((row.animation, row.system), row.line)
        if earlier != row.line:
            raise ManifestRefused(
                f"Line {row.line} of {path.name} gives {row.system} of “{row.animation}” again, which line {earlier} "
                "has already: keep one of them."
            )
    referenced = {row.animation for row in rows if row.is_reference}
    for row in rows:
        if row.animation not in referenced:
            raise ManifestRefused(
                f"Line {row.line} of {path.name}: “{row.animation}” has no reference: "
                f"add a line for it with {REFERENCE} in the column system."
            )
    systems = {row.system for row in rows} - {REFERENCE}
    if len(systems) < 2:
        raise ManifestRefused(
            f"{path.name} names {'no system' if not systems else 'one system only'} beside the reference: "
            "a comparison needs clips of at least two."
        )
    if max(Counter(row.animation for row in rows).values()) < 3:
        raise ManifestRefused(
            f"No animation in {path.name} has clips of two systems: give at least one animation a second system's clip."
        )


def import_clips(
    dataset_slug: str,
    rows: list[Row],
    progress: Callable[[int, int], None] | None = None,
    *,
    title: str = "",
) -> Dataset:
    """The dataset of these clips: made, or completed when it is there already; scores are asked for.

    Clips that the dataset has are recognised by their files' content and not decoded again, so that a second run does
    nothing. A row whose animation and system already have another clip is refused: studies may stand on that clip.
    `progress(done, of)` counts decoded files. Raises ManifestRefused, and imports nothing then.
    """
    digests = {row.clip: sha256_file(row.clip) for row in rows}
    waiting = _new_rows(dataset_slug, rows, digests)
    by_content = {digests[row.clip]: row.clip for row in waiting}
    try:
        kept_files = keep_uploads(list(by_content.values()), progress)
    except UploadRefused as error:
        line = next(row.line for row in waiting if digests[row.clip] == digests[error.path])
        raise ManifestRefused(f"Line {line}: {error}") from error
    kept = {digest: kept_files[path] for digest, path in by_content.items()}
    with transaction.atomic():
        dataset, _ = Dataset.objects.get_or_create(
            slug=dataset_slug, defaults={"title": title or dataset_slug}
        )
        for row in waiting:
            if row.is_reference:
                facts = _facts(kept[digests[row.clip]], row, digests[row.clip])
                Animation.objects.update_or_create(dataset=dataset, name=row.animation, defaults=facts)
        animations = {animation.name: animation for animation in dataset.animations.select_related("clip")}
        systems = {
            name: System.objects.get_or_create(dataset=dataset, name=name)[0]
            for name in sorted({row.system for row in waiting if not row.is_reference})
        }
        for row in waiting:
            if not row.is_reference:
                facts = _facts(kept[digests[row.clip]], row, digests[row.clip])
                reconstruction, _ = Reconstruction.objects.update_or_create(
                    animation=animations[row.animation], system=systems[row.system], defaults=facts
                )
                enqueue_scores(reconstruction)
    return dataset


def _facts(kept: Kept, row: Row, digest: str) -> dict[str, object]:
    return {
        "clip": kept.clip,
        "outcome": kept.outcome,
        "outcome_detail": {"upload": {"name": row.clip.name, "sha256": digest}},
    }


def _new_rows(dataset_slug: str, rows: list[Row], digests: dict[Path, str]) -> list[Row]:
    """The rows the dataset lacks. Raises ManifestRefused for one that would replace a clip."""
    had: dict[tuple[str, str], str] = {}
    animations = Animation.objects.filter(dataset__slug=dataset_slug).exclude(outcome=Outcome.NO_CLIP)
    for name, detail in animations.values_list("name", "outcome_detail"):
        had[name, REFERENCE] = detail.get("upload", {}).get("sha256", "")
    answers = Reconstruction.objects.filter(animation__dataset__slug=dataset_slug).exclude(
        outcome=Outcome.NO_CLIP
    )
    for name, system, detail in answers.values_list("animation__name", "system__name", "outcome_detail"):
        had[name, system] = detail.get("upload", {}).get("sha256", "")
    new = []
    for row in rows:
        present = had.get((row.animation, row.system))
        if present is None:
            new.append(row)
        elif present != digests[row.clip]:
            raise ManifestRefused(
                f"Line {row.line}: the dataset “{dataset_slug}” has another clip of {row.system} for “{row.animation}” "
                "already: choose another name for this one."
            )
    return new
