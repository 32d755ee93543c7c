"""A researcher designs a study in the browser: made, changed while a draft, frozen, copied, thrown away."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from benchmark.models import Animation, Dataset, Job, Outcome, Reconstruction, System
from studies.create import copy_as_draft, create_study
from studies.launch import LaunchRefused, design_hash, launch, why_not
from studies.models import Comparison, Study
from studies.views.design_forms import WORDING_LABELS, DesignForms
from studies.wording import DEFAULTS
from tests.factories import make_study, name_clip

pytestmark = pytest.mark.django_db


@pytest.fixture
def benchmark() -> Dataset:
    dataset = Dataset.objects.create(slug="pens", title="Pens")
    systems = [System.objects.create(dataset=dataset, name=name) for name in ("gamma", "alpha", "beta")]
    for n in range(4):
        animation = Animation.objects.create(
            dataset=dataset, name=f"pen-{n}", outcome=Outcome.OK, clip=name_clip(100 + n)
        )
        for k, system in enumerate(systems):
            clip = name_clip(200 + 10 * n + k)
            Reconstruction.objects.create(animation=animation, system=system, outcome=Outcome.OK, clip=clip)
    return dataset


@pytest.fixture
def draft() -> Study:
    return make_study(
        clips=False,
        blocks=3,
        slug="colours",
        title="Colours",
        state="draft",
        design_hash="",
        launched_at=None,
    )


def fields_of(study: Study) -> dict[str, Any]:
    """What a browser would post back if nothing were changed."""
    forms = DesignForms(study)
    posted: dict[str, Any] = {}
    for form in [
        forms.rules,
        forms.wording,
        *forms.practice,
        forms.questions.management_form,
        *forms.questions,
    ]:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                posted[bound.html_name] = value
    return posted


def save(client: Client, study: Study, **changes: Any) -> Any:
    posted = fields_of(study) | {name.replace("__", "-"): value for name, value in changes.items()}
    return client.post(
        reverse("studies:design", args=[study.slug]), {k: v for k, v in posted.items() if v is not None}
    )


def test_a_study_is_made_from_a_benchmark(signed_in, benchmark):
    page = signed_in.get(reverse("studies:new")).content.decode()
    assert "Pens" in page
    given = {
        "dataset": benchmark.pk, "title": "Pens compared", "slug": "pens-1", "per_pair": "2", "block_size": "3",
        "raters_per_block": "4",
    }  # fmt: skip
    response = signed_in.post(reverse("studies:new"), given)
    assert response["Location"] == reverse("studies:design", args=["pens-1"])
    study = Study.objects.get(slug="pens-1")
    assert study.state == "draft"
    assert (study.comparisons.filter(spare=False).count(), study.blocks.count()) == (6, 2)
    assert study.raters_per_block == 4
    again = signed_in.post(reverse("studies:new"), given)
    assert again.status_code == 400
    assert "There is a study “pens-1” already" in again.content.decode()


def test_without_clips_of_two_systems_it_says_what_to_bring(signed_in):
    assert "manage.py create_study" in signed_in.get(reverse("studies:new")).content.decode()


def test_posting_the_page_back_changes_nothing(signed_in, draft):
    before = design_hash(draft)
    assert save(signed_in, draft).status_code == 302
    draft.refresh_from_db()
    assert design_hash(draft) == before


def test_rules_words_and_plan_are_kept(signed_in, draft):
    response = save(
        signed_in, draft, title="Shapes", recruiter="prolific", minutes=9, repeat_checks=2, allow_back=None,
        wording__landing="Hello **you**", confirmatory=["agreement", "joint"],
    )  # fmt: skip
    assert response.status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.recruiter, draft.minutes, draft.repeat_checks) == ("Shapes", "prolific", 9, 2)
    assert draft.allow_back is False
    assert draft.wording == {"landing": "Hello **you**"}
    assert draft.analysis_plan == {"confirmatory": ["agreement", "joint"]}
    assert draft.history.count() >= 1


def test_questions_are_added_removed_and_put_in_order(signed_in, draft):
    save(
        signed_in, draft, questions__3__label="How smooth?", questions__3__question="Which is smoother?",
        questions__3__ORDER=1, questions__1__DELETE="on", questions__0__ORDER=2, questions__2__ORDER=3,
        questions__2__label="Movement",
    )  # fmt: skip
    asked = list(draft.dimensions.order_by("position").values_list("key", "label"))
    assert asked == [("how-smooth", "How smooth?"), ("overall", "Overall"), ("motion", "Movement")]
    assert draft.practice_rounds.get().expected == {"motion": ["right"]}


def test_a_question_is_refused_without_a_label_of_its_own(signed_in, draft):
    response = save(signed_in, draft, questions__3__label="Motion", questions__3__question="Again?")
    assert response.status_code == 400
    assert "Give every question a label of its own." in response.content.decode()
    assert draft.dimensions.count() == 3
    everything_removed = {f"questions__{n}__DELETE": "on" for n in range(3)}
    assert "Ask at least one question." in save(signed_in, draft, **everything_removed).content.decode()


def test_what_counts_as_understood_is_chosen(signed_in, draft):
    save(
        signed_in,
        draft,
        **{"practice-1-expected_overall": ["left", "equal"], "practice-1-expected_motion": None},
    )
    assert draft.practice_rounds.get().expected == {"appearance": ["left"], "overall": ["left", "equal"]}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("raters_per_block", 0, "greater than or equal to 1"),
        ("minutes", "soon", "Enter a whole number."),
        ("instructed_checks", 11, "less than or equal to 10"),
        ("recruiter", "none", "Select a valid choice"),
    ],
)
def test_bad_rules_are_refused_and_nothing_is_saved(signed_in, draft, field, value, sentence):
    response = save(signed_in, draft, title="Changed", **{field: value})
    assert response.status_code == 400
    assert sentence in response.content.decode()
    draft.refresh_from_db()
    assert draft.title == "Colours"


def test_an_access_code_is_no_use_with_prolific(signed_in, draft):
    response = save(signed_in, draft, access_code="lab", recruiter="prolific")
    assert "Prolific sends its own people" in response.content.decode()


def test_comparisons_are_drawn_anew(signed_in, benchmark):
    signed_in.post(
        reverse("studies:new"),
        {"dataset": benchmark.pk, "title": "P", "slug": "p", "block_size": 12, "raters_per_block": 3},
    )
    study = Study.objects.get(slug="p")
    assert (study.comparisons.count(), study.blocks.count()) == (12, 1)
    signed_in.post(reverse("studies:design_deal", args=["p"]), {"per_pair": 2, "block_size": 3})
    assert (study.comparisons.filter(spare=False).count(), study.blocks.count()) == (6, 2)
    refused = signed_in.post(reverse("studies:design_deal", args=["p"]), {"block_size": 0})
    assert refused.status_code == 400
    assert study.blocks.count() == 2


def test_an_opened_study_does_not_change(signed_in, draft):
    posted = fields_of(draft) | {"title": "Sneaked in"}
    launch(draft)
    page = signed_in.get(reverse("studies:design", args=[draft.slug])).content.decode()
    assert "Save the design" not in page
    assert draft.design_hash[:12] in page
    comparisons = set(Comparison.objects.values_list("pk", flat=True))
    signed_in.post(reverse("studies:design", args=[draft.slug]), posted)
    signed_in.post(reverse("studies:design_deal", args=[draft.slug]), {"block_size": 2})
    signed_in.post(reverse("studies:design_delete", args=[draft.slug]))
    draft.refresh_from_db()
    assert draft.title == "Colours"
    assert set(Comparison.objects.values_list("pk", flat=True)) == comparisons
    assert design_hash(draft) == draft.design_hash


def test_a_new_version_is_a_draft_with_the_same_design(signed_in, draft):
    launch(draft)
    response = signed_in.post(reverse("studies:design_copy", args=[draft.slug]), {"slug": "colours-2"})
    assert response["Location"] == reverse("studies:design", args=["colours-2"])
    copy = Study.objects.get(slug="colours-2")
    assert (copy.state, copy.design_hash) == ("draft", "")
    assert draft.design_hash[:12] in copy.description
    launch(copy)
    copy.slug = draft.slug  # the one thing in the hash that differs
    assert design_hash(copy) == draft.design_hash
    taken = signed_in.post(
        reverse("studies:design_copy", args=[draft.slug]), {"slug": "colours-2"}, follow=True
    )
    assert "There is a study “colours-2” already" in taken.content.decode()


def test_a_copy_of_imported_ratings_can_be_sat_through(draft):
    Study.objects.filter(pk=draft.pk).update(recruiter="none", origin="imported", origin_note="a file")
    draft.refresh_from_db()
    copy = copy_as_draft(draft, "own")
    assert (copy.recruiter, copy.origin, copy.origin_note) == ("link", "own", "")


def test_a_draft_can_be_thrown_away(signed_in, draft):
    signed_in.post(reverse("studies:design_delete", args=[draft.slug]))
    assert not Study.objects.filter(slug="colours").exists()
    assert Dataset.objects.exists()


def test_the_practice_round_is_asked_for_and_then_added(signed_in, draft):
    draft.practice_rounds.all().delete()
    add = reverse("studies:design_practice", args=[draft.slug])
    assert add in signed_in.get(reverse("studies:study", args=[draft.slug])).content.decode()
    assert "A worker is rendering the practice round" in signed_in.post(add, follow=True).content.decode()
    assert Job.objects.count() == 3
    for n, item in enumerate([*Animation.objects.filter(dataset__slug="practice"), *Reconstruction.objects.filter(
        animation__dataset__slug="practice"
    )]):  # fmt: skip
        item.clip = name_clip(900 + n)
        item.save()
    page = signed_in.post(add, follow=True).content.decode()
    assert "The practice round is there." in page
    assert add not in page
    assert why_not(draft) is None


def test_more_repeats_than_comparisons_keep_a_study_from_opening(draft):
    draft.repeat_checks = 4
    draft.save()
    assert "Plan fewer checks or larger blocks first: 4 repeats need as many comparisons" in (
        why_not(draft) or ""
    )
    with pytest.raises(LaunchRefused, match="fewer checks"):
        launch(draft)


def test_every_text_has_a_name_on_the_page():
    assert set(WORDING_LABELS) == set(DEFAULTS)


@pytest.mark.django_db(transaction=True)
def test_the_hash_is_of_what_was_opened_though_somebody_saves_at_the_same_moment(researcher):
    """Saving and opening at once: either the change is in the hash, or it was refused."""
    for attempt in range(6):
        study = make_study(
            clips=False, slug=f"race-{attempt}", state="draft", design_hash="", launched_at=None
        )
        posted = fields_of(study) | {"minutes": 77}
        client = Client()
        client.force_login(researcher)
        gate = threading.Barrier(2)

        def save_it(client=client, gate=gate, slug=study.slug, posted=posted) -> None:
            gate.wait()
            client.post(reverse("studies:design", args=[slug]), posted)
            connection.close()

        def open_it(gate=gate, pk=study.pk) -> None:
            gate.wait()
            launch(Study.objects.get(pk=pk))
            connection.close()

        threads = [threading.Thread(target=one) for one in (save_it, open_it)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        study.refresh_from_db()
        assert study.state == "live"
        assert design_hash(study) == study.design_hash


def test_another_language_takes_the_first_questions_along_and_leaves_ones_own(signed_in, benchmark):
    study = create_study(benchmark, "pens-de", "Pens")
    study.dimensions.filter(key="motion").update(question="How does it move?")
    assert save(signed_in, study, language="de").status_code == 302
    asked = study.dimensions.order_by("position").values_list("label", "question")
    assert list(asked) == [
        ("Insgesamt", "Was passt insgesamt besser zur Vorlage?"),
        ("Aussehen", "Was sieht ihr ähnlicher: Form, Farbe, Stil? Ohne auf die Bewegung zu achten."),
        ("Bewegung", "How does it move?"),
    ]
