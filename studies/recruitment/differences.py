"""Where Prolific and Diptych tell different stories about a person, and what the researcher can do about it.

Nothing is put right by itself: each difference is a sentence, until the stories agree or somebody ticks it off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from studies.models import (
    CompletionCode,
    PayDecision,
    RecruiterIdentity,
    RecruiterStudy,
    Sitting,
    Study,
    Submission,
)

Status = Submission.Status
State = Sitting.State
HANDED_IN = {Status.AWAITING_REVIEW, Status.APPROVED, Status.PARTIALLY_APPROVED, Status.PROCESSING}
UNDER_WAY = {Status.RESERVED, Status.ACTIVE}
GRACE = timedelta(minutes=10)
APPROVES_ITSELF = timedelta(days=21)
WARN_BEFORE = timedelta(days=4)
NO_CODE = "NOCODE"
FOR_THE_FINISHED = {CompletionCode.Outcome.COMPLETED, CompletionCode.Outcome.FAILED_CHECKS}


@dataclass(frozen=True, slots=True)
class Difference:
    """``kind`` is for styling and tests, ``sentence`` says what is the matter, ``advice`` what to do. ``row`` is the
    submission it is about, if Prolific has one; ``sitting`` the one here, if there is one."""

    kind: str
    sentence: str
    advice: str
    row: Submission | None = None
    sitting: Sitting | None = None
    decision: PayDecision | None = None

    @property
    def can_be_settled(self) -> bool:
        return self.row is not None and self.decision is None


def differences(study: Study, now: datetime | None = None) -> list[Difference]:
    """What is not ticked off, the most pressing first: failed decisions, people unpaid, then the rest."""
    now = now or timezone.now()
    study = Study.objects.prefetch_related("completion_codes").get(pk=study.pk)
    found = [*_failed_decisions(study), *_other_studies(study)]
    sittings = counting_sittings(study)
    current = current_keys(study)
    rows = Submission.objects.filter(study=study, settled_at=None).select_related("participant")
    decided = set(
        PayDecision.objects.filter(
            sitting__participant__study=study, decision="reject", taken_back_at=None
        ).values_list("sitting_id", flat=True)
    )
    for row in rows:
        sitting = sittings.get(row.participant_id) if row.participant_id else None
        if row.participant_id and current.get(row.participant_id, row.key) != row.key:
            # Somebody who came again with a newer submission: only a handed-in old one still matters.
            if row.status in HANDED_IN:
                found.append(_two_submissions(row, sitting))
            continue
        found += _about(study, row, sitting, decided, now)
    order = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(found, key=lambda one: (order[one.kind], one.row.pk if one.row else 0))


KINDS = (
    "decision failed", "lost here", "unfinished here", "withdrew", "timed out there", "rejected there",
    "two submissions", "not handed in", "returned there", "review due", "wrong code", "not known there", "other study",
)  # fmt: skip


def _about(
    study: Study, row: Submission, sitting: Sitting | None, rejected_here: set[int], now: datetime
) -> Iterator[Difference]:
    if row.missing_since is not None:
        yield Difference(
            "not known there",
            "Came with a submission id that Prolific's list does not hold.",
            "Perhaps the link was passed on or typed by hand: look at the sitting, and exclude it if it is not "
            "genuine.",
            row,
            sitting,
        )
        return
    if sitting is None or row.participant is None:
        if row.status in HANDED_IN:
            code = " without a code" if row.code == NO_CODE else ""
            yield Difference(
                "lost here",
                f"Handed in on Prolific{code}, but nobody arrived here with this submission.",
                "The person may have lost the page: write to them on Prolific before you decide there. Handing in "
                "without a code is not by itself invalid.",
                row,
            )
        return
    if row.participant.withdrawn_at is not None:
        if row.status in HANDED_IN - {Status.APPROVED, Status.PARTIALLY_APPROVED}:
            yield Difference(
                "withdrew",
                "Withdrew here, and handed in on Prolific.",
                "Approve, or ask for a return; the answers are deleted either way.",
                row,
                sitting,
            )
        return
    if sitting.state == State.COMPLETED:
        yield from _about_completed(study, row, sitting, rejected_here, now)
    elif row.status in HANDED_IN:
        yield _unfinished(row, sitting)


def _unfinished(row: Submission, sitting: Sitting) -> Difference:
    answered, rounds = getattr(sitting, "answered", 0), getattr(sitting, "rounds", 0)
    if sitting.state == State.SCREENED_OUT:
        sentence = "Handed in on Prolific after missing the practice twice."
        advice = "Ask for a return, or approve. A missed practice is never a ground for rejecting."
    else:
        code = " without a code" if row.code == NO_CODE else ""
        sentence = f"Handed in on Prolific{code} with {answered} of {rounds} rounds answered here."
        advice = (
            "What was answered is kept. Ask the person to open the study's link again and finish, ask for a return, or "
            "approve."
        )
    return Difference("unfinished here", sentence, advice, row, sitting)


def _about_completed(
    study: Study, row: Submission, sitting: Sitting, rejected_here: set[int], now: datetime
) -> Iterator[Difference]:
    if row.status == Status.TIMED_OUT:
        yield Difference(
            "timed out there",
            "Finished every round here, but timed out on Prolific.",
            "The work was done: approve, so that it is paid.",
            row,
            sitting,
        )
    elif row.status == Status.RETURNED:
        yield Difference(
            "returned there",
            "Finished every round here, and returned the submission on Prolific: it is not paid.",
            "Keep the data if the consent allows it, or exclude it; if the return was a mistake, pay by a bonus there.",
            row,
            sitting,
        )
    elif row.status == Status.REJECTED and sitting.pk not in rejected_here:
        yield Difference(
            "rejected there",
            "Rejected on Prolific, not from here.",
            "Make sure that Prolific's rules permit it: the sitting's page says what they permit.",
            row,
            sitting,
        )
    elif row.status in UNDER_WAY and sitting.completed_at and sitting.completed_at < now - GRACE:
        yield Difference(
            "not handed in",
            "Finished every round here, but has not handed in on Prolific.",
            "Perhaps the last page was closed early: the study's link shows the code again. After the time-out you can "
            "still approve.",
            row,
            sitting,
        )
    elif row.status == Status.AWAITING_REVIEW:
        yield from _about_review(study, row, sitting, now)


def _about_review(study: Study, row: Submission, sitting: Sitting, now: datetime) -> Iterator[Difference]:
    shown = {code.code for code in study.completion_codes.all() if code.outcome in FOR_THE_FINISHED} - {""}
    if row.code and shown and row.code not in shown:
        given = "no code" if row.code == NO_CODE else "another code than the one shown here"
        yield Difference(
            "wrong code",
            f"Finished every round here, and handed in with {given}.",
            "The work was done: a missing or wrong code is no ground for withholding pay.",
            row,
            sitting,
        )
    if row.completed_at and now - row.completed_at > APPROVES_ITSELF - WARN_BEFORE:
        left = max(0, (row.completed_at + APPROVES_ITSELF - now).days)
        yield Difference(
            "review due",
            f"Waits for your review; Prolific approves it by itself in {left} day{'' if left == 1 else 's'}.",
            "Approve it, or decide otherwise before then.",
            row,
            sitting,
        )


def _two_submissions(row: Submission, sitting: Sitting | None) -> Difference:
    return Difference(
        "two submissions",
        "Handed in on Prolific, but the person came here with another submission later.",
        "Look at both on Prolific before you pay twice.",
        row,
        sitting,
    )


def _failed_decisions(study: Study) -> Iterator[Difference]:
    failed = PayDecision.objects.filter(
        sitting__participant__study=study, sent_at=None, taken_back_at=None
    ).exclude(error="")
    for decision in failed.select_related("sitting__participant"):
        yield Difference(
            "decision failed",
            f"“{decision.get_decision_display()}” has not reached Prolific: {decision.error}",
            "Send it again; a decision that Prolific refused can also be taken back.",
            sitting=decision.sitting,
            decision=decision,
        )


def _other_studies(study: Study) -> Iterator[Difference]:
    entered = set(RecruiterStudy.objects.filter(study=study).values_list("key", flat=True))
    if not entered:
        return
    others = RecruiterIdentity.objects.filter(study=study, recruiter=Study.Recruiter.PROLIFIC).exclude(
        recruiter_study__in=entered
    )
    for key, count in others.order_by().values_list("recruiter_study").annotate(n=Count("pk")):
        people = "1 person" if count == 1 else f"{count} people"
        yield Difference(
            "other study",
            f"{people} came from Prolific's study {key}, which is not entered below.",
            "Enter it if it is yours, so that those people are asked for too.",
        )


def counting_sittings(study: Study) -> dict[int, Sitting]:
    """Participant → the sitting that counts (as `assignment.find_sitting`), with how far it got."""
    answered = Count("trials", filter=Q(trials__answered_at__isnull=False))
    rows = (
        Sitting.objects.filter(participant__study=study)
        .select_related("participant__study")
        .annotate(rounds=Count("trials"), answered=answered)
        .order_by("pk")
    )
    counting: dict[int, Sitting] = {}
    for sitting in rows:
        known = counting.get(sitting.participant_id)
        if known is None or known.state not in (State.ACTIVE, State.COMPLETED):
            counting[sitting.participant_id] = sitting
    return counting


def current_keys(study: Study) -> dict[int, str]:
    identities = RecruiterIdentity.objects.filter(study=study, recruiter=Study.Recruiter.PROLIFIC)
    return dict(identities.exclude(submission="").values_list("participant_id", "submission"))
