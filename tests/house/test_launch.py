"""Opening, pausing and closing a study."""

from __future__ import annotations

import pytest

from studies.launch import LaunchRefused, close, design_hash, launch, pause, resume
from studies.models import Study
from tests.factories import make_study


def draft(**fields) -> Study:
    return make_study(
        animations=2, systems=2, clips=False, state="draft", design_hash="", launched_at=None, **fields
    )


@pytest.mark.django_db
def test_launching_freezes_the_design_under_a_hash() -> None:
    study = draft()
    launch(study)
    assert study.state == Study.State.LIVE
    assert study.design_hash == design_hash(study)
    assert study.launched_at is not None
    assert study.history.first().state == Study.State.LIVE


@pytest.mark.django_db
def test_the_hash_sees_wording_sides_of_the_design_and_clips() -> None:
    study = draft()
    before = design_hash(study)
    study.wording = {"consent": "Other words"}
    assert design_hash(study) != before
    study.wording = {}
    assert design_hash(study) == before
    study.dimensions.filter(key="motion").update(question="Another question?")
    assert design_hash(study) != before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda s: s.dimensions.all().delete(), "at least one question"),
        (lambda s: s.blocks.all().delete(), "Deal the comparisons into blocks"),
        (lambda s: s.practice_rounds.all().delete(), "Add a practice round"),
        (lambda s: s.comparisons.first().a.__class__.objects.update(clip=None), "still lack a clip"),
        (lambda s: Study.objects.filter(pk=s.pk).update(recruiter="prolific"), "completion code"),
        (lambda s: Study.objects.filter(pk=s.pk).update(instructed_checks=1), "two instructed checks"),
    ],
)
def test_an_unfinished_draft_is_not_opened(spoil, sentence) -> None:
    study = draft()
    spoil(study)
    study.refresh_from_db()
    with pytest.raises(LaunchRefused, match=sentence):
        launch(study)
    study.refresh_from_db()
    assert study.state == Study.State.DRAFT


@pytest.mark.django_db
def test_states_lead_one_way() -> None:
    study = draft()
    with pytest.raises(LaunchRefused, match="is draft"):
        pause(study)
    launch(study)
    with pytest.raises(LaunchRefused, match="is open"):
        launch(study)
    pause(study)
    resume(study)
    close(study)
    with pytest.raises(LaunchRefused, match="is closed"):
        resume(study)
    assert study.closed_at is not None
