"""Before a study opens: how sure would it be? Simulated raters sit through designs like it, and the analysis is made of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from studies.analysis.planning import DesignForecast, Plan, plan_study, size_study
from studies.analysis.simulation import StudyModel
from studies.models import Study
from studies.reports.planner import DEFAULTS, LIMITS, QuestionRefused
from studies.views.report import get_study

RATINGS_AT_ONCE = 250_000  # over all simulated studies of one forecast: seconds of one request
LARGEST = 12_000  # ratings of one design; more replicates of it would not fit
FEWEST, MOST = 20, 100  # simulated studies of each design


SUPPOSED = {
    "distance": "Distance of one system to the next",
    "item_spread": "Spread of one system over animations",
    "ties": "Share of “equal”",
    "rater_spread": "How raters differ",
    "block_spread": "How blocks differ",
    "lapse": "Answers at random",
    "wished": "Wished half-width of α",
}


class ForecastForm(forms.Form):
    """What is supposed of systems and people, within the planner's limits."""

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        for name, label in SUPPOSED.items():
            low, high, words = LIMITS[name]
            self.fields[name] = forms.FloatField(
                min_value=low, max_value=high, initial=getattr(DEFAULTS, name), label=label, help_text=words
            )
            self.fields[name].widget.attrs["step"] = "any"


@dataclass(frozen=True)
class Row:
    forecast: DesignForecast
    own: bool
    chosen: bool


def _designs(study: Study, form: ForecastForm) -> list[StudyModel]:
    """The study as it is dealt, and half and twice its blocks, with its raters and two more."""
    blocks = study.blocks.count()
    items = study.comparisons.filter(spare=False).count()
    systems = study.dataset.systems.filter(reconstructions__clip__isnull=False).distinct().count()
    raters = max(2, study.raters_per_block)
    base = replace(
        DEFAULTS, **form.cleaned_data, systems=systems, block_size=round(items / blocks), seed=study.seed
    ).model()
    sizes = [(b, r) for b in sorted({max(1, blocks // 2), blocks, 2 * blocks}) for r in (raters, raters + 2)]
    made = [replace(base, blocks=b, raters_per_block=r) for b, r in sizes]
    own = made[sizes.index((blocks, raters))]
    return [own] + [one for one in made if one is not own and one.ratings <= LARGEST]


@login_required
def forecast(request: HttpRequest, slug: str) -> HttpResponse:
    study = get_study(slug)
    form = ForecastForm(request.GET if "distance" in request.GET else None)
    plan: Plan | None = None
    refusal = ""
    if not study.blocks.exists():
        refusal = "Deal the comparisons into blocks first: a forecast simulates them."
    elif form.is_valid():
        try:
            designs = _designs(study, form)
        except QuestionRefused as error:
            designs, refusal = [], str(error)
        if designs and designs[0].ratings > LARGEST:
            refusal = (
                f"This design asks for {designs[0].ratings} ratings, more than a page can simulate: "
                "`manage.py plan` can, without a page; or plan a smaller one."
            )
        elif designs:
            replicates = RATINGS_AT_ONCE // sum(one.ratings for one in designs)
            plan = plan_study(
                designs,
                form.cleaned_data["wished"],
                replicates=min(MOST, max(FEWEST, replicates)),
                seed=study.seed,
            )
    rows = _rows(plan, study.raters_per_block) if plan else []
    context = {"study": study, "form": form, "plan": plan, "rows": rows, "refusal": refusal}
    if plan and plan.chosen is None:
        sized = size_study(plan.forecasts[0].design, plan.wished, replicates=FEWEST, seed=study.seed)
        context["needed"] = sized.sentence if sized.chosen else "Nor would 400 blocks with five raters each."
    return render(request, "studies/forecast.html", context, status=400 if form.errors else 200)


def _rows(plan: Plan, raters: int) -> list[Row]:
    """Agreement needs two raters: where a study plans one, none of the designs is its own."""
    own = plan.forecasts[0] if plan.forecasts[0].design.raters_per_block == raters else None
    rows = [Row(one, one is own, one is plan.chosen) for one in plan.forecasts]
    return sorted(rows, key=lambda row: (row.forecast.ratings, row.forecast.design.blocks))
