"""Every table of the report as LaTeX (booktabs), ready to be included."""

from __future__ import annotations

from studies.models import Report
from studies.reports.compose import compose
from studies.reports.document import Table, tables_of

SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": "$-$",
    "–": "--",
    "α": r"$\alpha$",
    "Δ": r"$\Delta$",
    "ν": r"$\nu$",
    "τ": r"$\tau$",
    "√": r"$\surd$",
    "π": r"$\pi$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    "ε": r"$\varepsilon$",
    "ρ": r"$\rho$",
    "χ": r"$\chi$",
    "²": "$^2$",
    "Σ": r"$\Sigma$",
    "×": r"$\times$",
    "’": "'",
    "‘": "`",
    "…": r"\ldots{}",
    "₁": "$_1$",
    "₂": "$_2$",
    "½": r"\textonehalf{}",
    "±": r"$\pm$",
    "“": "``",
    "”": "''",
}


# A table wider than the text is scaled down to it.
FIT = r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%"


def latex(report: Report) -> str:
    document = compose(report)
    settings = report.content["settings"]
    lines = [
        f"% {document.title}: report tables. Needs \\usepackage{{booktabs,graphicx,textcomp}}.",
        f"% Data {settings['data_digest']}, design {settings['design_hash'] or 'not frozen'}.",
        f"% Made again by: {settings['command']}",
    ]
    if document.simulated:
        lines.append(f"% {document.simulated.upper()}: {document.origin}")
    return (
        "\n\n".join(
            ["\n".join(lines), *(_table(table, document.simulated) for table in tables_of(document.sections))]
        )
        + "\n"
    )


def _table(table: Table, simulated: str) -> str:
    columns = "".join("r" if number else "l" for number in table.numeric)
    caption = _text(table.caption) + (f" ({simulated})" if simulated else "")
    rows = [" & ".join(_text(cell) for cell in row) + r" \\" for row in table.rows]
    notes = [rf"\par\footnotesize {_text(note)}" for note in table.notes]
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{caption}}}\label{{tab:{table.key}}}",
            FIT,
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            " & ".join(_text(cell) for cell in table.head) + r" \\",
            r"\midrule",
            *rows,
            r"\bottomrule",
            r"\end{tabular}}",
            *notes,
            r"\end{table}",
        ]
    )


def _text(text: str) -> str:
    """Plain text for LaTeX. Letters it may not know are left as they are: names in any script are the reader's own."""
    return "".join(SPECIAL.get(letter, letter) for letter in text)
