"""One metric: where and why do people and it part?"""

from __future__ import annotations

from typing import Any

from studies.reports.charts.dots import dot_row, dots
from studies.reports.charts.metric import roc, scatter
from studies.reports.document import Chart, Section, TableWriter, number, with_interval
from studies.reports.sections.common import Content, defined


def labels(content: Content) -> list[str]:
    """The metrics of a report, in the order in which they are numbered."""
    return list(content["metrics"].get("closeups", {}))


def sections(content: Content, place: int) -> tuple[Section, ...]:
    """The pages of metric number ``place``, one section per dimension; chart keys carry the number."""
    name = labels(content)[place]
    found = []
    curves: list[tuple[str, Any]] = []
    writer = TableWriter(
        f"roc-{place}", "AUC by dimension", "Dimension", "AUC", "95 % interval", "Preferences"
    )
    for key, label, aligned in defined(content, "alignment"):
        row = next(row for row in aligned["rating"]["metrics"] if row["label"] == name)
        if row["roc"]:
            curves.append((label, row["roc"]))
        writer.row(label, row["auc"], writer.interval(row["auc"]), row["auc"]["n"])
        found.append(_dimension(place, key, label, row, content["metrics"]["closeups"][name][key]))
    best = f"{name} bends furthest from the diagonal, a coin's line, where it foretells people best."
    if not curves:
        return tuple(found)
    whole = Chart(f"roc-{place}", "ROC", best, roc(curves), writer.done())
    return (Section("roc", "How well does it foretell preferences?", (), (whole,)), *found)


def _dimension(place: int, key: str, label: str, row: dict[str, Any], near: dict[str, Any]) -> Section:
    auc = row["auc"]
    said = (
        f"AUC {with_interval(auc)}. {row['worth_sentence']}"
        if auc["value"] is not None
        else str(auc["reason"])
    )
    parts: list[Any] = []
    if near["points"]:
        writer = TableWriter(
            f"points-{place}-{key}", "Comparisons by Δ and mean vote", "Δ", "Mean vote", "Comparisons", text=0
        )
        for point in near["points"]:
            writer.row(point["delta"], number(point["vote"], 2), point["n"])
        right = sum(p["n"] for p in near["points"] if p["delta"] * p["vote"] > 0)
        wrong = sum(p["n"] for p in near["points"] if p["delta"] * p["vote"] < 0)
        reading = (
            f"{right} comparisons lie where metric and majority agree (top right, bottom left), {wrong} where"
            " they part."
        )
        parts.append(
            Chart(
                f"points-{place}-{key}",
                "Difference against vote",
                reading,
                scatter(near["points"]),
                writer.done(),
            )
        )
    if row["by_size"]:
        sizes = TableWriter(
            f"sizes-{place}-{key}",
            "Agreement by size of difference",
            "|Δ|",
            "Comparisons",
            "Called right",
            "95 % interval",
        )
        rows = []
        for part in row["by_size"]:
            span = f"{part['low']:.3f} to {part['high']:.3f}"
            sizes.row(span, part["units"], part["agreement"], sizes.interval(part["agreement"]))
            rows.append(dot_row(span, part["agreement"]))
        spec = dots(rows, "share of preferences called right", domain=(0.0, 1.0), lines=[(0.5, "coin")])
        reading = "A sound metric is right more often where it sees a larger difference."
        parts.append(
            Chart(f"sizes-{place}-{key}", "Agreement by size of difference", reading, spec, sizes.done())
        )
    return Section(key, label, (said,), tuple(parts))
