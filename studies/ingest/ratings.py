"""The publishable ratings table becomes a study again: the same ratings, checks and exclusions, the same report."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from benchmark.models import Reconstruction
from studies.ingest.judgments import (
    QUESTIONS,
    ImportRefused,
    came_from,
    dataset_for,
    earlier_import,
    freeze_imported,
    read_text,
    reconstructions_of,
)
from studies.models import (
    Block,
    BlockItem,
    Comparison,
    Dimension,
    Exclusion,
    Import,
    Participant,
    Rating,
    Sitting,
    Study,
    Trial,
)

NEEDED = (
    "simulated", "participant", "participant_simulated", "block", "sitting_state", "excluded", "exclusion_reason",
    "position", "kind", "animation", "system_a", "system_b", "a_on_left", "passed", "dimension", "answer", "changes",
    "answered_ms",
)  # fmt: skip
BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True)
class Line:
    """One row of the table, read."""

    number: int
    simulated: bool
    participant: str
    participant_simulated: bool
    block: int
    excluded: bool
    exclusion_reason: str
    position: int
    kind: str
    animation: str
    system_a: str
    system_b: str
    a_on_left: bool
    passed: bool | None
    dimension: str
    answer: str
    changes: int
    answered_ms: int | None

    @property
    def unit(self) -> tuple[str, str, str]:
        return self.animation, self.system_a, self.system_b

    @property
    def round(self) -> tuple[str, int]:
        return self.participant, self.position


def is_ratings_table(path: Path) -> bool:
    """Whether the header is that of the ratings export, not of a judgments table."""
    header = next(csv.reader(read_text(path).splitlines()[:1]), [])
    return {"participant", "dimension", "answer"} <= set(header)


def read_ratings(path: Path) -> list[Line]:
    """Every completed sitting's ratings; raises ImportRefused by line number."""
    rows = csv.reader(io.StringIO(read_text(path), newline=""))
    header = next(rows, [])
    if missing := [name for name in NEEDED if name not in header]:
        raise ImportRefused(
            f"Line 1 lacks the column {missing[0]}: import the ratings table as it was exported."
        )
    lines = []
    for cells in rows:
        number = rows.line_num
        if len(cells) != len(header):
            raise ImportRefused(f"Line {number} has {len(cells)} cells where the header has {len(header)}.")
        row = dict(zip(header, cells, strict=True))
        if row["sitting_state"] == Sitting.State.COMPLETED:
            lines.append(_line(number, row))
    if not lines:
        raise ImportRefused("The file holds no rating of a completed sitting: there is nothing to import.")
    _refuse_contradictions(lines)
    return lines


def _line(number: int, row: dict[str, str]) -> Line:
    def one_of(name: str, allowed: Iterable[str]) -> str:
        if row[name] not in (known := list(allowed)):
            raise ImportRefused(
                f"Line {number} has “{row[name]}” under {name}; it must be {', '.join(known)}."
            )
        return row[name]

    def whole(name: str) -> int:
        if not row[name].isdigit():
            raise ImportRefused(f"Line {number} has “{row[name]}” under {name}; it must be a whole number.")
        return int(row[name])

    def text(name: str) -> str:
        # The export puts an apostrophe before what a spreadsheet would take for a formula.
        value = (
            row[name][1:]
            if row[name][:1] == "'" and row[name][1:2] in ("=", "+", "-", "@", "\t")
            else row[name]
        )
        if not value:
            raise ImportRefused(f"Line {number} has nothing under {name}.")
        return value

    first, second = text("system_a"), text("system_b")
    if first >= second:
        raise ImportRefused(
            f"Line {number} names {first} before {second}: system_a is the alphabetically first."
        )
    excluded = BOOLEANS[one_of("excluded", BOOLEANS)]
    return Line(
        number=number,
        simulated=BOOLEANS[one_of("simulated", BOOLEANS)],
        participant=text("participant"),
        participant_simulated=BOOLEANS[one_of("participant_simulated", BOOLEANS)],
        block=whole("block"),
        excluded=excluded,
        exclusion_reason=text("exclusion_reason") if excluded else "",
        position=whole("position"),
        kind=one_of("kind", Trial.Kind.values),
        animation=text("animation"),
        system_a=first,
        system_b=second,
        a_on_left=BOOLEANS[one_of("a_on_left", BOOLEANS)],
        passed={**BOOLEANS, "": None}[one_of("passed", [*BOOLEANS, ""])],
        dimension=text("dimension"),
        answer=one_of("answer", Rating.Answer.values),
        changes=whole("changes"),
        answered_ms=whole("answered_ms") if row["answered_ms"] else None,
    )


def _refuse_contradictions(lines: list[Line]) -> None:
    """Rows of one sitting or one round must say the same of it, and answer each question once."""
    seats: dict[str, Line] = {}
    rounds: dict[tuple[str, int], Line] = {}
    answers: dict[tuple[str, int, str], int] = {}
    for line in lines:
        seat = seats.setdefault(line.participant, line)
        if (seat.block, seat.excluded, seat.exclusion_reason) != (
            line.block,
            line.excluded,
            line.exclusion_reason,
        ):
            raise ImportRefused(
                f"Line {line.number} contradicts line {seat.number} about {line.participant}'s sitting."
            )
        shown = rounds.setdefault(line.round, line)
        told = [(x.kind, x.unit, x.a_on_left, x.passed) for x in (shown, line)]
        if told[0] != told[1]:
            raise ImportRefused(
                f"Line {line.number} contradicts line {shown.number} about round {line.position} of {line.participant}."
            )
        key = (*line.round, line.dimension)
        if key in answers:
            raise ImportRefused(f"Line {line.number} repeats line {answers[key]}: keep one of the two.")
        answers[key] = line.number


def import_ratings(path: Path, slug: str, dataset: str = "") -> tuple[Study, bool]:
    """Make the study ``slug`` from an exported ratings table; (study, whether it was made now)."""
    lines = read_ratings(path)
    content = hashlib.sha256(repr([tuple(vars(line).values())[1:] for line in lines]).encode()).hexdigest()
    with transaction.atomic():
        if existing := earlier_import(slug, content):
            return existing, False
        study = _create(path, slug, lines, dataset)
        Import.objects.create(study=study, file_name=path.name[-255:], digest=content, judgments=len(lines))
        freeze_imported(study)
    return study, True


def _create(path: Path, slug: str, lines: list[Line], dataset: str) -> Study:
    people = {line.participant: line for line in lines}
    blocks = Counter(line.block for line in people.values())
    simulated = any(line.simulated or line.participant_simulated for line in lines)
    study = Study.objects.create(
        slug=slug,
        title=slug.replace("-", " ").replace("_", " ").capitalize(),
        dataset=dataset_for(slug, dataset),
        # What was simulated stays simulated, however often it travels.
        origin=Study.Origin.SIMULATED if simulated else Study.Origin.IMPORTED,
        origin_note=came_from(path, f"{len(lines)} ratings", len(people)),
        recruiter=Study.Recruiter.NONE,
        raters_per_block=max(blocks.values()),
        instructed_checks=0,
        identical_checks=0,
        repeat_checks=0,
        seed=0,
    )
    dimensions = {}
    for position, key in enumerate(dict.fromkeys(line.dimension for line in lines)):
        label, question = QUESTIONS.get(
            key, (key.replace("_", " ").capitalize(), f"Which matches better: {key}?")
        )
        dimensions[key] = Dimension.objects.create(
            study=study, key=key, label=label, question=question, position=position
        )
    trials = _create_trials(study, lines, people)
    Rating.objects.bulk_create(
        [
            Rating(
                trial=trials[line.round],
                dimension=dimensions[line.dimension],
                answer=line.answer,
                changes=line.changes,
                answered_ms=line.answered_ms,
            )
            for line in lines
        ]
    )
    return study


def _create_trials(study: Study, lines: list[Line], people: dict[str, Line]) -> dict[tuple[str, int], Trial]:
    units = list(dict.fromkeys(line.unit for line in lines))
    made = reconstructions_of(study.dataset, {(x, s) for x, a, b in units for s in (a, b)})
    comparisons = {unit: _comparison(study, unit, made) for unit in units}
    Comparison.objects.bulk_create(comparisons.values())
    blocks = {number: Block(study=study, number=number) for number in sorted({line.block for line in lines})}
    Block.objects.bulk_create(blocks.values())
    dealt = dict.fromkeys((line.block, line.unit) for line in lines if line.kind == Trial.Kind.COMPARISON)
    BlockItem.objects.bulk_create(
        [BlockItem(block=blocks[b], comparison=comparisons[unit]) for b, unit in dealt]
    )
    sittings = _create_sittings(study, people, blocks)
    rounds = {line.round: line for line in lines}
    trials = {
        key: Trial(
            sitting=sittings[line.participant],
            position=line.position,
            kind=line.kind,
            comparison=comparisons[line.unit],
            a_on_left=line.a_on_left,
            passed=line.passed,
        )
        for key, line in rounds.items()
    }
    Trial.objects.bulk_create(trials.values())
    return trials


def _comparison(
    study: Study, unit: tuple[str, str, str], made: dict[tuple[str, str], Reconstruction]
) -> Comparison:
    animation, first, second = unit
    a, b = made[animation, first], made[animation, second]
    return Comparison(study=study, animation=a.animation, a=a, b=b)


def _create_sittings(study: Study, people: dict[str, Line], blocks: dict[int, Block]) -> dict[str, Sitting]:
    """Completed sittings, the excluded ones without a place; when they were is not known."""
    participants = [
        Participant(study=study, pseudonym=name, simulated=p.participant_simulated)
        for name, p in people.items()
    ]
    Participant.objects.bulk_create(participants)
    places: Counter[int] = Counter()
    now = timezone.now()
    sittings = {}
    for participant in participants:
        line = people[participant.pseudonym]
        places[line.block] += not line.excluded
        sittings[participant.pseudonym] = Sitting(
            participant=participant,
            block=blocks[line.block],
            state=Sitting.State.COMPLETED,
            place=None if line.excluded else places[line.block],
            holds_place=not line.excluded,
            completed_at=now,
            seed=0,
        )
    Sitting.objects.bulk_create(sittings.values())
    Exclusion.objects.bulk_create(
        [
            Exclusion(sitting=sittings[name], rule="imported", reason=line.exclusion_reason)
            for name, line in people.items()
            if line.excluded
        ]
    )
    return sittings
