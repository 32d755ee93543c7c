"""manage.py report: the published figures, to four decimals, from the paper's own ratings."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from studies.models import Exclusion, Report, Sitting, Study
from studies.reports.compose import compose
from studies.reports.document import tables_of
from tests.factories import make_study, sit

pytestmark = pytest.mark.django_db

PUBLISHED = {
    "overall": (0.8126, 0.6985, 0.6349, 0.7622),
    "appearance": (0.8060, 0.6863, 0.6371, 0.7355),
    "motion": (0.7261, 0.5420, 0.4838, 0.6001),
}


def run(slug: str, *words: str) -> dict:
    out = StringIO()
    call_command("report", slug, "--format", "json", *words, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_it_prints_the_published_figures(paper: Study):
    report = run("paper")
    for key, figures in PUBLISHED.items():
        row = report["summary"][key]
        found = (row["paper_compatible_alpha"], row["swap_invariant_ordinal_alpha"], row["low"], row["high"])
        assert found == figures
        assert f"α = {figures[1]:.4f}" in row["sentence"]
        assert f"{figures[0]:.4f}" in row["sentence"]
    strengths = {
        row["system"]: round(row["strength"]["value"], 4) for row in report["ranking"]["overall"]["systems"]
    }
    assert strengths == {
        "gpt": 1.5039,
        "claude": 0.9851,
        "gemini": 0.9152,
        "qwen3vl": -1.5070,
        "llama": -1.8972,
    }


def test_it_says_why_there_is_no_metric_to_compare(paper: Study):
    report = run("paper", "--replicates", "100")
    assert "No reconstruction of this study has a score yet" in report["alignment"]["overall"]["undefined"]


def test_it_records_what_it_was_made_with(paper: Study):
    settings = run("paper", "--seed", "3", "--replicates", "50")["settings"]
    assert settings["design_hash"] == paper.design_hash
    assert len(settings["data_digest"]) == 64
    assert settings["parameters"]["seed"] == 3
    assert {"python", "numpy", "scipy", "analysis"} <= settings["versions"].keys()
    assert settings["command"] == "manage.py report paper --format json --seed 3 --replicates 50"


def test_the_same_data_give_the_same_report_bit_for_bit(paper: Study):
    first = run("paper", "--replicates", "200")
    Report.objects.all().delete()
    assert run("paper", "--replicates", "200") == first
    run("paper", "--replicates", "200")
    assert Report.objects.count() == 1


def test_a_kept_report_can_be_held_against_itself_made_anew(paper: Study):
    kept = run("paper", "--replicates", "50")
    assert run("paper", "--replicates", "50", "--again") == kept
    Report.objects.update(content_digest="f" * 64)
    with pytest.raises(CommandError, match=r"Made again the report has the digest \w+, the kept one f{12}:"):
        run("paper", "--replicates", "50", "--again")


def test_an_exclusion_makes_another_report_that_shows_both_sides(paper: Study):
    before = run("paper", "--replicates", "50")
    sitting = Sitting.objects.get(participant__study=paper, participant__pseudonym="rater-01")
    Exclusion.objects.create(sitting=sitting, rule="researcher", reason="answered left 30 times")
    after = run("paper", "--replicates", "50")
    assert after["settings"]["data_digest"] != before["settings"]["data_digest"]
    agreed = after["agreement"]["overall"]
    assert (agreed["raters"], agreed["before_exclusions"]["raters"]) == (64, 65)
    assert (
        agreed["before_exclusions"]["headline"]["value"]
        == before["agreement"]["overall"]["headline"]["value"]
    )
    table = {t.key: t for t in tables_of(compose(paper.reports.latest("pk")).sections)}["exclusions-effect"]
    assert len(table.rows) == 3 * 6, "six measures of three questions, before and after"
    assert table.rows[0][:3] == ("Overall", "swap-invariant ordinal α", "0.6985")
    assert table.rows[0][2] != table.rows[0][5]
    assert after["data"]["excluded"] == [{"rater": "rater-01", "reason": "answered left 30 times"}]


def test_one_rater_gets_a_sentence_instead_of_a_number():
    study = make_study(clips=False)
    sit(study)
    report = run(study.slug)
    row = report["summary"]["overall"]
    assert row["swap_invariant_ordinal_alpha"] is None
    assert row["sentence"] == "No comparison has two ratings, so agreement cannot be seen."


def test_a_study_without_ratings_and_an_unknown_one_are_refused():
    study = make_study(clips=False)
    with pytest.raises(CommandError, match="No sitting of “Study 1” has been completed yet") as refusal:
        run(study.slug)
    assert refusal.value.returncode == 2
    with pytest.raises(CommandError, match="There is no study nowhere: choose one of study-1"):
        run("nowhere")
