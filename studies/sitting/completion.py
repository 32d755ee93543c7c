"""How a sitting ends, and what the recruiter's code for that end is. Decided here, on the server, and told last."""

from __future__ import annotations

from django.utils import timezone

from studies.models import CompletionCode, Sitting, Study, Trial

Outcome = CompletionCode.Outcome
SHORT_STUDY_MINUTES = 5  # Prolific: below it one failed instructed check counts, from it on two


def complete_if_done(sitting: Sitting) -> bool:
    """Active → completed, once every round is answered (or was skipped because its clips would not play)."""
    if sitting.trials.filter(answered_at=None, skipped_at=None).exists():
        return False
    return (
        Sitting.objects.filter(pk=sitting.pk, state=Sitting.State.ACTIVE).update(
            state=Sitting.State.COMPLETED, completed_at=timezone.now(), lease_until=None
        )
        == 1
    )


def failed_instructed_checks(sitting: Sitting) -> int:
    return sitting.trials.filter(kind=Trial.Kind.INSTRUCTED, passed=False).count()


def outcome_of(sitting: Sitting) -> str | None:
    """What the recruiter is told about this sitting; None while it is under way, and where nothing is to be told."""
    state = sitting.state
    if state == Sitting.State.SCREENED_OUT:
        return Outcome.SCREENED_OUT
    if state == Sitting.State.EXPIRED:
        return Outcome.FULL
    if state != Sitting.State.COMPLETED:
        return None
    allowed = 1 if sitting.participant.study.minutes < SHORT_STUDY_MINUTES else 2
    return Outcome.FAILED_CHECKS if failed_instructed_checks(sitting) >= allowed else Outcome.COMPLETED


def code_for(study: Study, outcome: str | None) -> CompletionCode | None:
    """The study's code for that outcome. Failed checks without a code of their own end as completed: whether pay may be
    withheld is the researcher's decision by the recruiter's rules, never that of a missing code."""
    codes = {code.outcome: code for code in study.completion_codes.all()}
    if outcome == Outcome.FAILED_CHECKS and outcome not in codes:
        outcome = Outcome.COMPLETED
    return codes.get(outcome) if outcome else None


def wording_key(sitting: Sitting) -> str:
    """Which of the study's texts closes this sitting."""
    if sitting.state == Sitting.State.COMPLETED:
        return "failed_checks" if outcome_of(sitting) == Outcome.FAILED_CHECKS else "completed"
    return str(sitting.state)
