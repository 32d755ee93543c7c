"""A study whose people come from an imitated Prolific."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from studies.models import CompletionCode, RecruiterIdentity, Sitting, Study, Trial
from studies.recruitment.prolific import Prolific
from tests.factories import make_study, sit
from tests.recruitment.imitation import TOKEN, Imitation, serve

MESSAGE = "In rounds 7 and 19 the question itself asked for three given answers, and other answers were chosen there. "


@pytest.fixture
def prolific(settings) -> Iterator[Imitation]:
    with serve() as imitation:
        settings.PROLIFIC_TOKEN = TOKEN
        settings.PROLIFIC_API = imitation.url
        settings.PROLIFIC_WEBHOOK_SECRET = "whispered"
        yield imitation


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def client_of(pauses) -> Callable[[Imitation], Prolific]:
    """A client that notes its pauses instead of waiting."""
    return lambda imitation: Prolific(TOKEN, imitation.url, sleep=pauses.append)


@pytest.fixture
def study(db) -> Study:
    study = make_study(clips=False, recruiter=Study.Recruiter.PROLIFIC, raters_per_block=6)
    CompletionCode.objects.create(study=study, outcome="completed", code="C0MPLETE")
    return study


@pytest.fixture
def come(study) -> Callable[..., Sitting]:
    """Somebody from Prolific whose sitting is in the given state."""

    def come(key: str, state: str = Sitting.State.COMPLETED, **fields) -> Sitting:
        sitting = sit(study, state=state, **fields)
        RecruiterIdentity.objects.create(
            participant=sitting.participant,
            study=study,
            recruiter=Study.Recruiter.PROLIFIC,
            person=f"person-{key}",
            recruiter_study="their-study",
            submission=key,
        )
        return sitting

    return come


def fail_checks(sitting: Sitting, kind: str, count: int) -> None:
    """So many failed checks, after the rounds there are."""
    last = sitting.trials.count()
    comparison = sitting.trials.get(position=1).comparison
    for n in range(count):
        Trial.objects.create(
            sitting=sitting,
            position=last + n + 1,
            kind=kind,
            comparison=comparison,
            a_on_left=True,
            passed=False,
        )
