"""Every form a report can be had in, as bytes."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable

from studies.models import Report
from studies.reports.charts.draw import svg
from studies.reports.compose import compose
from studies.reports.document import charts_of, tables_of
from studies.reports.forms.latex import latex
from studies.reports.forms.pdf import figure_pdf, pdf
from studies.reports.sections import metric

FIXED = (1980, 1, 1, 0, 0, 0)  # a zip file dates its members; the same report must be the same bytes


def as_json(report: Report) -> bytes:
    content = {**report.content, "content_digest": report.content_digest}
    return json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False).encode()


def figures(report: Report) -> bytes:
    """Each chart as SVG and as PDF, those of the metrics' own pages in a folder each."""
    content = report.content
    document = compose(report)
    charts = [(f"{document.prefix}{chart.key}", chart) for chart in charts_of(document.sections)]
    for place, name in enumerate(metric.labels(content)):
        folder = f"metrics/{re.sub('[^A-Za-z0-9.]+', '-', name)}/{document.prefix}"
        # A chart's key carries the metric's number, which the folder's name says better.
        charts += [
            (folder + re.sub(f"-{place}(?=-|$)", "", chart.key, count=1), chart)
            for chart in charts_of(metric.sections(content, place))
        ]
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, chart in charts:
            drawn = svg(chart.spec, "print", note=document.simulated)
            archive.writestr(zipfile.ZipInfo(f"{name}.svg", FIXED), drawn)
            archive.writestr(zipfile.ZipInfo(f"{name}.pdf", FIXED), figure_pdf(drawn))
    return found.getvalue()


def tables(report: Report) -> bytes:
    """Each table as CSV, cells as they are read."""
    found = io.BytesIO()
    document = compose(report)
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables_of(document.sections):
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(table.head)
            writer.writerows(table.rows)
            archive.writestr(zipfile.ZipInfo(f"{document.prefix}{table.key}.csv", FIXED), text.getvalue())
    return found.getvalue()


# form → (what makes it, the end of its file name, media type, words)
FORMS: dict[str, tuple[Callable[[Report], bytes], str, str, str]] = {
    "pdf": (pdf, "report.pdf", "application/pdf", "the report on paper"),
    "latex": (
        lambda report: latex(report).encode(),
        "tables.tex",
        "application/x-tex",
        "every table, for a paper",
    ),
    "csv": (tables, "tables.zip", "application/zip", "every table"),
    "figures": (figures, "figures.zip", "application/zip", "every chart, as SVG and PDF"),
    "json": (as_json, "report.json", "application/json", "every number"),
}


def file_name(report: Report, form: str) -> str:
    study = report.content["study"]
    return "-".join([study["slug"], *(["simulated"] if study["simulated"] else []), FORMS[form][1]])
