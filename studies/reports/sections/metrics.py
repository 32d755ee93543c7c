"""May a metric stand in for people?"""

from __future__ import annotations

from typing import Any

from studies.reports.charts.dots import dot_row
from studies.reports.charts.ruler import matrix, ruler
from studies.reports.document import (
    Chart,
    Section,
    TableWriter,
    listed,
    plural,
    with_interval,
)
from studies.reports.sections import metric_tables
from studies.reports.sections.common import Content, defined, dimensions, reasons, standing
from studies.reports.sections.metric_tables import Found, most_raters, rows_of

RULER = (
    "A dot is the AUC with which a metric's Δ foretells a single preference, its line the 95 % interval (bootstrap over"
    " animations). A tick is the AUC with which the mean answer of 1, 2, 3 or all other raters of the same comparison"
    " foretells that preference, averaged over all choices of raters. A and B are also counted exchanged on both sides."
)
METHOD = (
    "Δ is a metric's score for A minus its score for B. Its AUC is the chance that Δ is larger where people"
    " preferred A than"
    " where they preferred B; ties count half, equal answers stay out. Every comparison counts also with A"
    " and B exchanged, so"
    " that the figure does not depend on which was named first.",
    "Intervals resample animations, never mirrored pairs; differences between two metrics are paired on the"
    " comparisons both"
    " score, with a permutation test and Holm's correction.",
    "At the level of single ratings no metric can pass the human ceiling, for one person's answer is noisy;"
    " at the level of"
    " majorities the reference is one rater against the majority of the others. The two must not be mixed.",
)


def section(content: Content) -> Section:
    found = defined(content, "alignment")
    title = "May a metric stand in for people?"
    if not found:
        return Section("metrics", title, tuple(reasons(content, "alignment")))
    return Section(
        "metrics",
        title,
        tuple(_sentence(key, label, aligned) for key, label, aligned in found),
        (
            _ruler(found),
            _matrix(content, found),
            *(metric_tables.table(label, key, aligned) for key, label, aligned in found),
            metric_tables.choices(found),
            metric_tables.with_ties(found),
            metric_tables.ranks(found),
            metric_tables.differences(found),
            metric_tables.coverage(content),
        ),
        METHOD,
        standing(content, "alignment"),
    )


def _sentence(key: str, label: str, aligned: dict[str, Any]) -> str:
    rows = [row for row in rows_of(aligned) if row["auc"]["value"] is not None]
    if not rows:
        first = rows_of(aligned)[0]["auc"]["reason"] if rows_of(aligned) else "No metric was scored."
        return f"{label}: {first}"
    best = max(rows, key=lambda row: row["auc"]["value"])
    words = (
        f"{label}: {best['label']} foretells preferences best, AUC {with_interval(best['auc'])}."
        f" {best['worth_sentence']}"
    )
    own = [row["label"] for row in rows if row["targets"] == key]
    if own and best["label"] not in own:
        words += f" It does not claim to measure {label.lower()}; {listed(own)} would."
    return words


def _ruler(found: Found) -> Chart:
    panels = []
    writer = TableWriter(
        "ruler",
        "The ruler: AUC of metrics and of people, lowest first",
        "Dimension",
        "On the ruler",
        "AUC",
        "95 % interval",
        text=2,
    )
    closest: list[str] = []
    claimed = {row["targets"] for _, _, aligned in found for row in rows_of(aligned)}
    for key, label, aligned in found:
        rows = sorted(rows_of(aligned), key=lambda row: -(row["auc"]["value"] or 0.0))
        ticks = human_ticks(aligned["rating"]["ruler"])
        drawn = [(dot_row(row["label"], row["auc"]), row["targets"] == key) for row in rows]
        panels.append(
            (label, [dot and dot | {"own": own or key not in claimed} for dot, own in drawn], ticks)
        )
        for mark in aligned["ruler"]:
            writer.row(label, mark["label"], mark["auc"], writer.interval(mark["auc"]))
        if rows and rows[0]["auc"]["value"] is not None:
            worth = rows[0]["worth_sentence"].removeprefix("It ").removesuffix(".")
            closest.append(f"on {label.lower()} {rows[0]['label']} {worth}")
    reading = (
        f"{'; '.join(closest)[:1].upper()}{'; '.join(closest)[1:]}."
        if closest
        else "No metric can be placed among the raters."
    )
    spec = ruler(panels)
    note = (
        "Ticks 1, 2 and 3 are the AUC with which the mean answer of so many other raters foretells a"
        " preference; “all” is the ceiling. Pale: metrics that do not claim the dimension."
    )
    return Chart(
        "ruler", "The ruler: how many raters a metric is worth", reading, spec, writer.done(note), RULER
    )


def human_ticks(human: dict[str, Any]) -> list[tuple[float, str]]:
    """Where 1, 2, 3 and all other raters stand on the ruler; all are left out where their word would cover another."""
    ticks = [(tick["value"], k) for k, tick in human["ticks"].items() if tick["value"] is not None]
    ceiling = human["ceiling"]["value"]
    if ceiling is not None and all(abs(ceiling - at) > 0.012 for at, _ in ticks):
        ticks.append((ceiling, "all"))
    return ticks


def _matrix(content: Content, found: Found) -> Chart:
    labels = [label for _, label, _ in found]
    names = list(dict.fromkeys(row["label"] for _, _, aligned in found for row in rows_of(aligned)))
    writer = TableWriter(
        "matrix", "AUC of each metric for each dimension", "Metric", "claims", *labels, text=2
    )
    cells = []
    keys = dict(dimensions(content))
    for name in names:
        line: list[Any] = []
        claims = ""
        for key, label, aligned in found:
            row = next((row for row in rows_of(aligned) if row["label"] == name), None)
            line.append(row["auc"] if row else None)
            if row and row["auc"]["value"] is not None:
                claims = row["targets"] or ""
                own = claims == key
                auc = row["auc"]["value"]
                cells.append({"row": name, "column": label, "value": auc, "words": f"{auc:.2f}", "own": own})
            elif row:
                claims = row["targets"] or ""
        writer.row(name, keys.get(claims, claims) or "nothing", *line)
    off = [
        name
        for name in names
        if (mine := [c["value"] for c in cells if c["row"] == name and c["own"]])
        and max(c["value"] for c in cells if c["row"] == name) > mine[0]
    ]
    claiming = any(c["own"] for c in cells)
    if not claiming:
        reading = "No metric claims one of these dimensions, so none can be held to its claim."
    elif off:
        reading = (
            f"{listed(off)} foretell{'s' if len(off) == 1 else ''} another dimension better than the one"
            " claimed (framed)."
        )
    else:
        reading = "Every metric foretells the dimension it claims (framed) at least as well as any other."
    return Chart(
        "matrix",
        "Is it really about what it claims?",
        reading,
        matrix(cells, names, labels),
        writer.done(),
        "Each cell is the AUC of a metric's Δ for preferences on one dimension, single ratings, A and B also"
        " exchanged; 0.5 is a coin. Framed: the dimension a metric claims. The table of differences in the next"
        " section holds the intervals of own minus other.",
    )


def answer(content: Content) -> str:
    """The report's second answer: the best metric of each question, in the raters it is worth."""
    said = []
    for _, label, aligned in defined(content, "alignment"):
        rows = [row for row in rows_of(aligned) if row["auc"]["value"] is not None]
        if rows:
            best = max(rows, key=lambda row: row["auc"]["value"])
            what = f"{best['label']} (AUC {with_interval(best['auc'])}, n = {best['auc']['n']:,})"
            said.append(f"on {label.lower()} {what} {_in_place(best, aligned['rating'])}")
    if not said:
        rows = [row for _, _, aligned in defined(content, "alignment") for row in rows_of(aligned)]
        why = [row["auc"]["reason"] for row in rows]
        return " ".join(dict.fromkeys([*why, *reasons(content, "alignment")]))
    words = "; ".join(said)
    return f"{words[:1].upper()}{words[1:]}."


def _in_place(row: dict[str, Any], rating: dict[str, Any]) -> str:
    most = most_raters(rating)
    if not most:
        return "cannot be set against raters"
    if row["worth"] is None:
        return f"foretells at least as well as {plural(most, 'other rater')}"
    if row["worth"] == 0:
        return "is worth no rater, being no better than a coin"
    if row["worth"] < 0.95:
        return f"is worth less than one other rater ({row['worth']:.1f})"
    return "is worth one other rater" if row["worth"] < 1.05 else f"is worth {row['worth']:.1f} other raters"
