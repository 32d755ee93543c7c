"""The published figures beside ours, for imported ratings."""

from __future__ import annotations

from typing import Any

from studies.reports.document import Section, TableWriter, listed, number
from studies.reports.sections.common import Content, defined

SOURCE = "Animation2Code, arXiv 2606.28593 (June 2026)"
PUBLISHED = {"overall": 0.81, "appearance": 0.81, "motion": 0.73}
COMPARISONS, RATERS = 600, 65


def section(content: Content) -> Section | None:
    """None for studies of one's own, and where no dimension has a published counterpart."""
    found = [one for one in defined(content, "agreement") if one[0] in PUBLISHED]
    if content["study"]["origin"] != "imported" or not found:
        return None
    writer = TableWriter(
        "paper",
        f"Published in {SOURCE}, and computed here",
        "Dimension",
        "Published α",
        "same coding, here",
        "coin flips in it",
        "swap-invariant α",
        "95 % interval",
    )
    same, flips = True, []
    for key, label, agreed in found:
        alpha = PUBLISHED[key]
        paper: dict[str, Any] = next(row for row in agreed["codings"] if row["key"] == "paper")
        here = paper["estimate"]["value"]
        same = same and here is not None and f"{here:.2f}" == f"{alpha:.2f}"
        chance = paper["coin_flip"]["mean"]
        if chance is not None:
            flips.append(f"{number(chance, 2)} on {label.lower()}")
        headline = agreed["headline"]
        writer.row(label, number(alpha, 2), paper["estimate"], chance, headline, writer.interval(headline))
    verdict = (
        "Coded as in the paper, these ratings give the published agreement to both printed digits."
        if same
        else "Coded as in the paper, these ratings do not give the published agreement: they are other ratings."
    )
    why = (
        "The paper's coding pools the winners' names, which makes chance agreement look rare: each comparison"
        f" admits only two of the names. Raters who toss coins on this design reach {listed(flips)}, not 0."
    )
    agreed = found[0][2]
    sizes = f"Published: {COMPARISONS} comparisons by {RATERS} raters; here: {agreed['units']:,} by {agreed['raters']:,}."
    return Section("paper", "Compare with the paper", (verdict, why, sizes), (writer.done(),))
