"""Do people agree?"""

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
    percent,
    plural,
    with_interval,
)
from studies.reports.sections.common import Content, defined, reasons, standing

MEASURES = (
    ("ac1", "Gwet's AC1, sides exchanged"),
    ("ac1_shown", "Gwet's AC1, as shown"),
    ("raw_agreement", "Raw agreement of two raters"),
    ("tie_rate", "Answers “equal”"),
    ("unanimous", "Comparisons with one answer only"),
    ("strict_majority", "Comparisons with a strict majority"),
    ("leave_one_out", "A rating foretold by the others' most frequent answer"),
    ("two_afc", "One human against the rest (2AFC)"),
    ("ceiling", "Human ceiling: AUC of the others' mean answer"),
    ("ceiling_shown", "Human ceiling, as shown"),
)
METHOD = (
    "Krippendorff's α compares the disagreement within comparisons with the disagreement expected from the"
    " same answers"
    " dealt out at random: 1 is perfect, 0 is chance. Answers are recoded to “the first-named system wins”"
    " (+1, 0, −1)"
    " and taken as ordered.",
    "Which system is named first is arbitrary, so every category total is replaced by the mean of itself and"
    " its mirror"
    " image: the result is then the same whichever way round a comparison is written (swap-invariant).",
    "The interval is a jackknife-t over blocks, because raters and comparisons of one block hang together."
    " Bootstraps over"
    " comparisons or animations are narrower than the truth when raters differ, and stand beside it for comparison.",
    "“Coin flips” is what the same coding gives raters who toss coins on the very same design: a coding that"
    " pools the"
    " winners' names gives them far more than 0.",
)


def section(content: Content) -> Section:
    found = defined(content, "agreement")
    if not found:
        return Section("agreement", "Do people agree?", tuple(reasons(content, "agreement")))
    return Section(
        "agreement",
        "Do people agree?",
        tuple(_sentence(label, agreed) for _, label, agreed in found),
        (_picture(found), codings(found), _intervals(found), _measures(found), *_parts(found)),
        (*METHOD, *dict.fromkeys(note for _, _, agreed in found for note in agreed["notes"])),
        standing(content, "agreement"),
    )


def _sentence(label: str, agreed: dict[str, Any]) -> str:
    headline = agreed["headline"]
    if headline["value"] is None:
        return f"{label}: {headline['reason']}"
    words = f"{label}: raters agree at α = {with_interval(headline)}, over {headline['n']:,} comparisons."
    probability = agreed["at_least"].get("0.667")
    if probability is not None:
        words += f" That α reaches the customary 0.667 has probability {chance(probability, 2)}."
    words += f" {agreed['needed']['sentence']}"
    return words


def _picture(found: list[tuple[str, str, dict[str, Any]]]) -> Chart:
    writer = TableWriter(
        "alpha", "Swap-invariant ordinal α", "Dimension", "α", "95 % interval", "Comparisons", "Ratings"
    )
    for _, label, agreed in found:
        headline = agreed["headline"]
        writer.row(label, headline, writer.interval(headline), agreed["units"], agreed["ratings"])
    rows = [dot_row(label, agreed["headline"]) for _, label, agreed in found]
    shown = [row for row in rows if row]
    if not shown:
        reading = "No dimension has an α to draw."
    else:
        best = max(shown, key=lambda row: row["value"])
        least = min(shown, key=lambda row: row["value"])
        reading = (
            f"People agree most about {best['label'].lower()} (α {best['value']:.2f}) and least about"
            f" {least['label'].lower()} (α {least['value']:.2f})."
            if len(shown) > 1
            else f"People agree about {best['label'].lower()} at α {best['value']:.2f}."
        )
    lowest = min([0.0, *(row["low"] for row in shown)])
    lines = [(0.0, "coin flips"), (0.667, "0.667"), (0.8, "0.8")]
    spec = dots(rows, "Krippendorff's α (ordinal, swap-invariant)", domain=(lowest, 1.0), lines=lines)
    return Chart("alpha", "Agreement by dimension", reading, spec, writer.done(), _how(found))


def _how(found: list[tuple[str, str, dict[str, Any]]]) -> str:
    agreed = found[0][2]
    flips = agreed["codings"][0]["coin_flip"]
    return (
        f"Dots are swap-invariant ordinal α, lines its 95 % interval ({agreed['headline']['method']})."
        f" Coin flips: the mean α of {flips['replicates']} simulated studies on the same design whose raters toss coins."
        " The marks 0.667 and 0.8 are Krippendorff's customary thresholds for tentative and for firm conclusions."
    )


def codings(found: list[tuple[str, str, dict[str, Any]]]) -> Table:
    head = [words for _, label, _ in found for words in (label, "coin flips")]
    writer = TableWriter(
        "codings", "α under every coding, beside what coin-flip raters get under it", "Coding", *head
    )
    for place, row in enumerate(found[0][2]["codings"]):
        cells: list[Any] = []
        for _, _, agreed in found:
            same = agreed["codings"][place]
            cells += [same["estimate"], same["coin_flip"]["mean"]]
        writer.row(row["label"], *cells)
    return writer.done()


def _intervals(found: list[tuple[str, str, dict[str, Any]]]) -> Table:
    kinds = list(found[0][2]["intervals"])
    writer = TableWriter(
        "intervals",
        "The headline α under each kind of interval, and how likely it reaches the customary marks",
        "Dimension",
        "α",
        *kinds,
        "P(α ≥ 0.667)",
        "P(α ≥ 0.8)",
    )
    for _, label, agreed in found:
        each = [writer.interval(agreed["intervals"][kind]) for kind in kinds]
        marks = [chance(agreed["at_least"].get(mark)) for mark in ("0.667", "0.8")]
        writer.row(label, agreed["headline"], *each, *marks)
    return writer.done(f"The chosen interval is the {found[0][2]['interval']}.")


def _measures(found: list[tuple[str, str, dict[str, Any]]]) -> Table:
    writer = TableWriter(
        "measures",
        "Other measures of agreement, and how far people foretell people",
        "Measure",
        *[words for _, label, _ in found for words in (label, "95 % interval")],
    )
    for key, words in MEASURES:
        cells: list[Any] = []
        for _, _, agreed in found:
            cells += [agreed[key], writer.interval(agreed[key])]
        writer.row(words, *cells)
    for k in ("1", "2", "3"):
        cells = []
        for _, _, agreed in found:
            tick = agreed["ruler"]["ticks"][k]
            cells += [tick, writer.interval(tick)]
        writer.row(f"AUC of {k} other rater{'s' if k != '1' else ''}", *cells)
    return writer.done(
        "The human ceiling counts each rating also with A and B exchanged; it is a point estimate."
    )


def _parts(found: list[tuple[str, str, dict[str, Any]]]) -> list[Table]:
    tables = []
    for key, name, title in (
        ("per_pair", "Pair of systems", "each pair of systems"),
        ("per_block", "Block", "each block"),
    ):
        writer = TableWriter(
            key,
            f"Agreement within {title}",
            name,
            "Comparisons",
            "Ratings",
            *[words for _, label, _ in found for words in (f"{label}: α", "raw")],
        )
        for place, row in enumerate(found[0][2][key]):
            cells: list[Any] = []
            for _, _, agreed in found:
                rows = agreed[key]
                same = rows[place] if place < len(rows) and rows[place]["label"] == row["label"] else None
                cells += [same["alpha"], same["raw_agreement"]] if same else [None, None]
            writer.row(row["label"], row["units"], row["ratings"], *cells)
        tables.append(writer.done(folded=True))
    return tables


def answer(content: Content) -> str:
    """The report's first answer: how far people agree on each question, in the customary words."""
    found = [
        (label, agreed)
        for _, label, agreed in defined(content, "agreement")
        if agreed["headline"]["value"] is not None
    ]
    if not found:
        why = [agreed["headline"]["reason"] for _, _, agreed in defined(content, "agreement")]
        return " ".join(dict.fromkeys([*why, *reasons(content, "agreement")]))
    said: dict[str, list[str]] = {}
    for label, agreed in found:
        verdict = _verdict(agreed["headline"])
        said.setdefault(verdict, []).append(f"{label.lower()} α = {with_interval(agreed['headline'])}")
    words = "; ".join(f"{verdict} on {listed(those)}" for verdict, those in said.items())
    ties = [percent(agreed["tie_rate"]["value"]) for _, agreed in found]
    n = max(agreed["headline"]["n"] for _, agreed in found)
    return (
        f"{words[:1].upper()}{words[1:]}, over {plural(n, 'comparison')}."
        f" “Equal” was the answer in {listed(ties)} of ratings."
    )


def _verdict(headline: dict[str, Any]) -> str:
    """Krippendorff's customary marks, held against the lower end of the interval."""
    least = headline["low"]
    if least is None:
        return "how surely cannot be said, without an interval,"
    if least >= 0.8:
        return "reliably"
    if least >= 0.667:
        return "well enough for tentative conclusions"
    if least <= 0:
        return "not beyond chance"
    if headline["value"] >= 0.667:
        return "probably well enough for tentative conclusions"
    return "beyond chance, below the customary 0.667,"
