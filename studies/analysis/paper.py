"""Reading a judgments table like the one the paper published: one row per rating triple.

Columns, in any order, with a header line:

    model_1, model_2     the systems on the left and on the right
    example              the animation
    winner_<dimension>   one column per question: a model's name, or EQUAL
    rater                optional; without it, runs of ``rows_per_rater`` rows are one rater each
    block                optional; without it, raters who judged the same comparisons share a block
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count

from studies.analysis.table import RatingTable, TableError

EQUAL = "EQUAL"
_REQUIRED = ("model_1", "model_2", "example")
_OPTIONAL = ("rater", "block")
_PREFIX = "winner_"


class JudgmentsError(TableError):
    """A judgments table that cannot be read; the message names the line and what to change."""


@dataclass(frozen=True)
class Judgment:
    """One row: a rater's answers to one comparison; ``winners``: dimension → system, or None for equal."""

    line: int
    rater: str
    block: str
    position: int
    left: str
    right: str
    animation: str
    winners: Mapping[str, str | None]

    @property
    def unit(self) -> tuple[str, str, str]:
        """(animation, first system, second system), systems in alphabetical order."""
        first, second = sorted((self.left, self.right))
        return self.animation, first, second


@dataclass(frozen=True)
class ParsedJudgments:
    """A judgments table in file order; label tuples in order of first appearance."""

    rows: tuple[Judgment, ...]
    dimensions: tuple[str, ...]
    raters: tuple[str, ...]
    blocks: tuple[str, ...]
    systems: tuple[str, ...]
    animations: tuple[str, ...]

    def table(self, dimension: str) -> RatingTable:
        """One dimension's ratings, ready for every analysis of this package."""
        if dimension not in self.dimensions:
            known = ", ".join(self.dimensions)
            raise TableError(f"These judgments have no dimension {dimension}; choose one of {known}.")
        winners = [row.winners[dimension] for row in self.rows]
        return RatingTable.from_columns(
            dimension,
            rater=[row.rater for row in self.rows],
            block=[row.block for row in self.rows],
            animation=[row.animation for row in self.rows],
            system_a=[row.left for row in self.rows],
            system_b=[row.right for row in self.rows],
            value=[
                0 if won is None else 1 if won == row.left else -1
                for row, won in zip(self.rows, winners, strict=True)
            ],
            position=[row.position for row in self.rows],
            a_on_left=[True] * len(self.rows),
        )


def parse_judgments(lines: Iterable[str], rows_per_rater: int | None = None) -> ParsedJudgments:
    """Read judgments from the lines of a CSV file.

    rows_per_rater  how many consecutive rows one rater gave (30 in the paper's file); needed when, and used
                    only when, there is no ``rater`` column.

    Raises JudgmentsError, one sentence with the line number, on the first thing that does not fit.
    """
    numbered = [(number, line.rstrip("\r\n")) for number, line in enumerate(lines, 1)]
    while numbered and not numbered[-1][1].strip():
        numbered.pop()
    if not numbered:
        raise JudgmentsError(
            "The file is empty; give a CSV file with a header line and one row per judgment."
        )
    header = _header(numbered[0][1].removeprefix("\ufeff"))
    body = [(number, _cells(number, line, header)) for number, line in numbered[1:]]
    if not body:
        raise JudgmentsError("The file has a header and no judgments; give one row per judgment below it.")
    raters = _raters(body, rows_per_rater)
    winners = [_winners(number, cells) for number, cells in body]
    seen: dict[tuple[str, str, str, str], int] = {}
    places: dict[str, count[int]] = {}
    drafts = []
    for (number, cells), rater, won in zip(body, raters, winners, strict=True):
        first, second = sorted((cells["model_1"], cells["model_2"]))
        key = (rater, cells["example"], first, second)
        if key in seen:
            raise JudgmentsError(
                f"Line {number} repeats line {seen[key]}: rater {rater} judged {first} against {second} on"
                f" {cells['example']} twice; keep one of the two."
            )
        seen[key] = number
        position = next(places.setdefault(rater, count(1)))
        drafts.append(
            Judgment(
                number,
                rater,
                cells.get("block", ""),
                position,
                cells["model_1"],
                cells["model_2"],
                cells["example"],
                won,
            )
        )
    if "block" not in header:
        blocks = recover_blocks(drafts)
        drafts = [
            Judgment(d.line, d.rater, blocks[d.rater], d.position, d.left, d.right, d.animation, d.winners)
            for d in drafts
        ]
    return ParsedJudgments(
        rows=tuple(drafts),
        dimensions=tuple(name.removeprefix(_PREFIX) for name in header if name.startswith(_PREFIX)),
        raters=tuple(dict.fromkeys(d.rater for d in drafts)),
        blocks=tuple(dict.fromkeys(d.block for d in drafts)),
        systems=tuple(dict.fromkeys(name for d in drafts for name in (d.left, d.right))),
        animations=tuple(dict.fromkeys(d.animation for d in drafts)),
    )


def recover_blocks(rows: Iterable[Judgment]) -> dict[str, str]:
    """Each rater's block: raters who judged the same set of comparisons share one.

    A rater whose set is part of exactly one larger set (someone who stopped early) joins that block. Blocks
    are named ``block-01`` … in order of first appearance.
    """
    units: dict[str, set[tuple[str, str, str]]] = {}
    for row in rows:
        units.setdefault(row.rater, set()).add(row.unit)
    sets = dict.fromkeys(frozenset(judged) for judged in units.values())
    home: dict[frozenset[tuple[str, str, str]], frozenset[tuple[str, str, str]]] = {}
    whole = [judged for judged in sets if not any(judged < other for other in sets)]
    for judged in sets:
        larger = [other for other in whole if judged < other]
        home[judged] = larger[0] if len(larger) == 1 else judged
    names: dict[frozenset[tuple[str, str, str]], str] = {}
    for judged in map(frozenset, units.values()):
        names.setdefault(home[judged], f"block-{len(names) + 1:02d}")
    return {rater: names[home[frozenset(judged)]] for rater, judged in units.items()}


def _header(line: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in next(csv.reader([line])))
    missing = [name for name in _REQUIRED if name not in names]
    if missing or not any(name.startswith(_PREFIX) for name in names):
        wanted = ", ".join(
            [*missing, *([] if any(n.startswith(_PREFIX) for n in names) else [f"{_PREFIX}overall"])]
        )
        raise JudgmentsError(
            f"Line 1 lacks the column {wanted}; the header needs model_1, model_2, example and winner_…."
        )
    for name in names:
        known = name in _REQUIRED or name in _OPTIONAL or (name.startswith(_PREFIX) and name != _PREFIX)
        if not known:
            raise JudgmentsError(
                f"Line 1 has an unknown column “{name}”; remove it or name it as documented."
            )
        if names.count(name) > 1:
            raise JudgmentsError(f"Line 1 names the column {name} twice; keep one.")
    return names


def _cells(number: int, line: str, header: tuple[str, ...]) -> dict[str, str]:
    if not line.strip():
        raise JudgmentsError(f"Line {number} is empty; remove it.")
    cells = [cell.strip() for cell in next(csv.reader([line]))]
    if len(cells) != len(header):
        raise JudgmentsError(
            f"Line {number} has {len(cells)} cells where the header has {len(header)}; correct the row."
        )
    row = dict(zip(header, cells, strict=True))
    for name, cell in row.items():
        if not cell:
            raise JudgmentsError(f"Line {number} has nothing under {name}; fill it in or remove the row.")
    if row["model_1"] == row["model_2"]:
        raise JudgmentsError(f"Line {number} compares {row['model_1']} with itself; remove the row.")
    return row


def _winners(number: int, cells: dict[str, str]) -> dict[str, str | None]:
    winners: dict[str, str | None] = {}
    for name, cell in cells.items():
        if name.startswith(_PREFIX):
            if cell not in (cells["model_1"], cells["model_2"], EQUAL):
                raise JudgmentsError(
                    f"Line {number} names “{cell}” as {name}; it must be {cells['model_1']},"
                    f" {cells['model_2']} or {EQUAL}."
                )
            winners[name.removeprefix(_PREFIX)] = None if cell == EQUAL else cell
    return winners


def _raters(body: list[tuple[int, dict[str, str]]], rows_per_rater: int | None) -> list[str]:
    if "rater" in body[0][1]:
        return [cells["rater"] for _, cells in body]
    if rows_per_rater is None:
        raise JudgmentsError(
            "The file has no rater column; add one or say how many consecutive rows each rater gave."
        )
    if rows_per_rater < 1:
        raise JudgmentsError("The number of rows per rater must be 1 or more.")
    if len(body) % rows_per_rater:
        raise JudgmentsError(
            f"The file has {len(body)} judgments, no multiple of {rows_per_rater} per rater; the last"
            f" line read is {body[-1][0]}: complete the last rater or correct the number."
        )
    width = len(str(len(body) // rows_per_rater))
    return [f"rater-{index // rows_per_rater + 1:0{width}d}" for index in range(len(body))]
