"""Whose ratings are these, who was left out and why, and does anything but quality move their answers?"""

from __future__ import annotations

from typing import Any

from studies.reports.document import Section, Table, TableWriter, chance, listed, number, percent, plural
from studies.reports.sections.common import Content, defined, reasons, standing

METHOD = (
    "Agreement of a rater is the share of ratings that equal the one most frequent answer of the others."
    " Influence is α"
    " without the rater minus α with: above 0, the study agrees better without. Side q-values are"
    " Benjamini–Hochberg's"
    " across raters. Signs are reasons to look at a rater's page, not verdicts.",
)
COMPARED = {
    "headline": "swap-invariant ordinal α",
    "ac1": "Gwet's AC1, sides exchanged",
    "raw_agreement": "raw agreement of two raters",
    "tie_rate": "answers “equal”",
    "leave_one_out": "foretold by the others",
    "ceiling": "human ceiling, AUC",
}
BIAS_METHOD = (
    "Each test leaves out one rater at a time; p-values are corrected together (Holm). Thirds are thirds of"
    " each sitting.",
)


def section(content: Content) -> Section:
    sentences = _sample(content)
    signs = _signed(content)
    if signs:
        sentences.append(
            f"{plural(len(signs), 'rater shows', 'raters show')} signs worth a look: {listed(signs[:12])}."
        )
    tables = [*_exclusions(content), *(_table(*one) for one in defined(content, "raters"))]
    return Section("raters", "Whose ratings are these?", tuple(sentences), tuple(tables), METHOD)


def _sample(content: Content) -> list[str]:
    data = content["data"]
    excluded = data["excluded"]
    sentences = [
        f"{plural(data['raters'], 'rater')} gave {plural(data['ratings'], 'rating')} on"
        f" {plural(data['units'], 'comparison')} of {plural(len(data['systems']), 'system')} and"
        f" {plural(data['animations'], 'animation')}, in {plural(data['blocks'], 'block')}.",
        f"{plural(len(excluded), 'sitting was', 'sittings were')} excluded."
        if excluded
        else "No sitting was excluded.",
    ]
    if data["withdrawn"]:
        sentences.append(f"{plural(data['withdrawn'], 'participant')} withdrew; their ratings are not used.")
    if data["simulated_raters"]:
        sentences.append(f"{plural(data['simulated_raters'], 'rater is', 'raters are')} simulated.")
    return sentences


def answer(content: Content) -> str:
    """The report's third answer: the sample."""
    return " ".join(_sample(content))


def _signed(content: Content) -> list[str]:
    found = (
        row["rater"] for _, _, part in defined(content, "raters") for row in part["rows"] if row["signs"]
    )
    return sorted(set(found))


def _exclusions(content: Content) -> list[Table]:
    excluded = content["data"]["excluded"]
    if not excluded:
        return []
    before = TableWriter(
        "exclusions-effect",
        "Before and after exclusions",
        "Dimension",
        "Measure",
        "Before",
        "95 % interval",
        "Raters",
        "After",
        "95 % interval ",
        "Raters ",
        text=2,
    )
    for _, label, agreed in defined(content, "agreement"):
        whole = agreed.get("before_exclusions", {})
        for name, words in COMPARED.items():
            if name in whole:
                first, second = whole[name], agreed[name]
                cells = [first, before.interval(first), whole["raters"]]
                before.row(label, words, *cells, second, before.interval(second), agreed["raters"])
    why = TableWriter("exclusions", "Excluded sittings, each with its reason", "Rater", "Reason", text=2)
    for row in excluded:
        why.row(row["rater"], row["reason"])
    return [before.done(), why.done()]


def _table(key: str, label: str, part: dict[str, Any]) -> Table:
    writer = TableWriter(
        f"raters-{key}",
        f"{label}: every rater",
        "Rater",
        "Ratings",
        "Agreement",
        "Influence",
        "Equal",
        "Left",
        "Left q",
        "Longest run",
        "Median seconds",
        "Change per trial",
        "Checks passed",
        "Signs",
    )
    for row in part["rows"]:
        checks = row["checks"]
        writer.row(
            row["rater"],
            row["ratings"],
            row["agreement"],
            row["influence"],
            percent(row["tie_rate"]),
            percent(row["left_rate"]["value"]),
            chance(row["left_q"]),
            row["longest_run"],
            None if row["median_ms"] is None else number(row["median_ms"] / 1000, 1),
            row["slope"]["value"],
            f"{checks['passed']} of {checks['shown']}" if checks else None,
            "; ".join(row["signs"]) or None,
        )
    return writer.done(folded=True)


def bias(content: Content) -> Section:
    title = "Does anything but quality move the answers?"
    found = defined(content, "bias")
    if not found:
        return Section("bias", title, tuple(reasons(content, "bias")))
    sentences = []
    tables = []
    for key, label, report in found:
        moved = [test for test in report["tests"] if test["p_holm"] is not None and test["p_holm"] < 0.05]
        sentences.append(
            f"{label}: {listed([test['question'].rstrip('?.') for test in moved])} – yes, beyond chance."
            if moved
            else f"{label}: no test finds more than chance after correction."
        )
        writer = TableWriter(
            f"bias-{key}",
            f"{label}: tests of bias",
            "Question",
            "Estimate",
            "95 % interval",
            "Without bias",
            "p",
            "p (Holm)",
        )
        for test in report["tests"]:
            estimate = test["estimate"]
            writer.row(
                test["question"],
                estimate,
                writer.interval(estimate),
                test["null"],
                chance(test["p"]),
                chance(test["p_holm"]),
            )
        tables.append(writer.done(folded=len(found) > 1))
    notes = dict.fromkeys(note for _, _, report in found for note in report["notes"])
    return Section("bias", title, (*sentences, *notes), tuple(tables), BIAS_METHOD, standing(content, "bias"))
