"""Before a study opens: how sure would it be?"""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import make_study

pytestmark = pytest.mark.django_db
GIVEN = {
    "distance": 0.8, "item_spread": 0.5, "ties": 0.06, "rater_spread": 0.2, "block_spread": 0, "lapse": 0.02,
    "wished": 0.3,
}  # fmt: skip


def forecast(client, study, **changes):
    return client.get(reverse("studies:forecast", args=[study.slug]), GIVEN | changes)


def test_it_says_which_design_is_enough_and_marks_the_studys_own(signed_in):
    study = make_study(clips=False, animations=12, blocks=4, slug="small")
    response = forecast(signed_in, study)
    rows = response.context["rows"]
    assert [(r.forecast.design.blocks, r.forecast.design.raters_per_block) for r in rows if r.own] == [(4, 3)]
    assert all(len(r.forecast.design.quality) == 3 for r in rows)
    plan = response.context["plan"]
    assert plan.chosen is not None
    assert plan.chosen.half_width <= 0.3
    assert plan.sentence in response.content.decode()
    again = forecast(signed_in, study).context["plan"]
    assert [one.half_width for one in again.forecasts] == [one.half_width for one in plan.forecasts]


def test_none_that_is_enough_is_said(signed_in):
    study = make_study(clips=False, animations=8, blocks=2)
    page = forecast(signed_in, study, wished=0.01).content.decode()
    assert "None of these designs brings the interval of α to ±0.01" in page
    assert "Nor would 400 blocks with five raters each." in page


def test_what_would_be_enough_is_said_where_nothing_near_is(signed_in):
    study = make_study(clips=False, animations=8, blocks=2)
    page = forecast(signed_in, study, wished=0.08).content.decode()
    assert "None of these designs brings the interval of α to ±0.08" in page
    assert "give α to about ±0.0" in page


def test_refusals_are_sentences(signed_in):
    study = make_study(clips=False, blocks=1, raters_per_block=200, animations=30)
    assert "more than a page can simulate" in forecast(signed_in, study).content.decode()
    bad = forecast(signed_in, study, ties=2)
    assert bad.status_code == 400
    assert "less than or equal to 0.9" in bad.content.decode()
    study.blocks.all().delete()
    assert "Deal the comparisons into blocks first" in forecast(signed_in, study).content.decode()


def test_a_study_with_one_rater_is_none_of_the_designs(signed_in):
    study = make_study(clips=False, animations=8, blocks=2, raters_per_block=1)
    rows = forecast(signed_in, study).context["rows"]
    assert rows
    assert not any(row.own for row in rows)
