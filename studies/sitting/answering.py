"""Taking an answer: once, in its turn, from its own sitting, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studies.models import Dimension, Rating, Sitting, Trial
from studies.models.trial import answer_value
from studies.sitting.assignment import renew, resume
from studies.sitting.completion import complete_if_done
from studies.sitting.refusal import Refused
from studies.sitting.rounds import current_trial, previous_trial, ticket

EARLY_S = 0.5  # what the clocks of page and server may differ before an answer counts as too early


@dataclass(frozen=True, slots=True)
class Answer:
    """One post: `key` names it for ever, `ticket` says what was on the screen, `answers` holds every dimension."""

    key: UUID
    position: int
    ticket: str
    answers: Mapping[str, str]
    changes: Mapping[str, int] = field(default_factory=dict)
    answered_ms: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    sure: bool = False
    amend: bool = False
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a post: stored now, stored before, or nothing yet because the participant should first say that
    three times Equal is meant."""

    saved: bool
    repeated: bool = False
    ask_sure: bool = False


def take_answer(sitting: Sitting, answer: Answer) -> Verdict:
    """Store an answer of this sitting. Raises Refused, and then nothing has changed."""
    with transaction.atomic():
        # One post of a sitting at a time: two tabs, or an answer and its own retry, follow one another.
        sitting = Sitting.objects.select_for_update().get(pk=sitting.pk)
        trial = sitting.trials.filter(position=answer.position).first()
        if trial is None:
            raise Refused(_("There is no such round in your session; please reload the page."), status=400)
        if answer.key == trial.answer_key or str(answer.key) in trial.evidence.get("earlier_keys", []):
            return Verdict(saved=True, repeated=True)
        if sitting.state == Sitting.State.EXPIRED:
            resume(sitting)
        refuse_ended(sitting)
        amending = trial.answered_at is not None
        refuse_out_of_turn(sitting, trial, answer)
        dimensions = {one.key: one for one in sitting.participant.study.dimensions.all()}
        refuse_incomplete(dimensions, answer)
        if (
            trial.kind == Trial.Kind.COMPARISON
            and set(answer.answers.values()) == {Rating.Answer.EQUAL}
            and not answer.sure
        ):
            return Verdict(saved=False, ask_sure=True)
        if amending:
            _amend(trial, dimensions, answer)
        else:
            _store(trial, dimensions, answer)
        _judge(sitting, trial, answer.answers)
        renew(sitting)
        complete_if_done(sitting)
    return Verdict(saved=True)


def refuse_ended(sitting: Sitting) -> None:
    """Only a sitting under way takes anything."""
    if sitting.state == Sitting.State.COMPLETED:
        raise Refused(_("You have already finished; every answer you gave is saved."))
    if sitting.state == Sitting.State.EXPIRED:
        raise Refused(
            _("Your place was given to somebody else meanwhile, so this answer could not be added.")
        )
    if sitting.state != Sitting.State.ACTIVE or sitting.practised_at is None:
        raise Refused(_("This session is not open for answers; please reload the page."))


def refuse_out_of_turn(sitting: Sitting, trial: Trial, answer: Answer) -> None:
    """Rounds are answered one after another, each as it was shown, and only the last one may be changed."""
    if answer.ticket != ticket(trial):
        raise Refused(_("This round has changed since your page loaded it; here is what stands there now."))
    current = current_trial(sitting)
    if trial.skipped_at is not None:
        raise Refused(
            _("This round was left out because its clips would not play; please go on with the next.")
        )
    if trial.answered_at is not None:
        before = previous_trial(sitting, current)
        if not answer.amend or before is None or before.pk != trial.pk:
            raise Refused(_("This round was already answered, perhaps in another tab; that answer stands."))
        return
    if current is None or trial.pk != current.pk:
        open_ = current.position if current else trial.position
        raise Refused(_("Please answer round %(number)d first.") % {"number": open_})
    wait = timedelta(seconds=max(0.0, sitting.participant.study.next_after_s - EARLY_S))
    if trial.opened_at is None or timezone.now() - trial.opened_at < wait:
        raise Refused(
            _("That was very quick: please look at the animations once more, then send your answer.")
        )


def refuse_incomplete(dimensions: Mapping[str, Dimension], answer: Answer) -> None:
    if set(answer.answers) != set(dimensions):
        raise Refused(_("Please answer every question of this round."), status=400)
    if not set(answer.answers.values()) <= set(Rating.Answer.values):
        raise Refused(_("An answer is Left, Equal or Right."), status=400)
    if Trial.objects.filter(answer_key=answer.key).exists():
        raise Refused(_("This answer was already used for another round; please reload the page."))


def _store(trial: Trial, dimensions: Mapping[str, Dimension], answer: Answer) -> None:
    taken = Trial.objects.filter(pk=trial.pk, answered_at=None).update(
        answered_at=timezone.now(),
        answer_key=answer.key,
        reason=answer.reason,
        evidence=dict(answer.evidence) | {"sure": answer.sure},
    )
    if taken != 1:
        raise Refused(_("This round was already answered, perhaps in another tab; that answer stands."))
    Rating.objects.bulk_create(
        Rating(
            trial=trial,
            dimension=dimension,
            answer=answer.answers[key],
            changes=answer.changes.get(key, 0),
            answered_ms=answer.answered_ms.get(key),
        )
        for key, dimension in dimensions.items()
    )


def _amend(trial: Trial, dimensions: Mapping[str, Dimension], answer: Answer) -> None:
    """The same rows take the new answer. What stood there before is kept as evidence, beside that of the second look."""
    before = {rating.dimension_id: rating for rating in trial.ratings.all()}
    trial.evidence["earlier_keys"] = [*trial.evidence.get("earlier_keys", []), str(trial.answer_key)]
    stood = {key: before[dimension.pk].answer for key, dimension in dimensions.items()}
    if stood != dict(answer.answers):
        past = {
            "at": timezone.now().isoformat(timespec="seconds"),
            "answers": stood,
            "evidence": dict(answer.evidence),
        }
        trial.evidence["amended"] = [*trial.evidence.get("amended", []), past]
    trial.answer_key, trial.reason = answer.key, answer.reason
    trial.save(update_fields=["evidence", "answer_key", "reason"])
    for key, dimension in dimensions.items():
        rating = before[dimension.pk]
        if rating.answer != answer.answers[key]:
            rating.answer = answer.answers[key]
            rating.changes += 1
            rating.save(update_fields=["answer", "changes"])


def _judge(sitting: Sitting, trial: Trial, answers: Mapping[str, str]) -> None:
    """Checks are judged here. A repeat is passed when no dimension prefers the other system than it did before: equal
    against a preference is no contradiction."""
    if trial.kind in (Trial.Kind.INSTRUCTED, Trial.Kind.IDENTICAL):
        Trial.objects.filter(pk=trial.pk).update(passed=dict(answers) == trial.expected)
        return
    showings = sitting.trials.filter(comparison=trial.comparison_id, answered_at__isnull=False)
    first = showings.filter(kind=Trial.Kind.COMPARISON).first()
    for repeat in showings.filter(kind=Trial.Kind.REPEAT):
        if first is not None:
            Trial.objects.filter(pk=repeat.pk).update(passed=not contradicts(first, repeat))


def contradicts(first: Trial, second: Trial) -> bool:
    """Whether two showings of a pair prefer opposite systems on any dimension."""
    values = [
        {one.dimension_id: answer_value(one.answer, trial.a_on_left) for one in trial.ratings.all()}
        for trial in (first, second)
    ]
    return any(values[0].get(key, 0) * value < 0 for key, value in values[1].items())
