"""A judge's verdicts on a study's comparisons, each shown in both orders, from a table: all of it, or none of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from studies.analysis.paper import EQUAL
from studies.ingest.judgments import ImportRefused, read_text
from studies.models import Comparison, Study, Verdict

COLUMNS = ("example", "first", "second")
PREFIX = "winner_"
Key = tuple[str, frozenset[str]]


@dataclass(frozen=True)
class Verdicts:
    """What came of an import. ``elsewhere``: rows on comparisons that this study does not have."""

    created: int
    both_orders: int
    one_order: int
    elsewhere: int


def import_verdicts(path: Path, study: Study, judge: str, version: str = "") -> Verdicts:
    """Read ``path`` for the study. The same content again changes nothing; raises ImportRefused with a sentence."""
    if not judge.strip() or len(judge) > 80 or len(version) > 40:
        raise ImportRefused("Give the judge a name of 80 letters at most, and a version of 40 at most.")
    dimensions = {d.key: d for d in study.dimensions.all()}
    comparisons: dict[Key, Comparison] = {
        (one.animation.name, frozenset((one.a.system.name, one.b.system.name))): one
        for one in study.comparisons.select_related("animation", "a__system", "b__system")
    }
    found: dict[tuple[int, int, bool], tuple[int, Verdict]] = {}
    elsewhere = 0
    for number, row in _rows(path, dimensions.keys()):
        comparison = comparisons.get((row["example"], frozenset((row["first"], row["second"]))))
        if comparison is None:
            elsewhere += 1
            continue
        a_first = comparison.a.system.name == row["first"]
        for name, dimension in dimensions.items():
            if not (said := row.get(PREFIX + name)):
                continue
            value = 0 if said == EQUAL else 1 if said == comparison.a.system.name else -1
            key = (comparison.pk, dimension.pk, a_first)
            if key in found:
                raise ImportRefused(
                    f"Line {number} repeats line {found[key][0]}: the same comparison in the same order; keep one."
                )
            found[key] = (
                number,
                Verdict(
                    comparison=comparison,
                    dimension=dimension,
                    judge=judge,
                    version=version,
                    a_first=a_first,
                    value=value,
                ),
            )
    if not found:
        raise ImportRefused(
            f"No row of {path.name} is about a comparison of {study.slug}: check example, first and second."
        )
    created = _keep(study, judge, version, [one for _, one in found.values()])
    both = sum((c, d, not order) in found for c, d, order in found) // 2
    return Verdicts(created, both, len(found) - 2 * both, elsewhere)


def _keep(study: Study, judge: str, version: str, verdicts: list[Verdict]) -> int:
    """Write them, unless they are there: then they must be the same."""
    with transaction.atomic():
        Study.objects.select_for_update().get(pk=study.pk)
        present = {
            (v.comparison_id, v.dimension_id, v.a_first): v.value
            for v in Verdict.objects.filter(comparison__study=study, judge=judge, version=version)
        }
        if not present:
            Verdict.objects.bulk_create(verdicts)
            return len(verdicts)
        if present != {(v.comparison_id, v.dimension_id, v.a_first): v.value for v in verdicts}:
            raise ImportRefused(
                f"{study.slug} has other verdicts of {judge} {version}".rstrip()
                + ": give these another --judge-version."
            )
        return 0


def _rows(path: Path, keys: Set[str]) -> list[tuple[int, dict[str, str]]]:
    """(line number, cells) of a table that fits, with questions among ``keys``; raises ImportRefused by line."""
    reader = csv.reader(io.StringIO(read_text(path), newline=""))
    header = [name.strip() for name in next(reader, [])]
    for name in COLUMNS:
        if header.count(name) != 1:
            raise ImportRefused(
                f"Line 1 must name the column {name} once; the others are winner_… per question."
            )
    asked = [name.removeprefix(PREFIX) for name in header if name.startswith(PREFIX)]
    if unknown := sorted(set(asked) - set(keys)):
        raise ImportRefused(
            f"Line 1 names a question “{unknown[0]}” that the study does not ask; it asks {', '.join(sorted(keys))}."
        )
    if not asked:
        raise ImportRefused("Line 1 has no column winner_…: give one per question that the judge answered.")
    rows = []
    for cells in reader:
        number = reader.line_num
        if len(cells) != len(header):
            raise ImportRefused(f"Line {number} has {len(cells)} cells where the header has {len(header)}.")
        row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        if row["first"] == row["second"]:
            raise ImportRefused(f"Line {number} compares {row['first']} with itself; remove the row.")
        for name in asked:
            if (said := row[PREFIX + name]) not in (row["first"], row["second"], EQUAL, ""):
                raise ImportRefused(
                    f"Line {number} names “{said}” as {PREFIX}{name}; it must be {row['first']}, {row['second']},"
                    f" {EQUAL}, or empty where the judge gave none."
                )
        rows.append((number, row))
    return rows
