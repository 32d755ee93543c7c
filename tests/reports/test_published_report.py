"""Every published figure of the study, to four decimals, as the report itself prints it."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from studies.models import Study
from studies.reports.compose import compose
from studies.reports.document import tables_of
from tests.analysis.conftest import DIMENSIONS
from tests.analysis.test_published_agreement import CODINGS, POINTS

INTERVALS = {"low": (0.6349, 0.6371, 0.4838), "high": (0.7622, 0.7355, 0.6001)}
NU = (0.1790, 0.1869, 0.2592)
STRENGTHS = {
    "overall": {"gpt": 1.5039, "claude": 0.9851, "gemini": 0.9152, "qwen3vl": -1.5070, "llama": -1.8972},
    "motion": {"gemini": 0.7604, "claude": 0.6885},
}


def four(value: float) -> float:
    return round(value, 4)


@pytest.mark.django_db
def test_the_report_prints_every_published_figure(paper: Study):
    out = StringIO()
    call_command("report", "paper", "--format", "json", stdout=out, stderr=StringIO())
    report = json.loads(out.getvalue())
    for place, key in enumerate(DIMENSIONS):
        agreed = report["agreement"][key]
        codings = {row["key"]: row for row in agreed["codings"]}
        for coding, figures in CODINGS.items():
            assert four(codings[coding]["estimate"]["value"]) == figures[place], (coding, key)
            assert codings[coding]["coin_flip"]["mean"] is not None
        for name, figures in POINTS.items():
            assert four(agreed[name]["value"]) == figures[place], (name, key)
        for end, figures in INTERVALS.items():
            assert four(agreed["headline"][end]) == figures[place]
        assert four(report["ranking"][key]["tie_parameter"]["value"]) == NU[place]
    for key, strengths in STRENGTHS.items():
        found = {row["system"]: row["strength"]["value"] for row in report["ranking"][key]["systems"]}
        assert {name: four(found[name]) for name in strengths} == strengths
    ruler = report["agreement"]["overall"]["ruler"]
    ticks = [four(ruler["ticks"][k]["value"]) for k in "123"]
    assert (*ticks, four(ruler["ceiling"]["value"])) == (0.8660, 0.9155, 0.9304, 0.9221)
    flips = next(r for r in report["agreement"]["overall"]["codings"] if r["key"] == "paper")["coin_flip"]
    assert (round(flips["mean"], 3), flips["sd"]) == (0.375, pytest.approx(0.013, abs=0.001))
    conflict = report["between"]["conflict"]
    assert conflict["ratings"] == 301
    assert [four(share["value"]) for share in conflict["follows"]["overall"]] == [0.5847, 0.3621]
    side = report["bias"]["overall"]["tests"][0]["estimate"]
    assert (side["n"], four(side["value"])) == (888 + 953, four(888 / (888 + 953)))
    printed = {
        cell
        for table in tables_of(compose(paper.reports.get()).sections)
        for row in table.rows
        for cell in row
    }
    for figures in (*CODINGS.values(), *POINTS.values(), NU[:0]):
        assert {f"{figure:.4f}" for figure in figures} <= printed
