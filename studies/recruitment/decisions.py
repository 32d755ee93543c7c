"""The researcher's decisions: about data, and about pay. Neither touches the other.

Deciding about pay makes a row and a job that tells Prolific; nothing else in Diptych tells Prolific anything.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from benchmark.jobs.queue import enqueue
from studies.models import Exclusion, PayDecision, RecruiterIdentity, Sitting, Study, Submission
from studies.recruitment.evaluation import evaluate
from studies.recruitment.rules import why_not_ask_return, why_not_reject
from studies.sitting import assignment

Decision = PayDecision.Decision
PAY_JOB = "tell_prolific"
DONE = {Decision.APPROVE: "approved", Decision.REJECT: "rejected"}


class DecisionRefused(ValueError):
    """It cannot be decided like that; the text says why and what to do."""


def exclude(sitting: Sitting, *, reason: str, by: User | None) -> Exclusion:
    """Keep a completed sitting's ratings out of the analysis and free its place. Its pay is another decision."""
    if not reason.strip():
        raise DecisionRefused("Write down why this data is excluded: the reason stands in every report.")
    sitting.refresh_from_db()
    if sitting.state != Sitting.State.COMPLETED:
        raise DecisionRefused(
            "Only a completed sitting has ratings in the analysis, so there is nothing to exclude."
        )
    if sitting.exclusions.filter(lifted_at=None).exists():
        raise DecisionRefused("This sitting is excluded already: reload the page to see why and by whom.")
    return assignment.exclude(sitting, rule="researcher", reason=reason.strip(), by=by)


def lift(exclusion: Exclusion, *, by: User | None) -> bool:
    """Let the ratings count again. True when the sitting also holds a place again; a block that was filled meanwhile
    has one rater more than planned."""
    with transaction.atomic():
        lifted = Exclusion.objects.filter(pk=exclusion.pk, lifted_at=None).update(
            lifted_at=timezone.now(), lifted_by=by
        )
        if lifted != 1:
            raise DecisionRefused("This exclusion has been lifted already: reload the page.")
        return assignment.lift_exclusion(exclusion)


def submission_key(sitting: Sitting) -> str:
    """Prolific's id of the submission behind a sitting: the one the person came with last; empty when none is known."""
    participant = sitting.participant
    identity = RecruiterIdentity.objects.filter(
        participant=participant, recruiter=Study.Recruiter.PROLIFIC
    ).first()
    if identity is not None and identity.submission:
        return identity.submission
    latest = Submission.objects.filter(participant=participant).order_by("-started_at", "-pk").first()
    return latest.key if latest else ""


def decide_pay(sitting: Sitting, decision: str, category: str, message: str, by: User | None) -> PayDecision:
    """Record a decision and ask for it to be sent. Raises DecisionRefused where the rules do not permit it, where it
    was decided before, or where Prolific knows nothing of this sitting."""
    if decision not in Decision.values:
        raise DecisionRefused("Choose whether to approve, ask for a return, or reject.")
    message = message.strip()
    with transaction.atomic():
        sitting = (
            Sitting.objects.select_for_update(of=("self",))
            .select_related("participant__study")
            .get(pk=sitting.pk)
        )
        if not submission_key(sitting):
            raise DecisionRefused("Prolific did not send this person, so there is no pay to decide here.")
        _refuse_decided(sitting, decision)
        evaluation = evaluate(sitting)
        sentence = None
        if decision == Decision.REJECT:
            sentence = why_not_reject(evaluation.verdicts, category, message)
        elif decision == Decision.ASK_RETURN:
            sentence = why_not_ask_return(evaluation.verdicts, message)
        if sentence:
            raise DecisionRefused(sentence)
        try:
            with transaction.atomic():
                made = PayDecision.objects.create(
                    sitting=sitting,
                    decision=decision,
                    category=category if decision == Decision.REJECT else "",
                    message="" if decision == Decision.APPROVE else message,
                    grounds="\n".join(verdict.sentence for verdict in evaluation.verdicts),
                    by=by,
                )
        except IntegrityError as error:
            raise DecisionRefused("Somebody decided this a moment ago: reload the page.") from error
        send(made)
    return made


def take_back(decision: PayDecision) -> None:
    """Undo a decision that is not on its way yet, or that Prolific would not take."""
    taken = PayDecision.objects.filter(
        pk=decision.pk, sending_at=None, sent_at=None, taken_back_at=None
    ).update(taken_back_at=timezone.now())
    if taken != 1:
        raise DecisionRefused(
            "It has reached Prolific, or may have: what was told there cannot be taken back here."
        )


def send(decision: PayDecision) -> None:
    """Ask for a decision to be told to Prolific; asking again for one that was told changes nothing."""
    label = f"{decision.get_decision_display()}: {decision.sitting.participant.pseudonym}"
    enqueue(PAY_JOB, f"decision:{decision.pk}", label=label)


def _refuse_decided(sitting: Sitting, decision: str) -> None:
    standing = sitting.pay_decisions.filter(taken_back_at=None)
    final = standing.filter(decision__in=PayDecision.FINAL).first()
    if final is not None:
        undo = " A rejection cannot be undone." if final.decision == Decision.REJECT else ""
        raise DecisionRefused(
            f"This submission was {DONE[Decision(final.decision)]} on {final.made_at:%-d %B %Y}, and that decision "
            f"stands.{undo}"
        )
    if decision == Decision.ASK_RETURN and standing.exists():
        raise DecisionRefused("This person was asked for a return already: wait for the answer, or approve.")
