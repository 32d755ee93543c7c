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
    chance,
    listed,
    number,
    percent,
    plural,
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
            *(_table(label, key, aligned) for key, label, aligned in found),
            _choices(found),
            _with_ties(found),
            _ranks(found),
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
    claimed = {row["targets"] for _, _, aligned in found for row in _rows(aligned)}
    for key, label, aligned in found:
        rows = sorted(_rows(aligned), key=lambda row: -(row["auc"]["value"] or 0.0))
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


def _table(label: str, key: str, aligned: dict[str, Any]) -> Table:
    writer = TableWriter(
        f"alignment-{key}",
        f"{label}: metrics against single ratings, and against majorities",
        "Metric",
        "AUC",
        "95 % interval",
        "Preferences",
        "Worth in raters",
        "AUC of majorities",
        "95 % interval ",
        "Majorities",
    )
    for row in _rows(aligned):
        whole = next(other for other in _rows(aligned, "majority") if other["label"] == row["label"])
        writer.row(
            row["label"],
            row["auc"],
            writer.interval(row["auc"]),
            row["auc"]["n"],
            _worth(row, aligned["rating"]),
            whole["auc"],
            writer.interval(whole["auc"]),
            whole["auc"]["n"],
        )
    rating, majority = aligned["rating"], aligned["majority"]
    references = (
        f"People at the level of ratings: ceiling {_or_reason(rating['reference'])}; of majorities: one rater"
        f" {_or_reason(majority['reference'])}."
    )
    flips = [
        f"{row['label']} changed its verdict with the order in {percent(row['flip_rate']['value'])} of"
        f" {plural(row['flip_rate']['n'], 'comparison')}; these count as equal."
        for row in _rows(aligned)
        if row["flip_rate"] and row["flip_rate"]["value"] is not None
    ]
    return writer.done(references, *flips)


def _most(rating: dict[str, Any]) -> int:
    """The largest number of other raters on the ruler; 0 where there is none, or all foretell no better than a coin."""
    ticks = {
        int(k): tick["value"] for k, tick in rating["ruler"]["ticks"].items() if tick["value"] is not None
    }
    return max(ticks) if max(ticks.values(), default=0.0) > 0.5 else 0


def _worth(row: dict[str, Any], rating: dict[str, Any]) -> str | None:
    if row["auc"]["value"] is None or not _most(rating):
        return None
    return number(row["worth"], 1) if row["worth"] is not None else f"{_most(rating)} or more"


def _choices(found: Found) -> Table:
    """Which side a metric takes, how often it is the right one, and whether it knows when there is none to take."""
    writer = TableWriter(
        "choices",
        "The side a metric takes: how often people took it, and whether it tells preferences from ties",
        "Dimension",
        "Metric",
        "Right side",
        "95 % interval",
        "2AFC",
        "95 % interval ",
        "Different or similar",
        "95 % interval  ",
        text=2,
    )
    human = []
    for _, label, aligned in found:
        for row in _rows(aligned):
            each = (row["correct"], row["two_afc"], row["different_similar"])
            writer.row(label, row["label"], *(x for one in each for x in (one, writer.interval(one))))
        human.append(f"{label.lower()} {_or_reason(aligned['rating']['human_2afc'])}")
    return writer.done(f"2AFC of one human against the rest, unbiased: {', '.join(human)}.", folded=True)


def _with_ties(found: Found) -> Table:
    writer = TableWriter(
        "tie-accuracy",
        "Accuracy with ties: a metric must call equal what people call equal",
        "Dimension",
        "Metric",
        "Accuracy",
        "95 % interval",
        "Chance level",
        "ε",
        "Ratings",
        text=2,
    )
    for _, label, aligned in found:
        for row in _rows(aligned):
            ties = row["tie_accuracy"]
            accuracy = ties["accuracy"]
            interval = writer.interval(accuracy)
            writer.row(
                label, row["label"], accuracy, interval, ties["chance"], ties["epsilon"], accuracy["n"]
            )
    return writer.done(
        "A metric says equal where |Δ| ≤ ε. Accuracy uses the ε that was best on other animations; ε as printed is the"
        " best on all. Chance is the larger of always equal and a coin: max(t, (1 − t)/2) for a share t of equal.",
        folded=True,
    )


def _ranks(found: Found) -> Table:
    writer = TableWriter(
        "rank-correlations",
        "Rank correlation of Δ with the net vote; and of systems' mean scores with their strengths",
        "Dimension",
        "Metric",
        "Kendall τ-b",
        "95 % interval",
        "Spearman",
        "95 % interval ",
        "Comparisons",
        "Systems: Pearson",
        "Spearman ",
        "Kendall",
        "n",
        text=2,
    )
    for _, label, aligned in found:
        for row in _rows(aligned):
            tau, rho, systems = row["kendall"], row["spearman"], row["systems"]
            comparisons = (tau, writer.interval(tau), rho, writer.interval(rho), tau["n"])
            of_systems = (systems["pearson"], systems["spearman"], systems["kendall"], len(systems["points"]))
            writer.row(label, row["label"], *comparisons, *of_systems)
    return writer.done("Systems are few, so their correlations have no intervals.", folded=True)


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
                chance(row["p"]),
                chance(row["p_holm"]),
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
    judges = [
        f"{judge['name']} {judge['version']}".rstrip()
        + f": {plural(judge['both_orders'], 'comparison')} judged in both orders, {judge['one_order']:,} in one only,"
        " which stay out."
        for judge in content["data"].get("judges", [])
    ]
    return writer.done(
        "Comparisons with a reconstruction that has no score stay out of that metric's rows.",
        *judges,
        folded=True,
    )


def answer(content: Content) -> str:
    """The report's second answer: the best metric of each question, in the raters it is worth."""
    said = []
    for _, label, aligned in defined(content, "alignment"):
        rows = [row for row in _rows(aligned) if row["auc"]["value"] is not None]
        if rows:
            best = max(rows, key=lambda row: row["auc"]["value"])
            what = f"{best['label']} (AUC {with_interval(best['auc'])}, n = {best['auc']['n']:,})"
            said.append(f"on {label.lower()} {what} {_in_place(best, aligned['rating'])}")
    if not said:
        rows = [row for _, _, aligned in defined(content, "alignment") for row in _rows(aligned)]
        why = [row["auc"]["reason"] for row in rows]
        return " ".join(dict.fromkeys([*why, *reasons(content, "alignment")]))
    words = "; ".join(said)
    return f"{words[:1].upper()}{words[1:]}."


def _in_place(row: dict[str, Any], rating: dict[str, Any]) -> str:
    most = _most(rating)
    if not most:
        return "cannot be set against raters"
    if row["worth"] is None:
        return f"foretells at least as well as {plural(most, 'other rater')}"
    if row["worth"] == 0:
        return "is worth no rater, being no better than a coin"
    if row["worth"] < 0.95:
        return f"is worth less than one other rater ({row['worth']:.1f})"
    return "is worth one other rater" if row["worth"] < 1.05 else f"is worth {row['worth']:.1f} other raters"
