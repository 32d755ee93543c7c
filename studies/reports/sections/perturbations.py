"""Does a change that is known move the metric of its dimension, and only that?"""

from __future__ import annotations

from typing import Any

from studies.reports.document import Chart, Section, TableWriter, listed, number, plural
from studies.reports.sections.common import (
    Content,
    changed_cell,
    changes_matrix,
    dimensions,
    falls_furthest,
    standing,
)

METHOD = (
    "Some systems of this dataset declare that they change one dimension of the reference and leave the other as it"
    " was. No person is asked: the truth is known. A metric's response is the mean fall of its score from the unchanged"
    " clip (from 1 where none was scored), in standard deviations of all its scores here; the interval is a t interval"
    " over animations.",
    "Monotonicity is Kendall's τ of strength and fall within animations, where a change comes in several strengths."
    " Leakage is a metric's standardised response to a change of another dimension, over the largest response among"
    " the metrics of that dimension: 0 is a metric that sees its own dimension alone.",
)


def section(content: Content) -> Section | None:
    """None where the dataset has no controlled changes."""
    found = content.get("perturbations", {"undefined": ""})
    if "undefined" in found:
        return None
    labels = dict(dimensions(content))
    return Section(
        "perturbations",
        "Does a known change move the right metric?",
        (_sentence(found, labels),),
        (_picture(found, labels),),
        METHOD,
        standing(content, "perturbations"),
    )


def _sentence(found: dict[str, Any], labels: dict[str, str]) -> str:
    kinds = {row["perturbation"]: row["dimension"] for row in found["responses"]}
    by_dimension = {d: [kind for kind, of in kinds.items() if of == d] for d in dict.fromkeys(kinds.values())}
    told = [
        f"{plural(len(names), 'change')} of {labels.get(d, d).lower()}" for d, names in by_dimension.items()
    ]
    leaks = [row for row in found["responses"] if row["leakage"]["value"] is not None and row["targets"]]
    words = f"The dataset holds {listed(told)} that are known to leave the other dimension alone."
    if not leaks:
        return words
    worst = max(leaks, key=lambda row: row["leakage"]["value"])
    return words + (
        f" Among metrics that claim a dimension, the largest leakage is {number(worst['leakage']['value'], 2)}:"
        f" {worst['metric']} under {worst['perturbation']}."
    )


def _picture(found: dict[str, Any], labels: dict[str, str]) -> Chart:
    writer = TableWriter(
        "perturbations",
        "How each metric answers each known change",
        "Change",
        "of",
        "Metric",
        "Animations",
        "Fall",
        "95 % interval",
        "Fall in SD",
        "95 % interval ",
        "Monotonicity",
        "Leakage",
        text=3,
    )
    cells = []
    for row in found["responses"]:
        drop, response = row["drop"], row["standardised"]
        change = f"{row['perturbation']} ({labels.get(row['dimension'], row['dimension']).lower()})"
        writer.row(
            row["perturbation"],
            labels.get(row["dimension"], row["dimension"]).lower(),
            row["metric"],
            drop["n"],
            drop,
            writer.interval(drop),
            response,
            writer.interval(response),
            row["monotonicity"],
            row["leakage"],
        )
        if response["value"] is not None:
            own = row["targets"] == row["dimension"]
            cells.append(changed_cell(change, row["metric"], response["value"], own))
    changes = len({cell["row"] for cell in cells})
    _, right = falls_furthest(cells)
    reading = f"In {right} of {plural(changes, 'change')} a metric of the changed dimension (framed) falls furthest."
    how = (
        "Each cell is the mean fall of a metric's score under a change, in standard deviations of all that metric's"
        " scores of changed clips. Framed: metrics that claim the changed dimension."
    )
    spec = changes_matrix(cells)
    return Chart(
        "perturbations", "Fall of each metric under each known change", reading, spec, writer.done(), how
    )
