"""The published figures beside ours, for imported ratings."""

from __future__ import annotations

from typing import Any

from studies.reports.document import Section, TableWriter, number
from studies.reports.sections.common import Content, defined

SOURCE = "Animation2Code, arXiv 2606.28593 (June 2026)"
PUBLISHED = {"overall": (0.81, 600, 65), "appearance": (0.81, 600, 65), "motion": (0.73, 600, 65)}


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
        "α in the paper's coding",
        "α, swap-invariant ordinal",
        "95 % interval",
        "Coin flips in the paper's coding",
        "Comparisons: published, here",
        "Raters: published, here",
    )
    same = True
    for key, label, agreed in found:
        alpha, units, raters = PUBLISHED[key]
        paper: dict[str, Any] = next(row for row in agreed["codings"] if row["key"] == "paper")
        same = (
            same
            and paper["estimate"]["value"] is not None
            and f"{paper['estimate']['value']:.2f}" == f"{alpha:.2f}"
        )
        writer.row(
            label,
            number(alpha, 2),
            paper["estimate"],
            agreed["headline"],
            writer.interval(agreed["headline"]),
            paper["coin_flip"]["mean"],
            f"{units}, {agreed['units']}",
            f"{raters}, {agreed['raters']}",
        )
    verdict = (
        "Coded as in the paper, these ratings give the published agreement to both printed digits."
        if same
        else "Coded as in the paper, these ratings do not give the published agreement: they are other ratings."
    )
    why = (
        "The paper's coding pools the winners' names, which makes chance agreement look rare: each comparison"
        " admits only two of"
        " the names. Coin-flip raters on this design reach the value in the last column but two, not 0."
    )
    return Section("paper", "Compare with the paper", (verdict, why), (writer.done(),))
