"""One metric: where and why do people and it part?"""

from __future__ import annotations

from typing import Any

from studies.reports.charts.dots import dot_row, dots
from studies.reports.charts.metric import roc, scatter
from studies.reports.charts.ruler import ruler
from studies.reports.document import Chart, Section, TableWriter, listed, number, plural, with_interval
from studies.reports.sections.common import Content, defined, dimensions
from studies.reports.sections.metrics import RULER, human_ticks

Rows = list[tuple[str, str, dict[str, Any], dict[str, Any]]]


def labels(content: Content) -> list[str]:
    """The metrics of a report, in the order in which they are numbered."""
    return list(content["metrics"].get("closeups", {}))


def own_dimension(content: Content, name: str) -> str:
    """The key of the dimension a metric claims, or of the first one where it claims none that was asked."""
    keys = [key for key, _ in dimensions(content)]
    claims = next((row["targets"] for _, _, row, _ in _rows(content, name)), None)
    return str(claims) if claims in keys else keys[0]


def answer(content: Content, name: str) -> str:
    """The page's first screen, in sentences: what the metric claims, and how well it does there."""
    own = own_dimension(content, name)
    found = next(((label, row) for key, label, row, _ in _rows(content, name) if key == own), None)
    if found is None:
        return "No rating can be set against this metric yet."
    label, row = found
    says = f"It claims {label.lower()}. " if row["targets"] == own else "It claims none of the questions. "
    auc = row["auc"]
    if auc["value"] is None:
        return says + str(auc["reason"])
    return (
        f"{says}On {label.lower()} its AUC is {with_interval(auc)}, over {plural(auc['n'], 'preference')}."
        f" {row['worth_sentence']}"
    )


def sections(content: Content, place: int) -> tuple[Section, ...]:
    """The page of metric number ``place``: ruler and ROC, then one section per dimension; chart keys carry the number."""
    name = labels(content)[place]
    rows = _rows(content, name)
    near = content["metrics"]["closeups"][name]
    whole = tuple(chart for chart in (_ruler(place, rows), _roc(place, name, rows)) if chart)
    first = Section("whole", "How well does it foretell preferences?", (), whole)
    return (
        *([first] if whole else []),
        *(_dimension(place, key, label, row, near[key]) for key, label, row, _ in rows),
    )


def _rows(content: Content, name: str) -> Rows:
    """(key, label, this metric's row, the human ruler) of every dimension that could be analysed."""
    return [
        (key, label, row, aligned["rating"]["ruler"])
        for key, label, aligned in defined(content, "alignment")
        for row in aligned["rating"]["metrics"]
        if row["label"] == name
    ]


def _ruler(place: int, rows: Rows) -> Chart | None:
    writer = TableWriter(
        f"ruler-{place}",
        "AUC by dimension, with that of other raters",
        "Dimension",
        "AUC",
        "95 % interval",
        "Preferences",
        "1 rater",
        "2 raters",
        "3 raters",
        "all",
    )
    panels, said = [], []
    for _, label, row, human in rows:
        ticks = [human["ticks"].get(k) for k in ("1", "2", "3")]
        writer.row(label, row["auc"], writer.interval(row["auc"]), row["auc"]["n"], *ticks, human["ceiling"])
        panels.append((label, [dot_row(row["name"], row["auc"])], human_ticks(human)))
        if row["worth"] is not None:
            said.append(
                f"{row['worth']:.1f} on {label.lower()}" if row["worth"] else f"none on {label.lower()}"
            )
    if not any(dot for _, dots_, _ in panels for dot in dots_):
        return None
    reading = (
        f"In other raters it is worth {listed(said)}."
        if said
        else "It foretells at least as well as all the other raters of a comparison together."
    )
    return Chart(
        f"ruler-{place}",
        "The ruler: how many raters it is worth",
        reading,
        ruler(panels),
        writer.done(),
        RULER,
    )


def _roc(place: int, name: str, rows: Rows) -> Chart | None:
    curves = [(label, row["roc"]) for _, label, row, _ in rows if row["roc"]]
    if not curves:
        return None
    writer = TableWriter(
        f"roc-{place}",
        "Share of preferences for A called A, where so many for B are called A too",
        "Preferences for B called A",
        *[label for label, _ in curves],
    )
    for step in range(0, 11):
        at = step / 10
        writer.row(number(at, 1), *[number(_height(points, at), 2) for _, points in curves])
    best, area = max(
        ((label, row["auc"]) for _, label, row, _ in rows if row["roc"]), key=lambda x: x[1]["value"]
    )
    reading = f"{name} bends furthest from the diagonal, which is a coin's, on {best.lower()} (AUC {with_interval(area)})."
    how = (
        "For every threshold on Δ: of the preferences for A, the share above it (up), and of those for B, the share"
        " above it (right). Every preference counts also with A and B exchanged, so the curve is its own mirror image."
    )
    return Chart(f"roc-{place}", "ROC", reading, roc(curves), writer.done(), how)


def _height(points: list[list[float]], at: float) -> float:
    """The true positive rate where the false positive rate is ``at``, between two points of the curve."""
    before = max((point for point in points if point[0] <= at), key=lambda point: (point[0], point[1]))
    after = min((point for point in points if point[0] >= at), key=lambda point: (point[0], point[1]))
    if after[0] <= before[0]:
        return before[1]
    return before[1] + (after[1] - before[1]) * (at - before[0]) / (after[0] - before[0])


def _dimension(place: int, key: str, label: str, row: dict[str, Any], near: dict[str, Any]) -> Section:
    auc = row["auc"]
    said = (
        f"AUC {with_interval(auc)}, over {plural(auc['n'], 'preference')}. {row['worth_sentence']}"
        if auc["value"] is not None
        else str(auc["reason"])
    )
    missing = row["units"] - row["scored"]
    if missing:
        said += f" {plural(missing, 'comparison')} of {row['units']:,} lack a score and stay out."
    charts = (_points(place, key, label, near["points"]), _sizes(place, key, label, row["by_size"]))
    return Section(key, label, (said,), tuple(chart for chart in charts if chart))


def _points(place: int, key: str, label: str, points: list[dict[str, Any]]) -> Chart | None:
    if not points:
        return None
    writer = TableWriter(
        f"points-{place}-{key}", "Comparisons by Δ and mean vote", "Δ", "Mean vote", "Comparisons", text=0
    )
    for point in points:
        writer.row(point["delta"], number(point["vote"], 2), point["n"])
    total = sum(p["n"] for p in points)
    right = sum(p["n"] for p in points if p["delta"] * p["vote"] > 0)
    wrong = sum(p["n"] for p in points if p["delta"] * p["vote"] < 0)
    reading = (
        f"Of {plural(total, 'comparison')}, {right:,} lie where metric and people agree (top right, bottom left) and"
        f" {wrong:,} where they part."
    )
    how = (
        "One dot for all comparisons with about the same Δ (48 steps over its range) and mean vote (twelfths); its"
        " area is their number. Mean vote: +1 where all raters preferred A, −1 where all preferred B."
    )
    title = f"{label}: difference against net vote"
    return Chart(f"points-{place}-{key}", title, reading, scatter(points), writer.done(), how)


def _sizes(place: int, key: str, label: str, bins: list[dict[str, Any]]) -> Chart | None:
    if not bins:
        return None
    sizes = TableWriter(
        f"sizes-{place}-{key}",
        "Agreement by size of difference",
        "|Δ|",
        "Comparisons",
        "Preferences",
        "Called right",
        "95 % interval",
    )
    rows = []
    for part in bins:
        span = f"{part['low']:.3f} to {part['high']:.3f}"
        agreed = part["agreement"]
        sizes.row(span, part["units"], agreed["n"], agreed, sizes.interval(agreed))
        rows.append(dot_row(span, agreed))
    spec = dots(rows, "share of preferences called right", domain=(0.0, 1.0), lines=[(0.5, "coin")])
    how = (
        "Comparisons in fifths by |Δ|, fewer where differences coincide. Dots: the share of preferences on the side of"
        " the better score; no difference counts half. Lines: 95 % interval, jackknife-t over animations."
    )
    title = f"{label}: agreement by size of difference"
    return Chart(f"sizes-{place}-{key}", title, _size_reading(bins), spec, sizes.done(), how)


def _size_reading(bins: list[dict[str, Any]]) -> str:
    least, most = bins[0]["agreement"]["value"], bins[-1]["agreement"]["value"]
    if len(bins) < 2 or least is None or most is None:
        return "All its differences are of one size, so none can be told from small ones."
    words = (
        f"it calls {least:.0%} of preferences right where it sees least difference and {most:.0%} where most"
    )
    sound = "As a sound metric should, " if most > least else "Other than in a sound metric, "
    return f"{sound}{words}.".replace("%", " %")
