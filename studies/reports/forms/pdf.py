"""The report as a PDF, set by Typst; the same report is always the same bytes."""

from __future__ import annotations

import re
from typing import Any, cast

import typst

from studies.models import Report
from studies.reports.charts.draw import svg
from studies.reports.compose import compose
from studies.reports.document import Chart, Document, Section, Table, charts_of

HEAD = """
#set document(title: "{title}", date: none)
#set page(paper: "a4", margin: (x: 2.2cm, y: 2.4cm), numbering: "1 / 1", header: align(right)[#text(8pt)[{header}]])
#set text(size: 10pt, lang: "en", hyphenate: true)
#set par(justify: false, leading: 0.62em)
#set table(stroke: none, inset: (x: 4pt, y: 3pt))
#show heading.where(level: 1): it => block(above: 22pt, below: 9pt, text(15pt, it.body))
#show heading.where(level: 2): it => block(above: 14pt, below: 7pt, text(11pt, it.body))
#show figure: set block(breakable: true)
#show figure.caption: set align(left)
#show figure.caption: set text(9pt)
"""
WIDEST = 9  # columns; wider tables are set smaller


def pdf(report: Report) -> bytes:
    """The whole report: answers, contents, sections with charts and tables, and what it was made with."""
    document = compose(report)
    files: dict[str, bytes] = {
        f"{chart.key}.svg": svg(chart.spec, "print", note=document.simulated).encode()
        for chart in charts_of(document.sections)
    }
    files["main"] = _source(document).encode()
    return _set(files)


def figure_pdf(drawn: str) -> bytes:
    """One SVG as a page of its own size. vl-convert could do this, but never twice with the same bytes."""
    page = (
        b'#set document(date: none)\n#set page(width: auto, height: auto, margin: 0pt)\n#image("figure.svg")'
    )
    return _set({"main": page, "figure.svg": drawn.encode()})


def _set(files: dict[str, bytes]) -> bytes:
    # Without a fixed stamp the file would hold the time of setting; the stubs do not know of several files.
    made: bytes = typst.compile(cast(Any, files), format="pdf", timestamp=0)
    return made


def _source(document: Document) -> str:
    header = f"{document.title}: report" + (f" – {document.simulated.upper()}" if document.simulated else "")
    head = HEAD.replace("{title}", document.title.replace("\\", "").replace('"', "'"))
    parts = [head.replace("{header}", _text(header))]
    parts.append(f'#align(left, text(22pt, weight: "bold")[{_text(document.title)}: report])\n')
    parts.append(f"{_text(document.origin)}\n")
    for question, answer in document.answers:
        parts.append(f"*{_text(question)}* {_text(answer)}\n")
    parts.append("#outline(depth: 1)\n")
    parts += [_section(section) for section in document.sections]
    parts.append("= What this was made with\n")
    rows = ", ".join(f"[{_text(name)}], [{_text(value)}]" for name, value in document.settings)
    parts.append(f"#text(8pt)[#table(columns: (auto, 1fr), {rows})]\n")
    return "\n".join(parts)


def _section(section: Section) -> str:
    mark = f" #text(9pt, weight: 400)[({section.standing})]" if section.standing else ""
    lines = [f"= {_text(section.title)}{mark}\n"]
    lines += [f"{_text(sentence)}\n" for sentence in section.sentences]
    for part in section.parts:
        lines.append(_chart(part) if isinstance(part, Chart) else _table(part))
    if section.method:
        lines.append("== How this was found\n")
        lines += [f"#text(9pt)[{_text(paragraph)}]\n" for paragraph in section.method]
    return "\n".join(lines)


def _chart(chart: Chart) -> str:
    alt = chart.reading.replace("\\", "").replace('"', "'")
    picture = f'image("{chart.key}.svg", width: 80%, alt: "{alt}")'
    how = f"#text(8pt, fill: luma(35%))[How this was found: {_text(chart.method)}]\n"
    figure = f"#figure({picture}, caption: [{_text(chart.reading)}])"
    return f"== {_text(chart.title)}\n{figure}\n{how}{_table(chart.table)}"


def _table(table: Table) -> str:
    size = 8 if len(table.head) <= WIDEST else 6
    align = ", ".join("right" if number else "left" for number in table.numeric)
    head = ", ".join(f"[*{_text(cell)}*]" for cell in table.head)
    body = ", ".join(f"[{_text(cell)}]" for row in table.rows for cell in row)
    columns = ", ".join(["auto"] * len(table.head))
    notes = "".join(f"\n#text(8pt)[{_text(note)}]\n" for note in table.notes)
    return (
        f'#block(above: 12pt, below: 4pt, sticky: true)[#text(9pt, style: "italic")[{_text(table.caption)}]]\n'
        f"#text({size}pt)[#table(columns: ({columns}), align: ({align},), table.header({head},"
        " table.hline(stroke: 0.4pt)),"
        f" {body})]\n{notes}"
    )


def _text(text: str) -> str:
    """Plain text for Typst's markup: every character that means something is escaped."""
    return re.sub(r"([\\#$*_`<>@\[\]=~/+-])", r"\\\1", text)
