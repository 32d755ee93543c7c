"""The tables behind “May a metric stand in for people?”: every number of every metric."""

from __future__ import annotations

from typing import Any

from studies.reports.document import Table, TableWriter, chance, number, percent, plural
from studies.reports.sections.common import Content

Found = list[tuple[str, str, dict[str, Any]]]


def rows_of(aligned: dict[str, Any], level: str = "rating") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = aligned[level]["metrics"]
    return rows


def most_raters(rating: dict[str, Any]) -> int:
    """The largest number of other raters on the ruler; 0 where there is none, or all foretell no better than a coin."""
    ticks = {
        int(k): tick["value"] for k, tick in rating["ruler"]["ticks"].items() if tick["value"] is not None
    }
    return max(ticks) if max(ticks.values(), default=0.0) > 0.5 else 0


def table(label: str, key: str, aligned: dict[str, Any]) -> Table:
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
    for row in rows_of(aligned):
        whole = next(other for other in rows_of(aligned, "majority") if other["label"] == row["label"])
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
        for row in rows_of(aligned)
        if row["flip_rate"] and row["flip_rate"]["value"] is not None
    ]
    return writer.done(references, *flips)


def choices(found: Found) -> Table:
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
        for row in rows_of(aligned):
            each = (row["correct"], row["two_afc"], row["different_similar"])
            writer.row(label, row["label"], *(x for one in each for x in (one, writer.interval(one))))
        human.append(f"{label.lower()} {_or_reason(aligned['rating']['human_2afc'])}")
    return writer.done(f"2AFC of one human against the rest, unbiased: {', '.join(human)}.", folded=True)


def with_ties(found: Found) -> Table:
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
        for row in rows_of(aligned):
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


def ranks(found: Found) -> Table:
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
        for row in rows_of(aligned):
            tau, rho, systems = row["kendall"], row["spearman"], row["systems"]
            comparisons = (tau, writer.interval(tau), rho, writer.interval(rho), tau["n"])
            of_systems = (systems["pearson"], systems["spearman"], systems["kendall"], len(systems["points"]))
            writer.row(label, row["label"], *comparisons, *of_systems)
    return writer.done("Systems are few, so their correlations have no intervals.", folded=True)


def _or_reason(estimate: dict[str, Any]) -> str:
    return number(estimate["value"]) if estimate["value"] is not None else f"undefined ({estimate['reason']})"


def differences(found: Found) -> Table:
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


def coverage(content: Content) -> Table:
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


def _worth(row: dict[str, Any], rating: dict[str, Any]) -> str | None:
    if row["auc"]["value"] is None or not most_raters(rating):
        return None
    return number(row["worth"], 1) if row["worth"] is not None else f"{most_raters(rating)} or more"
