"""From the analysis document to the report as it is read."""

from __future__ import annotations

from studies.models import Report, Study
from studies.reports.document import Document
from studies.reports.sections import (
    agreement,
    between,
    metrics,
    paper,
    perturbations,
    ranking,
    raters,
    validation,
)
from studies.reports.sections.common import Content

ORIGINS = {
    Study.Origin.OWN: "The ratings were given here.",
    Study.Origin.IMPORTED: "The ratings were imported.",
    Study.Origin.SIMULATED: "The ratings are simulated: no person gave them.",
}


def compose(report: Report) -> Document:
    content: Content = report.content
    study = content["study"]
    sections = [
        agreement.section(content),
        paper.section(content),
        metrics.section(content),
        between.joint(content),
        perturbations.section(content),
        validation.section(content),
        between.section(content),
        ranking.section(content),
        raters.section(content),
        raters.bias(content),
    ]
    return Document(
        title=study["title"],
        simulated=made_up(study),
        origin=f"{ORIGINS[study['origin']]} {study['origin_note']}".strip(),
        answers=(
            ("Do people agree?", agreement.answer(content)),
            ("May a metric stand in for them?", metrics.answer(content)),
            ("Whose ratings are these?", raters.answer(content)),
        ),
        sections=tuple(section for section in sections if section is not None),
        settings=_settings(report),
    )


def made_up(study: Content) -> str:
    """What is made up, in words for a caption; empty where nothing is."""
    if study["origin"] == Study.Origin.SIMULATED:
        return "simulated ratings"
    return "synthetic systems" if study["simulated"] else ""


def _settings(report: Report) -> tuple[tuple[str, str], ...]:
    settings = report.content["settings"]
    parameters = ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in settings["parameters"].items()
    )
    return (
        ("Data digest", settings["data_digest"]),
        ("Design hash", settings["design_hash"] or "none: the study is not launched"),
        ("Report digest", report.content_digest),
        ("Parameters", parameters),
        ("Versions", ", ".join(f"{name} {version}" for name, version in settings["versions"].items())),
        ("Made again by", settings["command"]),
    )
