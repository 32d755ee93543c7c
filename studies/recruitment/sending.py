"""Telling Prolific what the researcher decided. Looks first, so that doing it twice tells it once."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.utils import timezone

from studies.models import PayDecision, Submission
from studies.recruitment.decisions import submission_key
from studies.recruitment.news import hear
from studies.recruitment.prolific import Prolific, ProlificError, Remote

logger = logging.getLogger(__name__)
Status = Submission.Status
Decision = PayDecision.Decision
DONE = {
    Decision.APPROVE: {Status.APPROVED, Status.PARTIALLY_APPROVED},
    Decision.REJECT: {Status.REJECTED},
    Decision.ASK_RETURN: {Status.RETURNED},
}
ENDED_OTHERWISE = {
    Decision.APPROVE: {Status.REJECTED, Status.RETURNED, Status.SCREENED_OUT},
    Decision.REJECT: {Status.APPROVED, Status.PARTIALLY_APPROVED, Status.RETURNED, Status.SCREENED_OUT},
    Decision.ASK_RETURN: {
        Status.APPROVED, Status.PARTIALLY_APPROVED, Status.REJECTED, Status.SCREENED_OUT,
    },
}  # fmt: skip


def connect() -> Prolific:
    """The client of this installation. Raises ProlificError when no token is set."""
    return Prolific(settings.PROLIFIC_TOKEN, settings.PROLIFIC_API)


def tell(decision: PayDecision, client: Prolific) -> bool:
    """Bring Prolific to what was decided and note that it is there. False when there was nothing to do any more.

    Raises ProlificError. After a refusal the decision can be taken back; after a passing fault it may have arrived, and
    the next attempt sees whether it did.
    """
    claimed = PayDecision.objects.filter(pk=decision.pk, sent_at=None, taken_back_at=None).update(
        sending_at=timezone.now(), error=""
    )
    if not claimed:
        return False
    try:
        _bring_about(decision, client)
    except ProlificError as error:
        changes: dict[str, object] = {"error": str(error)[:500]}
        if not error.retryable:
            changes["sending_at"] = None
        PayDecision.objects.filter(pk=decision.pk).update(**changes)
        raise
    PayDecision.objects.filter(pk=decision.pk, sent_at=None).update(sent_at=timezone.now())
    return True


def _bring_about(decision: PayDecision, client: Prolific) -> None:
    kind = Decision(decision.decision)
    key = submission_key(decision.sitting)
    if not key:
        raise ProlificError(
            "It is no longer known which submission this is: decide it on Prolific's own page.",
            retryable=False,
        )
    remote = _look(decision, client, key)
    if remote.status in DONE[kind] or (kind == Decision.ASK_RETURN and remote.return_asked_at):
        return
    if remote.status in ENDED_OTHERWISE[kind]:
        words = dict(Status.choices)[remote.status]
        raise ProlificError(
            f"Prolific has this submission as {words}, and that cannot be changed.", retryable=False
        )
    if remote.status == Status.PROCESSING:
        raise ProlificError(
            "Prolific is still processing this submission: it is tried again.", retryable=True
        )
    actions: dict[Decision, Callable[[], None]] = {
        Decision.APPROVE: lambda: client.approve(key),
        Decision.REJECT: lambda: client.reject(key, decision.category, decision.message),
        Decision.ASK_RETURN: lambda: client.request_return(key, decision.message),
    }
    actions[kind]()
    try:
        _look(decision, client, key)
    except ProlificError as error:
        # It was told: a second look that fails must not say otherwise, and the next poll brings the status.
        logger.warning("Decision %d was told, but how it stands could not be asked: %s", decision.pk, error)


def _look(decision: PayDecision, client: Prolific, key: str) -> Remote:
    asked = timezone.now()
    remote = client.submission(key)
    hear(decision.sitting.participant.study, remote, asked)
    return remote
