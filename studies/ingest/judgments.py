"""A judgments table becomes a closed study: all of it, or none of it, and only once."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from benchmark.models import Animation, Dataset, Outcome, Reconstruction, System
from studies.analysis.paper import Judgment, ParsedJudgments, parse_judgments
from studies.launch import design_hash
from studies.models import (
    Block,
    BlockItem,
    Comparison,
    Dimension,
    Import,
    Participant,
    Rating,
    Sitting,
    Study,
    Trial,
)

QUESTIONS = {
    "overall": ("Overall", "Which matches the reference better?"),
    "appearance": (
        "Appearance",
        "Which matches the reference better in shape, colour and style, not in motion?",
    ),
    "motion": ("Motion", "Which matches the reference better in path and speed, not in appearance?"),
}
LONGEST = {"rater": 40, "animation": 200, "left": 120, "right": 120}
COLUMN = {"rater": "rater", "animation": "example", "left": "model_1", "right": "model_2"}


class ImportRefused(ValueError):
    """The file cannot become that study; the text is one sentence that says what to do."""


@dataclass(frozen=True)
class Imported:
    """What came of an import. ``created`` is False when the very same content was already there."""

    study: Study
    judgments: ParsedJudgments
    created: bool

    @property
    def counts(self) -> dict[str, int]:
        parsed = self.judgments
        return {
            "judgments": len(parsed.rows),
            "ratings": len(parsed.rows) * len(parsed.dimensions),
            "raters": len(parsed.raters),
            "comparisons": len({row.unit for row in parsed.rows}),
            "animations": len(parsed.animations),
            "systems": len(parsed.systems),
            "blocks": len(parsed.blocks),
        }


def read_text(path: Path) -> str:
    """The text of a CSV file; raises ImportRefused with a sentence."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRefused(f"{path} is not a UTF-8 text file: save it as CSV in UTF-8.") from error
    except OSError as error:
        raise ImportRefused(f"{path} cannot be read ({error.strerror}): check the path.") from error


def read_judgments(path: Path, rows_per_rater: int | None) -> ParsedJudgments:
    """The file's judgments; raises JudgmentsError (by line number) or ImportRefused with a sentence."""
    text = read_text(path)
    parsed = parse_judgments(text.splitlines(), rows_per_rater)
    for key in parsed.dimensions:
        if not re.fullmatch(r"[-a-zA-Z0-9_]{1,40}", key):
            raise ImportRefused(
                f"Line 1 names a dimension “{key}”: use letters, digits, - and _, 40 at most."
            )
    for row in parsed.rows:
        for name, limit in LONGEST.items():
            if len(getattr(row, name)) > limit:
                raise ImportRefused(
                    f"Line {row.line} has more than {limit} letters under {COLUMN[name]}: shorten it."
                )
    return parsed


def digest(parsed: ParsedJudgments) -> str:
    """sha256 of what was read: line ends, quoting and an order of columns make no difference."""
    lines = hashlib.sha256()
    for row in parsed.rows:
        cells = [row.rater, row.block, row.animation, row.left, row.right, sorted(row.winners.items())]
        lines.update(json.dumps(cells, ensure_ascii=False).encode() + b"\n")
    return lines.hexdigest()


def import_judgments(path: Path, slug: str, rows_per_rater: int | None = None, dataset: str = "") -> Imported:
    """Make the study ``slug`` from a judgments file.

    rows_per_rater  how many consecutive rows one rater gave; needed when the file has no ``rater`` column
    dataset         the slug of a dataset that is there and whose reconstructions were rated, so that their
                    scores can be set against the ratings; empty: a new dataset of names, without clips

    Raises ImportRefused or JudgmentsError; then nothing was imported.
    """
    parsed = read_judgments(path, rows_per_rater)
    content = digest(parsed)
    with transaction.atomic():
        if existing := earlier_import(slug, content):
            return Imported(existing, parsed, created=False)
        study = _create_study(path, slug, parsed, dataset_for(slug, dataset))
        _create_ratings(study, parsed)
        Import.objects.create(
            study=study,
            file_name=path.name[-255:],
            digest=content,
            judgments=len(parsed.rows),
            parameters={"rows_per_rater": rows_per_rater},
        )
        freeze_imported(study)
    return Imported(study, parsed, created=True)


def earlier_import(slug: str, content: str) -> Study | None:
    """The study that the very same content became before; refused when the name is taken by anything else."""
    if not re.fullmatch(r"[-a-zA-Z0-9_]{1,80}", slug):
        raise ImportRefused(
            f"“{slug}” cannot be a study's address: use letters, digits, - and _, 80 at most."
        )
    existing = Study.objects.filter(slug=slug).select_related("imported_from").first()
    if existing is None:
        return None
    if hasattr(existing, "imported_from") and existing.imported_from.digest == content:
        return existing
    raise ImportRefused(
        f"There is a study {slug} with other content: choose another --study or delete that one."
    )


def freeze_imported(study: Study) -> None:
    """An imported study is closed from the first, its design hashed as at a launch."""
    study.design_hash = design_hash(study)
    study.state = Study.State.CLOSED
    study.closed_at = timezone.now()
    study.save()


def dataset_for(slug: str, named: str) -> Dataset:
    """The dataset that was named, or a new one of names under the study's own slug."""
    if named:
        found = Dataset.objects.filter(slug=named).first()
        if found is None:
            raise ImportRefused(f"There is no dataset {named}: import it first, or leave --dataset out.")
        return found
    if Dataset.objects.filter(slug=slug).exists():
        raise ImportRefused(
            f"There is a dataset {slug} already: say --dataset {slug} if its reconstructions were rated,"
            " or choose another --study."
        )
    return Dataset.objects.create(
        slug=slug, title=slug, description="Names from imported ratings; no clips are known."
    )


def _create_study(path: Path, slug: str, parsed: ParsedJudgments, dataset: Dataset) -> Study:
    raters = Counter(block for _, block in {(row.rater, row.block) for row in parsed.rows})
    study = Study.objects.create(
        slug=slug,
        title=slug.replace("-", " ").replace("_", " ").capitalize(),
        dataset=dataset,
        origin=Study.Origin.IMPORTED,
        origin_note=came_from(path, f"{len(parsed.rows)} judgments", len(parsed.raters)),
        recruiter=Study.Recruiter.NONE,
        raters_per_block=max(raters.values()),
        instructed_checks=0,
        identical_checks=0,
        repeat_checks=0,
        seed=0,
    )
    known = [key for key in QUESTIONS if key in parsed.dimensions]
    for position, key in enumerate([*known, *(key for key in parsed.dimensions if key not in QUESTIONS)]):
        label, question = QUESTIONS.get(
            key, (key.replace("_", " ").capitalize(), f"Which matches better: {key}?")
        )
        Dimension.objects.create(study=study, key=key, label=label, question=question, position=position)
    return study


def reconstructions_of(
    dataset: Dataset, rated: set[tuple[str, str]]
) -> dict[tuple[str, str], Reconstruction]:
    """(animation, system) → its reconstruction in the dataset, made where the dataset did not have it."""
    names = sorted({animation for animation, _ in rated})
    Animation.objects.bulk_create(
        [Animation(dataset=dataset, name=name, outcome=Outcome.NO_CLIP) for name in names],
        ignore_conflicts=True,
    )
    System.objects.bulk_create(
        [System(dataset=dataset, name=name) for name in sorted({system for _, system in rated})],
        ignore_conflicts=True,
    )
    animations = {animation.name: animation for animation in dataset.animations.all()}
    systems = {system.name: system for system in dataset.systems.all()}
    Reconstruction.objects.bulk_create(
        [
            Reconstruction(animation=animations[a], system=systems[s], outcome=Outcome.NO_CLIP)
            for a, s in sorted(rated)
        ],
        ignore_conflicts=True,
    )
    made = Reconstruction.objects.filter(animation__dataset=dataset).select_related("animation", "system")
    return {(r.animation.name, r.system.name): r for r in made}


def _create_ratings(study: Study, parsed: ParsedJudgments) -> None:
    rated = {(row.animation, name) for row in parsed.rows for name in (row.left, row.right)}
    reconstructions = reconstructions_of(study.dataset, rated)

    def comparison_of(row: Judgment) -> Comparison:
        animation, first, second = row.unit
        a, b = reconstructions[animation, first], reconstructions[animation, second]
        return Comparison(study=study, animation=a.animation, a=a, b=b)

    first_row = {row.unit: row for row in reversed(parsed.rows)}
    units = list(dict.fromkeys(row.unit for row in parsed.rows))
    comparisons = dict(
        zip(
            units,
            Comparison.objects.bulk_create([comparison_of(first_row[unit]) for unit in units]),
            strict=True,
        )
    )
    blocks = dict(
        zip(
            parsed.blocks,
            Block.objects.bulk_create(
                [Block(study=study, number=n) for n in range(1, len(parsed.blocks) + 1)]
            ),
            strict=True,
        )
    )
    BlockItem.objects.bulk_create(
        [
            BlockItem(block=blocks[block], comparison=comparisons[unit])
            for block, unit in dict.fromkeys((row.block, row.unit) for row in parsed.rows)
        ]
    )
    sittings = _create_sittings(study, parsed, blocks)
    trials = Trial.objects.bulk_create(
        [
            Trial(
                sitting=sittings[row.rater],
                position=row.position,
                comparison=comparisons[row.unit],
                a_on_left=row.left == row.unit[1],
            )
            for row in parsed.rows
        ]
    )
    dimensions = {dimension.key: dimension for dimension in study.dimensions.all()}
    Rating.objects.bulk_create(
        [
            Rating(trial=trial, dimension=dimensions[key], answer=_answer(row, winner))
            for row, trial in zip(parsed.rows, trials, strict=True)
            for key, winner in row.winners.items()
        ]
    )


def _create_sittings(study: Study, parsed: ParsedJudgments, blocks: dict[str, Block]) -> dict[str, Sitting]:
    """One completed sitting per rater; when it was is not known, so the import's time stands in its place."""
    block_of: dict[str, str] = {}
    for row in parsed.rows:
        if block_of.setdefault(row.rater, row.block) != row.block:
            raise ImportRefused(
                f"Line {row.line} puts rater {row.rater} into block {row.block}, after {block_of[row.rater]}:"
                " one rater sits one block."
            )
    participants = Participant.objects.bulk_create(
        [Participant(study=study, pseudonym=rater) for rater in parsed.raters]
    )
    places: Counter[str] = Counter()
    now = timezone.now()
    sittings = []
    for participant in participants:
        block = block_of[participant.pseudonym]
        places[block] += 1
        sittings.append(
            Sitting(
                participant=participant,
                block=blocks[block],
                state=Sitting.State.COMPLETED,
                place=places[block],
                completed_at=now,
                seed=0,
            )
        )
    return dict(zip(parsed.raters, Sitting.objects.bulk_create(sittings), strict=True))


def _answer(row: Judgment, winner: str | None) -> str:
    if winner is None:
        return Rating.Answer.EQUAL
    return Rating.Answer.LEFT if winner == row.left else Rating.Answer.RIGHT


def came_from(path: Path, what: str, raters: int) -> str:
    return f"From {path.name}: {what} by {raters} {'rater' if raters == 1 else 'raters'}."


def describe_note(created: bool) -> str:
    return "imported" if created else "the same content was imported before; nothing was changed"


def describe(imported: Imported) -> dict[str, Any]:
    """What the command line says of an import."""
    study = imported.study
    return {
        "study": study.slug,
        "created": imported.created,
        "note": describe_note(imported.created),
        **imported.counts,
        "dimensions": list(study.dimensions.values_list("key", flat=True)),
        "dataset": study.dataset.slug,
        "design_hash": study.design_hash,
        "address": f"/studies/{study.slug}/",
    }
