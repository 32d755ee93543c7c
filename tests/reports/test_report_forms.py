"""The report on paper and for other programs: the same report is the same bytes."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils.html import escape

from benchmark.models import Reconstruction, Score
from benchmark.validation.observations import Observation, Store
from benchmark.validation.split import CHOSEN_ON, HELD_OUT
from studies.models import Report, Study
from studies.reports.compose import compose
from studies.reports.document import charts_of
from studies.reports.forms.files import FORMS, file_name
from studies.reports.make import make_report
from studies.reports.sections import metric
from tests.factories import make_study, sit

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    """Simulated raters who mostly prefer the system whose name comes first, and two metrics that half agree."""
    chance = random.Random(4)
    made = make_study(
        clips=False, blocks=2, animations=6, slug="sim", origin="simulated", origin_note="Loaded coins."
    )

    def answer(trial, dimension):
        if chance.random() < 0.1:
            return "equal"
        return "left" if (chance.random() < 0.8) == trial.a_on_left else "right"

    for block in made.blocks.all():
        for _ in range(3):
            sit(made, block=block, answer=answer, simulated=True)
    for one in Reconstruction.objects.filter(animation__dataset=made.dataset).select_related(
        "animation", "system"
    ):
        quality = 0.8 - 0.2 * "abc".index(one.system.name[-1])
        for name, claimed in (("look", "appearance"), ("path", "motion")):
            Score.objects.create(
                reconstruction=one,
                reference_clip=one.animation.clip,
                candidate_clip=one.clip,
                metric=name,
                version="1",
                parameters_digest="0",
                dimension=claimed,
                value=min(1, max(0, chance.gauss(quality, 0.2))),
            )
    return made


@pytest.fixture
def report(study) -> Report:
    return make_report(study)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_report_is_the_same_bytes(report, form):
    make = FORMS[form][0]
    assert make(report) == make(report)
    assert file_name(report, form).startswith("sim-simulated-")


def test_the_pdf_is_one(report):
    assert FORMS["pdf"][0](report).startswith(b"%PDF-")


def test_every_latex_table_is_closed_and_escaped(report):
    text = FORMS["latex"][0](report).decode()
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") > 10
    assert "% SIMULATED RATINGS" in text
    assert r"$\alpha$" in text
    assert text.isascii(), "nothing that plain LaTeX does not know"
    cells = "\n".join(line for line in text.splitlines() if line[:1] != "%" and r"\resizebox" not in line)
    assert not re.search(r"(?<!\$)[<>|](?!\$)", cells), "these letters are others in LaTeX's usual encoding"


def test_figures_come_as_svg_and_pdf(report):
    archive = zipfile.ZipFile(io.BytesIO(FORMS["figures"][0](report)))
    names = {f"simulated-ratings-{name}" for name in ("ruler.svg", "ruler.pdf", "matrix.svg", "alpha.pdf")}
    names |= {f"metrics/look-1/simulated-ratings-{name}.svg" for name in ("ruler", "roc", "points-motion")}
    assert names <= set(archive.namelist())
    for name in archive.namelist():
        if name.endswith(".svg"):
            note = (
                archive.read(name).decode().partition(">simulated ratings</text>")[0].rpartition("<text")[2]
            )
            assert 'fill="#' in note, f"{name} says so in ink"


def test_the_command_writes_a_file_and_refuses_without_one(study, tmp_path):
    out = io.StringIO()
    call_command(
        "report", "sim", "--format", "pdf", "--out", str(tmp_path / "r.pdf"), stdout=out, stderr=io.StringIO()
    )
    assert json.loads(out.getvalue())["bytes"] == (tmp_path / "r.pdf").stat().st_size
    with pytest.raises(CommandError, match="Say --out FILE"):
        call_command("report", "sim", "--format", "pdf", stdout=out, stderr=io.StringIO())


def test_the_page_shows_ruler_matrix_and_the_forms(signed_in, report):
    page = signed_in.get(reverse("studies:report", args=["sim"])).content.decode()
    for part in ("chart-ruler", "chart-matrix", "table-correlations", "table-conflict", "table-bias-overall"):
        assert f'id="{part}"' in page
    assert reverse("studies:report_form", args=["sim", report.pk, "pdf"]) in page


def test_auc_with_interval_stands_in_the_summary(report):
    row = report.content["summary"]["appearance"]["auc"]["look 1"]
    assert row["low"] <= row["value"] <= row["high"]
    assert row["n"] > 0


def test_a_metrics_page_lists_where_people_and_it_part(signed_in, report):
    assert metric.labels(report.content) == ["look 1", "path 1"]
    page = signed_in.get(reverse("studies:metric", args=["sim", report.pk, 0])).content.decode()
    assert "Where they disagree most, on appearance" in page, "the dimension it claims comes first"
    assert "It claims appearance. On appearance its AUC is" in page
    assert 'id="chart-ruler-0"' in page
    other = signed_in.get(reverse("studies:metric", args=["sim", report.pk, 0]), {"dimension": "motion"})
    assert "Where they disagree most, on motion" in other.content.decode()
    assert "Simulated." in page
    assert "<video" in page
    worst = report.content["metrics"]["closeups"]["look 1"]["overall"]["worst"]
    assert worst == sorted(worst, key=lambda row: -row["disagreement"])
    assert all(row["delta"] * (row["votes"][2] - row["votes"][0]) < 0 for row in worst)
    chart = reverse("studies:report_chart", args=["sim", report.pk, "roc-0", "light", "wide"])
    assert signed_in.get(chart).status_code == 200
    assert signed_in.get(reverse("studies:metric", args=["sim", report.pk, 7])).status_code == 404


def test_every_figure_says_what_it_shows_and_how_it_was_found(signed_in, report):
    page = signed_in.get(reverse("studies:report", args=["sim"])).content.decode()
    charts = list(charts_of(compose(report).sections))
    assert {"alpha", "ruler", "matrix", "strengths", "conflict-metrics"} <= {chart.key for chart in charts}
    for chart in charts:
        figure = page.partition(f'<figure id="chart-{chart.key}">')[2].partition("</figure>")[0]
        assert escape(chart.reading) in figure.partition("<figcaption>")[2].partition("</figcaption>")[0]
        assert escape(chart.method) in figure
        assert chart.reading.count(". ") == 0, "one sentence"
        assert len(chart.method) > 60


def test_known_changes_of_a_dataset_get_their_matrix(study):
    make = {"system-a": ("look", 0.3), "system-b": ("path", 0.4)}
    for system in study.dataset.systems.filter(name__in=make):
        claimed = {"look": "appearance", "path": "motion"}[make[system.name][0]]
        system.setting = {"changes": {"change": f"{claimed} changed", "dimension": claimed, "strength": 2}}
        system.save()
    Score.objects.filter(reconstruction__system__name__in=make).update(value=0.98)
    for name, (metric_name, value) in make.items():
        Score.objects.filter(reconstruction__system__name=name, metric=metric_name).update(value=value)
    one = Score.objects.filter(reconstruction__system__name="system-a", metric="look").first()
    one.value = 0.35
    one.save()
    report = make_report(study)
    rows = {(r["perturbation"], r["metric"]): r for r in report.content["perturbations"]["responses"]}
    assert rows["motion changed", "path 1"]["drop"]["value"] == pytest.approx(0.6)
    assert rows["motion changed", "look 1"]["leakage"]["value"] < 0.1
    assert rows["motion changed", "path 1"]["leakage"]["value"] is None
    assert rows["motion changed", "path 1"]["monotonicity"]["value"] is None, "one strength alone"
    section = next(s for s in compose(report).sections if s.key == "perturbations")
    assert (
        "In 2 of 2 changes a metric of the changed dimension (framed) falls furthest."
        in section.parts[0].reading
    )


def test_a_dataset_without_known_changes_says_so_in_the_document_alone(report):
    assert "No system of this dataset declares" in report.content["perturbations"]["undefined"]
    assert "perturbations" not in {section.key for section in compose(report).sections}


@pytest.fixture
def validated(settings, data_folder) -> None:
    """What validate_metrics found of both metrics: looks leaks a little, path does not."""
    values = {
        ("colours", "look"): (0.8, 0.5),
        ("colours", "path"): (1.0, 0.98),
        ("easing", "look"): (0.97, 0.9),
        ("easing", "path"): (0.7, 0.4),
    }
    Store(settings.DATA / "validation").add(
        Observation(
            animation,
            way,
            {"colours": "appearance", "easing": "motion"}[way],
            level,
            2,
            name,
            version,
            "0",
            {"look": "appearance", "path": "motion"}[name],
            value if version == "1" else 0.1,
            "a" * 64,
            "b" * 64,
        )
        for animation, version in ((HELD_OUT[0], "1"), (HELD_OUT[1], "0"), (CHOSEN_ON[0], "1"))
        for (way, name), both in values.items()
        for level, value in enumerate(both, start=1)
    )


def test_how_the_metrics_were_validated_is_part_of_the_report(study, validated, signed_in):
    report = make_report(study)
    found = report.content["validation"]
    assert found["animations"] == [HELD_OUT[0]], "neither other versions nor what parameters were chosen on"
    look, path = found["metrics"]
    assert (look["metric"], look["kept"]["value"], look["kept"]["n"]) == ("look 1", 0.5, 2)
    assert look["leakage"]["value"] == pytest.approx(0.065 / 0.35)
    assert path["kept"]["value"] == 1
    assert path["monotonicity"]["value"] == 1
    page = signed_in.get(reverse("studies:report", args=["sim"])).content.decode()
    assert "Does each metric see its own dimension alone?" in page
    assert "look 1 stays within .05 of 1 in 50 % of 2 cases" in page
    assert "In 2 of 2 perturbations of one dimension" in page
    for form in FORMS:
        assert FORMS[form][0](report), form


def test_a_validation_that_ran_since_makes_a_new_report(study, request):
    before = make_report(study)
    assert "validate_metrics" in before.content["validation"]["undefined"]
    assert "validation" not in {section.key for section in compose(before).sections}
    request.getfixturevalue("validated")
    after = make_report(study)
    assert after.pk != before.pk
    assert after.data_digest != before.data_digest
    assert make_report(study).pk == after.pk


def test_a_newer_version_of_a_metric_does_not_take_its_validation_from_a_study(study, validated, settings):
    store = Store(settings.DATA / "validation")
    store.add([replace(one, version="2", value=0.1) for one in store.read() if one.version == "1"])
    look, path = make_report(study).content["validation"]["metrics"]
    assert (look["metric"], look["kept"]["value"]) == ("look 1", 0.5)
    assert path["kept"]["value"] == 1


def test_what_the_plan_announced_is_confirmatory(study):
    study.analysis_plan = {"confirmatory": ["agreement"]}
    study.save()
    standing = {section.key: section.standing for section in compose(make_report(study)).sections}
    assert standing["agreement"] == "confirmatory"
    assert standing["metrics"] == standing["ranking"] == "exploratory"
