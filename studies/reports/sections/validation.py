"""Does each metric see its own dimension and only that, where nobody need be asked?"""

from __future__ import annotations

from typing import Any

from studies.reports.document import Chart, Section, Table, TableWriter, listed, number, percent, plural
from studies.reports.sections.common import Content, changed_cell, changes_matrix, dimensions, falls_furthest

METHOD = (
    "Animations were got wrong at their source, in looks alone or in timing alone and by degrees, and captured and scored"
    " by the same pipeline as the study's clips. A drop is 1 minus a metric's value. Monotonicity is Kendall's τ-b between"
    " level and drop, leakage the mean drop under the other dimension's errors over that under its own; a metric keeps a"
    " case that leaves it within .05 of 1.",
    "No parameter of Diptych's own metrics was chosen on these animations. They were written by others who had not"
    " seen the methods.",
)


def section(content: Content) -> Section | None:
    """None where the study's metrics have not been validated here."""
    found = content.get("validation", {"undefined": ""})
    if "undefined" in found:
        return None
    labels = dict(dimensions(content))
    return Section(
        "validation",
        "Does each metric see its own dimension alone?",
        (_sentence(found),),
        (_summary(found, labels), _picture(found, labels)),
        METHOD,
    )


def _sentence(found: dict[str, Any]) -> str:
    told = [
        f"{row['metric']} stays within .05 of 1 in {percent(row['kept']['value'])} of"
        f" {plural(row['kept']['n'], 'case')} in which the other dimension alone was wrong"
        for row in found["metrics"]
        if row["kept"]["value"] is not None
    ]
    where = f"On {plural(len(found['animations']), 'animation')} got wrong on purpose"
    return f"{where}, {listed(told)}." if told else f"{where}, no case tells yet what a metric keeps."


def _summary(found: dict[str, Any], labels: dict[str, str]) -> Table:
    writer = TableWriter(
        "validation-summary",
        "What the validation says of each metric",
        "Metric",
        "Measures",
        "Own drop",
        "Monotonicity",
        "Leakage",
        "Kept",
        "Cases",
        text=2,
    )
    for row in found["metrics"]:
        writer.row(
            row["metric"],
            labels.get(row["dimension"], row["dimension"]).lower(),
            row["own_drop"],
            row["monotonicity"],
            row["leakage"],
            row["kept"],
            row["kept"]["n"],
        )
    return writer.done(f"Animations: {', '.join(found['animations'])}.")


def _picture(found: dict[str, Any], labels: dict[str, str]) -> Chart:
    writer = TableWriter(
        "validation",
        "How each metric answers each perturbation",
        "Perturbation",
        "of",
        "Metric",
        "Animations",
        "Mean value, slight to grave",
        "Drop in SD",
        "Monotonicity",
        text=3,
    )
    cells = []
    for row in found["responses"]:
        of = labels.get(row["dimension"], row["dimension"]).lower()
        values = " ".join(number(value, 2) for value in row["values"])
        response = row["standardised"]
        writer.row(
            row["perturbation"], of, row["metric"], response["n"], values, response, row["monotonicity"]
        )
        if response["value"] is not None:
            change = f"{row['perturbation']} ({of})"
            own = row["targets"] == row["dimension"]
            cells.append(changed_cell(change, row["metric"], response["value"], own))
    told, right = falls_furthest(cells)
    reading = f"In {right} of {plural(told, 'perturbation')} of one dimension a metric of that dimension (framed) falls furthest."
    how = (
        "Each cell is the mean drop of a metric at the gravest level of a perturbation, in standard deviations of all that"
        " metric's drops here. Framed: metrics that measure what was got wrong."
    )
    return Chart(
        "validation",
        "Drop of each metric under each perturbation",
        reading,
        changes_matrix(cells),
        writer.done(folded=True),
        how,
    )
