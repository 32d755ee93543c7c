"""A clip that will not play never strands a participant: the round gets another comparison, or is left out."""

from __future__ import annotations

import random

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from studies.models import Comparison, Sitting, Trial
from studies.sitting.answering import refuse_ended
from studies.sitting.assignment import renew
from studies.sitting.clips import clips_of_practice, clips_of_trial
from studies.sitting.completion import complete_if_done
from studies.sitting.refusal import Refused
from studies.sitting.rounds import WITH_CLIPS, current_practice, current_trial, practice_ticket, ticket

KEPT_FAILURES = 10


def replace_trial(sitting: Sitting, position: int, shown: str, role: str, why: str) -> None:
    """The clip at `role` of the open round did not play, after retries. Records it and puts another comparison there.

    Asking twice about the same showing changes nothing the second time. Raises Refused for a round that is not open.
    """
    with transaction.atomic():
        sitting = Sitting.objects.select_for_update().get(pk=sitting.pk)
        refuse_ended(sitting)
        trial = sitting.trials.select_related(*WITH_CLIPS).filter(position=position).first()
        current = current_trial(sitting)
        if trial is None or current is None:
            raise Refused(_("There is no such round in your session; please reload the page."), status=400)
        if trial.pk != current.pk or ticket(trial) != shown:
            return
        clip = clips_of_trial(trial)[role]
        failure = {
            "role": role,
            "why": why,
            "at": timezone.now().isoformat(timespec="seconds"),
            "comparison": trial.comparison_id,
            "clip": clip.sha256 if clip else "",
        }
        trial.failures = [*trial.failures, failure][-KEPT_FAILURES:]
        substitute = _substitute(sitting, trial)
        if substitute is None:
            trial.skipped_at = timezone.now()
        else:
            _put(sitting, trial, substitute)
        trial.save(
            update_fields=["failures", "skipped_at", "comparison", "replaces", "a_on_left", "opened_at"]
        )
        renew(sitting)
        complete_if_done(sitting)


def pass_broken_practice(sitting: Sitting, shown: str, role: str, why: str) -> None:
    """A practice clip that we do not have is our fault: the round is left out and the log says so. One that this
    browser cannot play is told to the participant, because the study's clips would not play either."""
    with transaction.atomic():
        sitting = Sitting.objects.select_for_update().get(pk=sitting.pk)
        practice = current_practice(sitting)
        if sitting.state != Sitting.State.ACTIVE or practice is None:
            return
        if practice_ticket(sitting, practice) != shown:
            return
        clip = clips_of_practice(practice)[role]
        if clip is not None and clip.playable.is_file():
            raise Refused(
                _("This browser cannot play our animations: please open your link in another one, such as a current "
                  "Firefox, Chrome, Edge or Safari. Your place is kept.")
            )  # fmt: skip
        now = timezone.now()
        entry = {"round": practice.position, "key": "", "answers": {}, "understood": True}
        sitting.practice_log = [*sitting.practice_log, entry | {"left_out": why, "at": now.isoformat()}]
        if current_practice(sitting) is None:
            sitting.practised_at = now
        sitting.save(update_fields=["practice_log", "practised_at"])
        renew(sitting)


def _put(sitting: Sitting, trial: Trial, substitute: Comparison) -> None:
    failed = trial.comparison_id
    if trial.replaces_id is None:
        trial.replaces_id = failed
    trial.comparison = substitute
    trial.opened_at = None
    if trial.kind == Trial.Kind.COMPARISON:
        trial.a_on_left = random.Random(f"{sitting.seed}:{substitute.pk}").random() < 0.5
        # Its repeat, still to come, follows it: sides exchanged as before.
        sitting.trials.filter(kind=Trial.Kind.REPEAT, comparison=failed, answered_at=None).update(
            comparison=substitute, a_on_left=not trial.a_on_left
        )


def _substitute(sitting: Sitting, trial: Trial) -> Comparison | None:
    """A spare that this sitting has not seen, the least used first; for a check, another pair of the same block. None
    of the clips that failed in this round comes back."""
    broken = {failure["clip"] for failure in trial.failures}
    study = sitting.participant.study
    if trial.kind == Trial.Kind.REPEAT:
        return None  # without its first showing a repeat says nothing
    candidates: QuerySet[Comparison] = Comparison.objects.filter(study=study)
    if trial.kind == Trial.Kind.COMPARISON:
        seen = sitting.trials.values("comparison")
        replaced = sitting.trials.filter(replaces__isnull=False).values("replaces")
        candidates = candidates.filter(spare=True).exclude(pk__in=seen).exclude(pk__in=replaced)
    else:
        tried = [failure["comparison"] for failure in trial.failures]
        candidates = candidates.filter(items__block=sitting.block).exclude(pk__in=tried)
    candidates = candidates.exclude(
        Q(animation__clip__in=broken) | Q(a__clip__in=broken) | Q(b__clip__in=broken)
    )
    return candidates.annotate(used=Count("trials")).order_by("used", "pk").first()
