"""Rows to CSV, JSON, JSON Lines and Parquet, piece by piece: a million rows take no more memory than a thousand."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from studies.models import Study
from studies.reports.exports.columns import Column, Export, Row, common

BATCH = 2_000
PARQUET_BATCH = 10_000
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}


def write(export: Export, study: Study, form: str, private: bool = False) -> Iterator[bytes]:
    """The table in one of the forms of MEDIA, as pieces of bytes."""
    columns = export.visible(private)
    return WRITERS[form](columns, export.stream(study, private), study)


def file_name(export: Export, study: Study, form: str, private: bool = False) -> str:
    """Says what a reader must not overlook: that ratings are simulated, or that a file names people."""
    marks = ["simulated"] if common(study)[2] else []
    marks += ["private"] if private else []
    return "-".join([study.slug, *marks, export.key]) + f".{form}"


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch


def _csv(columns: tuple[Column, ...], rows: Iterator[Row], study: Study) -> Iterator[bytes]:
    def lines(batch: Iterable[Iterable[Any]]) -> bytes:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(batch)
        return text.getvalue().encode()

    yield lines([[column.name for column in columns]])
    for batch in _batches(rows, BATCH):
        yield lines([[_csv_cell(cell) for cell in row] for row in batch])


def _csv_cell(cell: Any) -> Any:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    # A spreadsheet would run a text that begins like a formula.
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t"):
        return "'" + cell
    return "" if cell is None else cell


def _jsonl(columns: tuple[Column, ...], rows: Iterator[Row], study: Study) -> Iterator[bytes]:
    names = [column.name for column in columns]
    for batch in _batches(rows, BATCH):
        yield "".join(f"{_object(names, row)}\n" for row in batch).encode()


def _json(columns: tuple[Column, ...], rows: Iterator[Row], study: Study) -> Iterator[bytes]:
    slug, design, simulated = common(study)
    head = {"study": slug, "design_hash": design, "simulated": simulated}
    names = [column.name for column in columns]
    yield (json.dumps(head)[:-1] + ', "rows": [').encode()
    first = True
    for batch in _batches(rows, BATCH):
        yield (("\n" if first else ",\n") + ",\n".join(_object(names, row) for row in batch)).encode()
        first = False
    yield b"\n]}\n"


def _object(names: list[str], row: Row) -> str:
    return json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, allow_nan=False)


def _parquet(columns: tuple[Column, ...], rows: Iterator[Row], study: Study) -> Iterator[bytes]:
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}
    schema = pa.schema(
        [
            pa.field(column.name, kinds[column.kind], metadata={"meaning": column.meaning})
            for column in columns
        ]
    )
    casts: dict[str, Callable[[Any], Any]] = {"integer": int, "number": float, "boolean": bool, "text": str}
    with tempfile.TemporaryFile() as file:
        with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
            for batch in _batches(rows, PARQUET_BATCH):
                arrays = [
                    pa.array(
                        [None if cell is None else casts[column.kind](cell) for cell in cells],
                        kinds[column.kind],
                    )
                    for column, cells in zip(columns, zip(*batch, strict=True), strict=True)
                ]
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        file.seek(0)
        while piece := file.read(1 << 16):
            yield piece


WRITERS: dict[str, Callable[[tuple[Column, ...], Iterator[Row], Study], Iterator[bytes]]] = {
    "csv": _csv,
    "json": _json,
    "jsonl": _jsonl,
    "parquet": _parquet,
}


def codebook(study: Study, private: bool = False) -> str:
    """What every column of every table means, as Markdown, with the study's own questions and systems."""
    from studies.reports.exports.tables import EXPORTS

    lines = [f"# Codebook of {study.title}", ""]
    if common(study)[2]:
        lines += ["**Simulated.** " + (study.origin_note or "No person gave these ratings."), ""]
    lines += [
        f"Study `{study.slug}`, design {study.design_hash or 'not frozen'}. Ratings: {study.get_origin_display()}"
        + (f" ({study.origin_note})" if study.origin_note else "")
        + ".",
        "",
        "Empty cells mean that a value is not known or does not apply. CSV files put an apostrophe before"
        " texts that a"
        " spreadsheet would take for a formula.",
        "",
        "## Dimensions",
        "",
        *[f"- `{d.key}` ({d.label}): {d.question}" for d in study.dimensions.all()],
    ]
    for export in EXPORTS.values():
        lines += [
            "",
            f"## {export.key}",
            "",
            export.about,
            "",
            "| column | type | meaning |",
            "|---|---|---|",
        ]
        lines += [f"| {c.name} | {c.kind} | {c.meaning} |" for c in export.visible(private)]
    return "\n".join(lines) + "\n"
