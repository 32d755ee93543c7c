"""Each person's sitting beside their submission, what the rules permit, and what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from studies.models import PayDecision, Sitting, Study, Submission
from studies.recruitment.decisions import submission_key
from studies.recruitment.differences import counting_sittings, current_keys
from studies.recruitment.evaluation import Evaluation, evaluate, evaluate_study
from studies.recruitment.rules import Consequence

WITHHOLDING = {Consequence.ASK_RETURN, Consequence.REJECT}
WAITING = {Submission.Status.AWAITING_REVIEW}


@dataclass(frozen=True, slots=True)
class Review:
    """One person. ``row`` is None while Prolific was not asked about the submission yet."""

    sitting: Sitting
    key: str
    row: Submission | None
    evaluation: Evaluation
    decisions: tuple[PayDecision, ...]

    @property
    def final(self) -> PayDecision | None:
        return next((one for one in self.decisions if one.decision in PayDecision.FINAL), None)

    @property
    def asked_for_return(self) -> PayDecision | None:
        return next((one for one in self.decisions if one.decision == PayDecision.Decision.ASK_RETURN), None)

    @property
    def choices(self) -> tuple[str, ...]:
        """The decisions that are still open and that the rules permit, approving first."""
        if self.final is not None or (self.row is not None and self.row.status in NOTHING_TO_DECIDE):
            return ()
        permits = self.evaluation.permits
        found = [PayDecision.Decision.APPROVE]
        if Consequence.ASK_RETURN in permits and self.asked_for_return is None:
            found.append(PayDecision.Decision.ASK_RETURN)
        if Consequence.REJECT in permits and (self.row is None or self.row.status in WAITING):
            found.append(PayDecision.Decision.REJECT)
        return tuple(found)

    @property
    def plainly_due(self) -> bool:
        """Finished, waiting for review, and no rule permits withholding pay: nothing is left but to approve."""
        return (
            self.final is None
            and self.row is not None
            and self.row.status in WAITING
            and self.evaluation.conduct.completed
            and not self.evaluation.permits & WITHHOLDING
        )


# Not handed in yet, or at an end that no decision of ours changes.
NOTHING_TO_DECIDE = {
    Submission.Status.RESERVED, Submission.Status.ACTIVE, Submission.Status.RETURNED, Submission.Status.APPROVED,
    Submission.Status.PARTIALLY_APPROVED, Submission.Status.REJECTED, Submission.Status.SCREENED_OUT,
}  # fmt: skip


def reviews(study: Study) -> list[Review]:
    """Everybody whom Prolific sent and who has a sitting, by pseudonym. A fixed number of queries."""
    keys, rows = current_keys(study), _rows(study)
    latest = {row.participant_id: row for row in rows.values() if row.participant_id}
    evaluations = evaluate_study(study)
    decisions: dict[int, list[PayDecision]] = {}
    standing = PayDecision.objects.filter(sitting__participant__study=study, taken_back_at=None)
    for decision in standing.select_related("by"):
        decisions.setdefault(decision.sitting_id, []).append(decision)
    found = []
    for participant, sitting in counting_sittings(study).items():
        known = latest.get(participant)
        key = keys.get(participant) or (known.key if known else "")
        if key:
            made = tuple(decisions.get(sitting.pk, ()))
            found.append(Review(sitting, key, rows.get(key), evaluations[sitting.pk], made))
    return sorted(found, key=lambda one: one.sitting.participant.pseudonym)


def review(sitting: Sitting) -> Review | None:
    """One sitting's; None when Prolific did not send the person."""
    key = submission_key(sitting)
    if not key:
        return None
    study = sitting.participant.study
    row = Submission.objects.filter(study=study, key=key).first()
    made = tuple(sitting.pay_decisions.filter(taken_back_at=None).select_related("by"))
    return Review(sitting, key, row, evaluate(sitting), made)


def tally(study: Study, found: Iterable[Review]) -> list[tuple[str, int, dict[str, int]]]:
    """(status at Prolific, how many, state here → how many), in the order a submission goes through."""
    here = {one.key: one.sitting.get_state_display() for one in found}
    counts: dict[str, Counter[str]] = {}
    for row in Submission.objects.filter(study=study).exclude(status=""):
        counts.setdefault(row.status, Counter())[str(here.get(row.key, "not here"))] += 1
    order = {status: place for place, status in enumerate(Submission.Status.values)}
    words = dict(Submission.Status.choices)
    return [
        (words.get(status, status.lower()), sum(states.values()), dict(states))
        for status, states in sorted(counts.items(), key=lambda item: order.get(item[0], len(order)))
    ]


def _rows(study: Study) -> dict[str, Submission]:
    return {row.key: row for row in Submission.objects.filter(study=study)}
