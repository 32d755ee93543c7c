"""Who is in the data, who was left out and why, and what that changed."""

from __future__ import annotations

from studies.reports.document import Section, Table, TableWriter, plural
from studies.reports.sections.common import Content, defined


def section(content: Content) -> Section:
    data = content["data"]
    excluded = data["excluded"]
    sentences = [
        f"{plural(data['raters'], 'rater')} gave {plural(data['ratings'], 'rating')} on"
        f" {plural(data['units'], 'comparison')}"
        f" of {plural(len(data['systems']), 'system')} and {plural(data['animations'], 'animation')},"
        f" in {plural(data['blocks'], 'block')}.",
        f"{plural(len(excluded), 'sitting was', 'sittings were')} excluded."
        if excluded
        else "No sitting was excluded.",
    ]
    if data["withdrawn"]:
        sentences.append(f"{plural(data['withdrawn'], 'participant')} withdrew; their ratings are not used.")
    if data["simulated_raters"]:
        sentences.append(f"{plural(data['simulated_raters'], 'rater is', 'raters are')} simulated.")
    tables: list[Table] = []
    if excluded:
        before = TableWriter(
            "exclusions-effect",
            "α before and after exclusions",
            "Dimension",
            "Before",
            "95 % interval",
            "After",
            "95 % interval ",
        )
        for _, label, agreed in defined(content, "agreement"):
            if "before_exclusions" in agreed:
                first, second = agreed["before_exclusions"]["headline"], agreed["headline"]
                before.row(label, first, before.interval(first), second, before.interval(second))
        reasons = TableWriter("exclusions", "Excluded sittings", "Rater", "Reason", text=2)
        for row in excluded:
            reasons.row(row["rater"], row["reason"])
        tables = [before.done(), reasons.done()]
    return Section("raters", "Whose ratings are these?", tuple(sentences), tuple(tables))
