"""Are the questions different ones, and do the metrics keep them apart?"""

from __future__ import annotations

from typing import Any

from studies.reports.charts.dots import dot_row, dots
from studies.reports.document import (
    Chart,
    Section,
    Table,
    TableWriter,
    chance,
    listed,
    number,
    plural,
    with_interval,
)
from studies.reports.sections.common import Content, dimensions, standing

MANY = 6  # rows; longer tables are folded
METHOD = (
    "The correlation of two dimensions knows no orientation: Σxy/√(Σx²Σy²), over ratings, and over"
    " comparisons' means.",
    "The conflict subset holds the ratings in which one person's answers on appearance and motion point"
    " opposite ways: only"
    " there can one tell which of the two an overall answer, or a metric, follows.",
)
JOINT_METHOD = (
    "Logistic regression of preferences on the metrics' differences, without intercept, scaled without"
    " centring, so that"
    " exchanging A and B changes nothing. Coefficients are log-odds per root-mean-square Δ, with"
    " cluster-robust standard"
    " errors; AUC and log-loss are out of fold, folds being whole animations. A coin has a log-loss of 0.6931.",
)


def section(content: Content) -> Section:
    title = "Are these different questions?"
    part = content["between"]
    if "undefined" in part:
        return Section("between", title, (part["undefined"],))
    labels = dict(dimensions(content))
    sentences = [_pair_sentence(pair, labels) for pair in part["pairs"]]
    parts: list[Table | Chart] = [_pairs(part["pairs"], labels)]
    if conflict := part.get("conflict"):
        sentences.append(_conflict_sentence(conflict, labels))
        parts += _conflict(conflict, labels)
    return Section("between", title, tuple(sentences), tuple(parts), METHOD, standing(content, "between"))


def _pair_sentence(pair: dict[str, Any], labels: dict[str, str]) -> str:
    first, second = labels[pair["first"]], labels[pair["second"]].lower()
    correlation = pair["of_means"]
    if correlation["value"] is None:
        return f"{first} and {second}: {correlation['reason']}"
    return f"{first} and {second}: comparisons' mean answers correlate at {with_interval(correlation)}."


def _pairs(pairs: list[dict[str, Any]], labels: dict[str, str]) -> Table:
    writer = TableWriter(
        "dimension-pairs",
        "Two dimensions answered by the same raters on the same comparisons",
        "Dimensions",
        "Ratings",
        "Same answer",
        "Opposite",
        "Correlation",
        "95 % interval",
        "of means",
        "95 % interval ",
    )
    for pair in pairs:
        whole, means = pair["correlation"], pair["of_means"]
        writer.row(
            f"{labels[pair['first']]} – {labels[pair['second']].lower()}",
            pair["ratings"],
            pair["same"],
            pair["opposite"],
            whole,
            writer.interval(whole),
            means,
            writer.interval(means),
        )
    return writer.done()


def _conflict_sentence(conflict: dict[str, Any], labels: dict[str, str]) -> str:
    words = f"In {plural(conflict['ratings'], 'rating')} appearance and motion point opposite ways"
    said = []
    for key, (first, second) in conflict["follows"].items():
        if first["value"] is not None and second["value"] is not None:
            shares = f"appearance in {number(first['value'])} and motion in {number(second['value'])}"
            said.append(f"{labels[key].lower()} then follows {shares} of them")
    return words + (f"; {listed(said)}." if said else ".")


def _conflict(conflict: dict[str, Any], labels: dict[str, str]) -> list[Table | Chart]:
    writer = TableWriter(
        "conflict",
        "Where appearance and motion disagree",
        "Follows",
        "appearance",
        "95 % interval",
        "motion",
        "95 % interval ",
    )
    for key, (first, second) in conflict["follows"].items():
        writer.row(labels[key], first, writer.interval(first), second, writer.interval(second))
    parts: list[Table | Chart] = [writer.done("The rest said equal, and follows neither.")]
    if not conflict["auc"]:
        return parts
    behind = TableWriter(
        "conflict-metrics",
        "AUC of Δ for the side that appearance names",
        "Metric",
        "AUC",
        "95 % interval",
        "Ratings",
    )
    rows = []
    for name, auc in conflict["auc"].items():
        behind.row(name, auc, behind.interval(auc), auc["n"])
        rows.append(dot_row(name, auc))
    drawn = [row for row in rows if row]
    with_look = [row["label"] for row in drawn if row["value"] > 0.5]
    with_motion = [row["label"] for row in drawn if row["value"] < 0.5]
    said = [
        f"with {side} {'side' if len(names) > 1 else 'sides'} {listed(names)}"
        for names, side in ((with_look, "appearance"), (with_motion, "motion"))
        if names
    ]
    reading = (
        f"Where people's appearance and motion disagree, {' and '.join(said)}."
        if said
        else "No metric takes a side where appearance and motion disagree."
    )
    spec = dots(rows, "AUC for the side appearance names", domain=(0.0, 1.0), lines=[(0.5, "neither")])
    how = (
        "Ratings in which one person's answers on appearance and motion point opposite ways. Dots are the AUC of Δ"
        " for the side that appearance names: above 0.5 a metric sides with appearance, below with motion. Lines:"
        " 95 % interval, bootstrap over animations."
    )
    parts.append(Chart("conflict-metrics", "Which side metrics take", reading, spec, behind.done(), how))
    return parts


def joint(content: Content) -> Section | None:
    """Several metrics at once; None where there are no metrics, for the metrics' own section says so."""
    part = content["metrics"]
    if "undefined" in part:
        return None
    labels = dict(dimensions(content))
    sentences = []
    coefficients = TableWriter(
        "joint", "The joint model", "Dimension", "Metric", "Log-odds per RMS Δ", "95 % interval", "p", text=2
    )
    fit = TableWriter(
        "joint-fit",
        "How well the joint model foretells preferences it has not seen",
        "Dimension",
        "AUC",
        "95 % interval",
        "Log-loss",
        "Folds",
    )
    for key, model in part["joint"].items():
        if "undefined" in model:
            sentences.append(f"{labels[key]}: {model['undefined']}")
            continue
        auc = model["auc"]
        sentences.append(
            f"{labels[key]}: together the metrics reach AUC {with_interval(auc)} out of fold."
            if auc["value"] is not None
            else f"{labels[key]}: {auc['reason']}"
        )
        for row in model["coefficients"]:
            coefficients.row(
                labels[key], row["label"], row["value"], coefficients.interval(row["value"]), chance(row["p"])
            )
        fit.row(labels[key], auc, fit.interval(auc), model["log_loss"], model["folds"])
    correlations = TableWriter(
        "correlations",
        "Correlation of two metrics over reconstructions",
        "Metrics",
        "Pearson",
        "95 % interval",
        "Spearman",
        "given the system",
        "given the animation",
        "given both",
        "Reconstructions",
    )
    for row in part["correlations"]:
        cells = [row["plain"], correlations.interval(row["plain"]), row["spearman"]]
        given = [row["given_system"], row["given_animation"], row["given_both"]]
        correlations.row(f"{row['first']} – {row['second']}", *cells, *given, row["plain"]["n"])
    leaning = TableWriter(
        "leanings",
        "AUC on a metric's own dimension minus AUC on another",
        "Metric",
        "Own",
        "Other",
        "Difference",
        "95 % interval",
        text=3,
    )
    for row in part["leanings"]:
        names = (row["label"], labels.get(row["own"], row["own"]), labels.get(row["other"], row["other"]))
        leaning.row(*names, row["difference"], leaning.interval(row["difference"]))
    overall = part["overall"]
    told = f"Mean diagonal minus mean off-diagonal: {with_interval(overall, 4)}"
    tables = (
        leaning.done(told if told.endswith(".") else told + ".", folded=len(part["leanings"]) > MANY),
        correlations.done(folded=len(part["correlations"]) > MANY),
        coefficients.done(),
        fit.done(),
    )
    return Section(
        "joint",
        "Do the metrics say different things?",
        tuple(sentences),
        tables,
        JOINT_METHOD,
        standing(content, "joint"),
    )
