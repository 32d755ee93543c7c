"""Practice: each round may be tried twice, with feedback; a second miss ends the sitting kindly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studies.models import PracticeRound, Sitting
from studies.sitting.assignment import end, renew
from studies.sitting.refusal import Refused

TRIES = 2


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the participant is told about a practice answer: per dimension whether it was understood, and why."""

    understood: bool
    verdicts: dict[str, bool]
    explanation: str
    tries_left: int


def rounds_understood(sitting: Sitting) -> set[int]:
    return {entry["round"] for entry in sitting.practice_log if entry["understood"]}


def judge(practice: PracticeRound, answers: Mapping[str, str]) -> dict[str, bool]:
    """Whether each answer is among those that count as understood; a dimension without any takes every answer."""
    return {key: answer in practice.expected.get(key, [answer]) for key, answer in answers.items()}


def try_practice(sitting: Sitting, practice: PracticeRound, key: str, answers: Mapping[str, str]) -> Feedback:
    """Record one try. The same key again gives the same feedback and no second try."""
    with transaction.atomic():
        sitting = Sitting.objects.select_for_update().select_related("participant__study").get(pk=sitting.pk)
        log = list(sitting.practice_log)
        verdicts = judge(practice, answers)
        for entry in log:
            if entry["key"] == key:
                if entry["round"] != practice.position:
                    raise Refused(_("This practice answer belongs to another round; please reload the page."))
                return _feedback(log, practice, judge(practice, entry["answers"]))
        if sitting.state != Sitting.State.ACTIVE:
            raise Refused(_("Your practice has ended; please reload the page."))
        if practice.position in rounds_understood(sitting):
            raise Refused(_("You have already passed this practice round; please go on."))
        log.append(
            {
                "round": practice.position,
                "key": key,
                "answers": dict(answers),
                "understood": all(verdicts.values()),
                "at": timezone.now().isoformat(timespec="seconds"),
            }
        )
        sitting.practice_log = log
        sitting.practice_attempts = len(log)
        passed = rounds_understood(sitting) >= set(
            sitting.participant.study.practice_rounds.values_list("position", flat=True)
        )
        sitting.practised_at = timezone.now() if passed else None
        sitting.save(update_fields=["practice_log", "practice_attempts", "practised_at"])
        feedback = _feedback(log, practice, verdicts)
        if feedback.tries_left == 0 and not feedback.understood:
            end(sitting, Sitting.State.SCREENED_OUT)
        else:
            renew(sitting)
        return feedback


def skip_practice_without_rounds(sitting: Sitting) -> None:
    """A study without practice rounds goes from its instructions straight to the first round."""
    if not sitting.participant.study.practice_rounds.exists():
        Sitting.objects.filter(pk=sitting.pk, practised_at=None).update(practised_at=timezone.now())
        sitting.refresh_from_db()


def _feedback(log: list[dict[str, object]], practice: PracticeRound, verdicts: dict[str, bool]) -> Feedback:
    missed = sum(entry["round"] == practice.position and not entry["understood"] for entry in log)
    return Feedback(all(verdicts.values()), verdicts, practice.explanation, max(0, TRIES - missed))
