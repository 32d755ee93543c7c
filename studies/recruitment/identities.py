"""Who the pseudonyms are: to be taken out by those allowed, and to be destroyed apart from everything else."""

from __future__ import annotations

import csv
import io

from django.db import transaction
from django.db.models import QuerySet

from studies.models import (
    PayDecision,
    RecruiterIdentity,
    RecruiterMessage,
    RecruiterPoll,
    RecruiterStudy,
    Study,
    Submission,
)

COLUMNS = ("pseudonym", "recruiter", "person", "recruiter_study", "submission")


class IdentitiesRefused(ValueError):
    """The map cannot be destroyed now; the text says why and what to do."""


def identity_csv(study: Study) -> str:
    """The map as CSV. A cell that a spreadsheet would take for a formula is marked as text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in _identities(study).select_related("participant").order_by("participant__pseudonym"):
        cells = (one.participant.pseudonym, one.recruiter, one.person, one.recruiter_study, one.submission)
        writer.writerow(f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell for cell in cells)
    return out.getvalue()


def why_not_destroy(study: Study) -> str | None:
    """What still needs the map, as a sentence, or None."""
    if study.state in (Study.State.LIVE, Study.State.PAUSED):
        return "Close the study first: while it is open the map is how people get back to their sitting."
    untold = PayDecision.objects.filter(
        sitting__participant__study=study, sent_at=None, taken_back_at=None
    ).count()
    if untold:
        return (
            f"{untold} decision{' has' if untold == 1 else 's have'} not reached Prolific yet: wait for them, or take "
            "them back. Without the map nobody knows whom they are about."
        )
    return None


def unreviewed(study: Study) -> int:
    """How many submissions would have to be reviewed on Prolific's own pages once the map is gone."""
    return Submission.objects.filter(study=study, status=Submission.Status.AWAITING_REVIEW).count()


def destroy(study: Study) -> int:
    """Delete everything that leads from a pseudonym to a person at the recruiter; how many people were in it. Ratings,
    exclusions and decisions stay as they are. Raises IdentitiesRefused."""
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        if reason := why_not_destroy(locked):
            raise IdentitiesRefused(reason)
        submissions = Submission.objects.filter(study=study)
        keys = {
            *submissions.values_list("key", flat=True),
            *_identities(study).values_list("submission", flat=True),
        }
        RecruiterMessage.objects.filter(submission__in=keys - {""}).delete()
        submissions.delete()
        RecruiterStudy.objects.filter(study=study).delete()
        RecruiterPoll.objects.filter(study=study).delete()
        people = _identities(study).count()
        _identities(study).delete()
    return people


def _identities(study: Study) -> QuerySet[RecruiterIdentity]:
    return RecruiterIdentity.objects.filter(study=study)
