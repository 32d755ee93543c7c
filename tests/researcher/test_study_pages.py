"""The researcher's pages: which study needs me, is it filling, is it sound, what did this person do."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from zeal import NPlusOneError

from benchmark.models import Dataset
from studies.models import Comparison, Exclusion, Sitting, Study, Trial
from tests.factories import make_study, sit

pytestmark = pytest.mark.django_db


def fail_check(sitting: Sitting, kind: str = "identical") -> Trial:
    now = timezone.now()
    return Trial.objects.create(
        sitting=sitting,
        position=sitting.trials.count() + 1,
        kind=kind,
        comparison=sitting.trials.first().comparison,
        a_on_left=True,
        expected={"overall": "equal"},
        opened_at=now,
        answered_at=now,
        answer_key=uuid.uuid4(),
        passed=False,
    )


def read(client, name: str, *args: str) -> str:
    response = client.get(reverse(f"studies:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def study() -> Study:
    return make_study(clips=False, blocks=2, slug="colours", title="Colours")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "colours/",
        "colours/participants/",
        "colours/comparisons/",
        "colours/data/",
        "colours/data/ratings.csv",
    ],
)
def test_only_researchers_may_see_anything(client, study, address):
    response = client.get(f"/studies/{address}")
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_an_empty_site_shows_the_first_step(signed_in):
    assert "import_judgments" in read(signed_in, "list")


def test_the_study_that_needs_somebody_stands_first(signed_in, study):
    make_study(clips=False, title="Nothing to do", slug="calm")
    fail_check(sit(study))
    page = read(signed_in, "list")
    assert page.index("Colours") < page.index("Nothing to do")
    assert "1 completed sitting with a failed check to look at." in page


def test_a_full_study_asks_to_be_closed(signed_in):
    full = make_study(clips=False, raters_per_block=1)
    sit(full)
    assert "Every place is filled: close it and read the report." in read(signed_in, "list")


def test_the_guard_against_a_query_per_row_barks(study, no_query_per_row):
    with no_query_per_row(), pytest.raises(NPlusOneError):
        assert [comparison.animation.name for comparison in Comparison.objects.all()]


def test_the_list_asks_no_query_per_study(signed_in, django_assert_num_queries, study, no_query_per_row):
    for made in [study, *(make_study(clips=False) for _ in range(3))]:
        sit(made)
    with no_query_per_row(), django_assert_num_queries(3):  # session, user, studies
        read(signed_in, "list")


def test_the_study_page_counts_places_checks_and_states(signed_in, study):
    fail_check(sit(study))
    sit(study, state="active")
    page = read(signed_in, "study", "colours")
    assert "1 <small>of 6</small>" in page
    assert "Passed: identical clips" in page
    assert "0 <small>of 1</small>" in page
    assert "http://testserver/s/colours/" in page
    assert "1 under way, 1 completed." in page


def test_the_part_that_changes_is_sent_alone_to_htmx(signed_in, study):
    response = signed_in.get(reverse("studies:study", args=["colours"]), headers={"HX-Request": "true"})
    assert response.content.decode().startswith('<div id="filling"')


def test_pausing_resuming_and_closing(signed_in, study):
    for step, state in (("pause", "paused"), ("resume", "live"), ("close", "closed")):
        signed_in.post(reverse("studies:step", args=["colours", step]))
        study.refresh_from_db()
        assert study.state == state
    response = signed_in.post(reverse("studies:step", args=["colours", "resume"]), follow=True)
    assert "This study is closed, so it cannot become open" in response.content.decode()
    assert signed_in.get(reverse("studies:step", args=["colours", "pause"])).status_code == 405


def test_a_draft_says_what_is_missing_before_it_can_open(signed_in):
    make_study(clips=False, practice=0, state="draft", design_hash="", slug="new")
    page = read(signed_in, "study", "new")
    assert "Add a practice round first" in page
    assert "disabled" in page


def test_the_participants_list_has_no_query_per_row(signed_in, study, no_query_per_row):
    for _ in range(3):
        fail_check(sit(study))
    with no_query_per_row():
        page = read(signed_in, "participants", "colours")
    assert page.count("identical-clip trap failed") == 3


def test_participants_can_be_sifted(signed_in, study):
    failed = sit(study)
    fail_check(failed)
    sit(study)
    page = signed_in.get(reverse("studies:participants", args=["colours"]) + "?show=review").content.decode()
    assert "p-001" in page
    assert "p-002" not in page


@pytest.mark.parametrize("name", ["study", "comparisons", "participants"])
def test_no_page_of_a_study_asks_a_query_per_row(signed_in, study, no_query_per_row, name):
    sit(study)
    sit(study)
    with no_query_per_row():
        read(signed_in, name, "colours")


def test_one_participants_page_asks_no_query_per_round(signed_in, study, no_query_per_row):
    sit(study)
    with no_query_per_row():
        read(signed_in, "participant", "colours", "p-001")


def test_one_participants_page_tells_what_was_answered_and_what_the_rules_permit(signed_in, study):
    fail_check(sit(study))
    page = read(signed_in, "participant", "colours", "p-001")
    assert "data may be excluded, pay may not be withheld" in page
    assert "<td>left</td>" in page
    assert "identical clips: failed" in page
    assert "Consented on" in page


def test_excluding_needs_a_reason_and_can_be_lifted(signed_in, study, researcher):
    sitting = sit(study)
    exclude = reverse("studies:exclude", args=["colours", "p-001"])
    page = signed_in.post(exclude, {"sitting": sitting.pk, "reason": "  "}, follow=True).content.decode()
    assert "Write down why this data is excluded" in page
    assert not Exclusion.objects.exists()
    page = signed_in.post(
        exclude, {"sitting": sitting.pk, "reason": "left, thirty times"}, follow=True
    ).content.decode()
    assert "left, thirty times" in page
    exclusion = Exclusion.objects.get()
    assert exclusion.by == researcher
    sitting.refresh_from_db()
    assert sitting.holds_place is False
    lift = reverse("studies:lift", args=["colours", "p-001"])
    page = signed_in.post(lift, {"exclusion": exclusion.pk}, follow=True).content.decode()
    assert "The ratings count again." in page
    exclusion.refresh_from_db()
    assert exclusion.lifted_by == researcher
    sitting.refresh_from_db()
    assert sitting.holds_place is True


def test_another_studys_sitting_cannot_be_excluded_from_here(signed_in, study):
    sit(study)
    other = sit(make_study(clips=False))
    address = reverse("studies:exclude", args=["colours", "p-001"])
    assert signed_in.post(address, {"sitting": other.pk, "reason": "x"}).status_code == 404


def test_simulated_ratings_are_called_so_on_every_page(signed_in):
    made = make_study(clips=False, slug="sim", origin="simulated", origin_note="Coin-flip raters.")
    sit(made, simulated=True)
    for name in ("study", "participants", "comparisons", "exports", "report"):
        assert "Simulated." in read(signed_in, name, "sim"), name
    assert "Simulated." in read(signed_in, "participant", "sim", "p-001")
    assert "simulated" in read(signed_in, "list")


def test_real_ratings_of_synthetic_systems_are_not_called_simulated(signed_in, study):
    Dataset.objects.update(simulated=True)
    page = read(signed_in, "study", "colours")
    assert "Synthetic systems." in page
    assert "no person gave" not in page
    Study.objects.update(origin="simulated", origin_note="Coins.")
    assert "no person gave these ratings" in read(signed_in, "study", "colours")
