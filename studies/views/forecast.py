"""Before a study opens: how sure would it be? Simulated raters sit through designs like it, and the analysis is made of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from studies.analysis.planning import DesignForecast, Plan, plan_study
from studies.analysis.simulation import RaterModel, StudyModel, even_qualities, with_tie_rate
from studies.models import Study
from studies.views.report import get_study

RATINGS_AT_ONCE = 250_000  # over all simulated studies of one forecast: seconds of one request
LARGEST = 12_000  # ratings of one design; more replicates of it would not fit
FEWEST, MOST = 20, 100  # simulated studies of each design


class ForecastForm(forms.Form):
    """What is supposed of systems and people. The defaults are near what published ratings of animations show."""

    distance = forms.FloatField(
        min_value=0, max_value=10, initial=0.5, label="Distance of one system to the next",
        help_text="in units of what a typical rater misses by",
    )  # fmt: skip
    item_spread = forms.FloatField(
        min_value=0,
        max_value=10,
        initial=0.8,
        label="Spread of one system over animations",
        help_text="same unit",
    )
    tie_rate = forms.FloatField(min_value=0, max_value=0.95, initial=0.06, label="Share of “equal”")
    rater_spread = forms.FloatField(
        min_value=0,
        max_value=2,
        initial=0.3,
        label="How raters differ",
        help_text="log-spread of their noise",
    )
    block_spread = forms.FloatField(
        min_value=0,
        max_value=2,
        initial=0.1,
        label="How blocks differ",
        help_text="log-spread of their raters’ noise",
    )
    lapse = forms.FloatField(min_value=0, max_value=1, initial=0.02, label="Answers at random")
    wished = forms.FloatField(min_value=0.001, max_value=1, initial=0.05, label="Wished half-width of α")

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        for field in self.fields.values():
            field.widget.attrs["step"] = "any"

    def raters(self) -> RaterModel:
        given = self.cleaned_data
        return RaterModel(
            rater_spread=given["rater_spread"], block_spread=given["block_spread"], lapse=given["lapse"]
        )


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
    base = StudyModel(
        quality=even_qualities(max(2, systems), form.cleaned_data["distance"]),
        item_spread=form.cleaned_data["item_spread"],
        blocks=blocks,
        block_size=max(1, round(items / blocks)),
        raters_per_block=raters,
        raters=form.raters(),
    )
    people = with_tie_rate(base, form.cleaned_data["tie_rate"], seed=study.seed).raters
    sizes = [(b, r) for b in sorted({max(1, blocks // 2), blocks, 2 * blocks}) for r in (raters, raters + 2)]
    made = [StudyModel(base.quality, base.item_spread, b, base.block_size, r, people) for b, r in sizes]
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
        designs = _designs(study, form)
        if designs[0].ratings > LARGEST:
            refusal = (
                f"This design asks for {designs[0].ratings} ratings, more than a page can simulate: "
                "use studies.analysis.planning.plan_study in a notebook, or plan a smaller one."
            )
        else:
            replicates = RATINGS_AT_ONCE // sum(one.ratings for one in designs)
            plan = plan_study(
                designs,
                form.cleaned_data["wished"],
                replicates=min(MOST, max(FEWEST, replicates)),
                seed=study.seed,
            )
    rows = _rows(plan) if plan else []
    context = {"study": study, "form": form, "plan": plan, "rows": rows, "refusal": refusal}
    return render(request, "studies/forecast.html", context, status=400 if form.errors else 200)


def _rows(plan: Plan) -> list[Row]:
    own = plan.forecasts[0]
    rows = [Row(one, one is own, one is plan.chosen) for one in plan.forecasts]
    return sorted(rows, key=lambda row: (row.forecast.ratings, row.forecast.design.blocks))
