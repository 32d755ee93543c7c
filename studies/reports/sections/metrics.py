"""May a metric stand in for people?"""

from __future__ import annotations

from typing import Any

from studies.reports.charts.dots import dot_row
from studies.reports.charts.ruler import matrix, ruler
from studies.reports.document import (
    Chart,
    Section,
    Table,
    TableWriter,
    listed,
    number,
    percent,
    with_interval,
)
from studies.reports.sections.common import Content, defined, dimensions, reasons, standing

Found = list[tuple[str, str, dict[str, Any]]]
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
            *(_table(*one) for one in found),
            _differences(found),
            _coverage(content),
        ),
        METHOD,
        standing(content, "alignment"),
    )


def _rows(aligned: dict[str, Any], level: str = "rating") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = aligned[level]["metrics"]
    return rows


def _sentence(key: str, label: str, aligned: dict[str, Any]) -> str:
    rows = [row for row in _rows(aligned) if row["auc"]["value"] is not None]
    if not rows:
        first = _rows(aligned)[0]["auc"]["reason"] if _rows(aligned) else "No metric was scored."
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
    for _, label, aligned in found:
        rows = sorted(_rows(aligned), key=lambda row: -(row["auc"]["value"] or 0.0))
        ticks = human_ticks(aligned["rating"]["ruler"])
        panels.append((label, [dot_row(row["label"], row["auc"]) for row in rows], ticks))
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
        " preference; “all” is the ceiling."
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
    names = list(dict.fromkeys(row["label"] for _, _, aligned in found for row in _rows(aligned)))
    writer = TableWriter(
        "matrix", "AUC of each metric for each dimension", "Metric", "claims", *labels, text=2
    )
    cells = []
    keys = dict(dimensions(content))
    for name in names:
        line: list[Any] = []
        claims = ""
        for key, label, aligned in found:
            row = next((row for row in _rows(aligned) if row["label"] == name), None)
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


def _table(key: str, label: str, aligned: dict[str, Any]) -> Table:
    writer = TableWriter(
        f"alignment-{key}",
        f"{label}: metrics against single ratings, and against majorities",
        "Metric",
        "AUC",
        "95 % interval",
        "Preferences",
        "AUC of majorities",
        "95 % interval ",
        "Right side",
        "Different or similar",
        "Accuracy with ties",
        "2AFC",
        "Kendall τ-b",
        "Spearman",
    )
    for row in _rows(aligned):
        whole = next(other for other in _rows(aligned, "majority") if other["label"] == row["label"])
        writer.row(
            row["label"],
            row["auc"],
            writer.interval(row["auc"]),
            row["auc"]["n"],
            whole["auc"],
            writer.interval(whole["auc"]),
            row["correct"],
            row["different_similar"],
            row["tie_accuracy"]["accuracy"],
            row["two_afc"],
            row["kendall"],
            row["spearman"],
        )
    rating, majority = aligned["rating"], aligned["majority"]
    references = (
        f"People at the level of ratings: ceiling {_or_reason(rating['reference'])}; of majorities: one rater"
        f" {_or_reason(majority['reference'])}; 2AFC of one human {_or_reason(rating['human_2afc'])}."
    )
    flips = [
        f"{row['label']} changed its verdict with the order in {percent(row['flip_rate']['value'])} of comparisons."
        for row in _rows(aligned)
        if row["flip_rate"] and row["flip_rate"]["value"] is not None
    ]
    return writer.done(references, *flips)


def _or_reason(estimate: dict[str, Any]) -> str:
    return number(estimate["value"]) if estimate["value"] is not None else f"undefined ({estimate['reason']})"


def _differences(found: Found) -> Table:
    writer = TableWriter(
        "differences",
        "Every two metrics on the comparisons both score: difference of AUC",
        "Dimension",
        "First",
        "Second",
        "Difference",
        "95 % interval",
        "p",
        "p (Holm)",
        text=3,
    )
    for _, label, aligned in found:
        for row in aligned["rating"]["differences"]:
            difference = row["difference"]
            writer.row(
                label,
                row["first"],
                row["second"],
                difference,
                writer.interval(difference),
                row["p"],
                row["p_holm"],
            )
    return writer.done(folded=True)


def _coverage(content: Content) -> Table:
    writer = TableWriter(
        "coverage",
        "Which reconstructions have a score",
        "Metric",
        "Version",
        "Claims",
        "Scored",
        "Undefined",
        "Not scored",
        text=3,
    )
    for metric in content["data"]["metrics"]:
        writer.row(
            metric["name"],
            metric["version"],
            metric["dimension"] or "nothing",
            metric["scored"],
            metric["undefined"],
            metric["missing"],
        )
    return writer.done(
        "Comparisons with a reconstruction that has no score stay out of that metric's rows.", folded=True
    )


def answer(content: Content) -> str:
    """The report's second answer, in one sentence."""
    found = defined(content, "alignment")
    said = []
    for _, label, aligned in found:
        rows = [row for row in _rows(aligned) if row["auc"]["value"] is not None]
        if rows:
            best = max(rows, key=lambda row: row["auc"]["value"])
            said.append(f"{label.lower()} {best['label']} with AUC {with_interval(best['auc'])}")
    if not said:
        return (reasons(content, "alignment") or ["No metric has an AUC yet."])[0]
    return f"The metric that foretells people best: {listed(said)}."
