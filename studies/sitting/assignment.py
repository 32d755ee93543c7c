"""Who gets which place. A block has as many numbered places as the study wants raters, and the database gives each
number to one sitting (`place_is_held_once`): whoever loses the race draws again.

A place is held by a completed sitting that is not excluded and by an active one whose lease runs. Every act of the
participant renews the lease; an expired one is freed by the next person who looks for a place.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from studies.design.order import CheckPlan, draw_trials
from studies.models import Block, BlockItem, Exclusion, Participant, Sitting, Study, Trial
from studies.models.study import new_seed

State = Sitting.State


def find_sitting(participant: Participant) -> Sitting | None:
    """The sitting that counts for this person: the one under way or completed, else the latest that ended."""
    sittings = list(participant.sittings.select_related("block", "participant__study").order_by("-pk"))
    held = [sitting for sitting in sittings if sitting.state in (State.ACTIVE, State.COMPLETED)]
    return next(iter(held or sittings), None)


def has_room(study: Study) -> bool:
    """Whether a newcomer would find a place now."""
    expire_leases(study)
    return _least_filled(study) is not None


def claim_place(participant: Participant) -> Sitting | None:
    """A place in the least-filled open block with its trials drawn; the sitting already there if there is one; None
    when the study is full."""
    study = participant.study
    expire_leases(study)
    while True:
        with transaction.atomic():
            if sitting := participant.sittings.filter(state__in=[State.ACTIVE, State.COMPLETED]).first():
                return sitting
            block = _least_filled(study)
            if block is None:
                return None
        # Losing the race to a constraint means that another has won a place, so the study fills and this ends.
        try:
            with transaction.atomic():
                return _seat(participant, study, block, random.choice(_free_places(study, block) or [1]))
        except IntegrityError:
            continue


def renew(sitting: Sitting) -> None:
    """The participant did something: the place is kept for another while."""
    now = timezone.now()
    until = now + timedelta(minutes=_lease_minutes(sitting))
    Sitting.objects.filter(pk=sitting.pk, state=State.ACTIVE).update(seen_at=now, lease_until=until)


def expire_leases(study: Study, now: datetime | None = None) -> int:
    """Free the places of those who fell silent; how many."""
    return Sitting.objects.filter(
        participant__study=study, state=State.ACTIVE, lease_until__lt=now or timezone.now()
    ).update(state=State.EXPIRED, holds_place=False)


def resume(sitting: Sitting) -> bool:
    """Take an expired sitting up again where it stopped, while its block has a place; whether that worked."""
    study = sitting.participant.study
    expire_leases(study)
    while free := _free_places(study, sitting.block):
        place = sitting.place if sitting.place in free else random.choice(free)
        now = timezone.now()
        try:
            with transaction.atomic():
                taken = Sitting.objects.filter(pk=sitting.pk, state=State.EXPIRED).update(
                    state=State.ACTIVE,
                    holds_place=True,
                    place=place,
                    seen_at=now,
                    lease_until=now + timedelta(minutes=study.lease_minutes),
                )
        except IntegrityError:
            if participant_sits(sitting.participant):
                return False
            continue
        sitting.refresh_from_db()
        return bool(taken) or sitting.state == State.ACTIVE
    return False


def participant_sits(participant: Participant) -> bool:
    return participant.sittings.filter(state__in=[State.ACTIVE, State.COMPLETED]).exists()


def end(sitting: Sitting, state: str) -> bool:
    """Active or expired → returned or screened out: the place is free; False when the sitting had ended otherwise."""
    ended = Sitting.objects.filter(pk=sitting.pk, state__in=[State.ACTIVE, State.EXPIRED]).update(
        state=state, holds_place=False
    )
    return ended == 1


def exclude(sitting: Sitting, *, rule: str, reason: str, by: User | None = None) -> Exclusion:
    """Keep a sitting's ratings out of the analysis and free its place. Doing it twice changes nothing."""
    with transaction.atomic():
        exclusion, _ = Exclusion.objects.get_or_create(
            sitting=sitting, lifted_at=None, defaults={"rule": rule, "reason": reason, "by": by}
        )
        Sitting.objects.filter(pk=sitting.pk).update(holds_place=False)
        Sitting.objects.filter(pk=sitting.pk, state=State.ACTIVE).update(state=State.RETURNED)
    return exclusion


def lift_exclusion(exclusion: Exclusion) -> bool:
    """The ratings count again. True when the sitting also holds a place of its block again; a block that has been
    filled meanwhile keeps its raters, and this one's ratings come on top."""
    sitting = exclusion.sitting
    Exclusion.objects.filter(pk=exclusion.pk, lifted_at=None).update(lifted_at=timezone.now())
    while free := _free_places(sitting.participant.study, sitting.block):
        place = sitting.place if sitting.place in free else free[0]
        try:
            with transaction.atomic():
                return (
                    Sitting.objects.filter(pk=sitting.pk, state=State.COMPLETED).update(
                        holds_place=True, place=place
                    )
                    == 1
                )
        except IntegrityError:
            continue
    return False


def withdraw(participant: Participant) -> None:
    """Delete what this person answered, and who they are; what stays is that a pseudonym once was there and left."""
    with transaction.atomic():
        # An answer that is being stored at this moment is stored first, and then deleted with the others.
        list(Sitting.objects.select_for_update().filter(participant=participant))
        Trial.objects.filter(sitting__participant=participant).delete()  # with their ratings
        Sitting.objects.filter(participant=participant).update(
            state=State.WITHDRAWN,
            holds_place=False,
            practice_log=[],
            environment={},
            completed_at=None,
        )
        type(participant).objects.filter(pk=participant.pk).update(withdrawn_at=timezone.now())
        for relation in ("identity", "consent"):
            if hasattr(participant, relation):
                getattr(participant, relation).delete()


def draw_sitting(study: Study, block: Block, place: int, seed: int) -> list[Trial]:
    """The trials of a sitting in that place, unsaved and without their sitting."""
    dimensions = list(study.dimensions.order_by("position").values_list("key", flat=True))
    comparisons = list(BlockItem.objects.filter(block=block).values_list("comparison", flat=True))
    plan = CheckPlan(
        study.instructed_checks, study.identical_checks, min(study.repeat_checks, len(comparisons))
    )
    planned = draw_trials(
        comparisons,
        plan,
        dimensions,
        place=place,
        block_seed=study.seed * 100_003 + block.number,
        seed=seed,
    )
    return [
        Trial(
            position=position,
            kind=one.kind,
            comparison_id=one.comparison,
            a_on_left=one.a_on_left,
            expected=one.expected,
        )
        for position, one in enumerate(planned, start=1)
    ]


def _seat(participant: Participant, study: Study, block: Block, place: int) -> Sitting:
    now = timezone.now()
    sitting = Sitting.objects.create(
        participant=participant,
        block=block,
        place=place,
        seed=new_seed(),
        seen_at=now,
        lease_until=now + timedelta(minutes=study.lease_minutes),
    )
    trials = draw_sitting(study, block, place, sitting.seed)
    for trial in trials:
        trial.sitting = sitting
    Trial.objects.bulk_create(trials)
    return sitting


def _least_filled(study: Study) -> Block | None:
    held = Count("sittings", filter=Q(sittings__holds_place=True))
    blocks = list(study.blocks.annotate(held=held).filter(held__lt=study.raters_per_block).order_by("held"))
    # Among equals by lot: many who come at once then look in different blocks.
    return random.choice([block for block in blocks if block.held == blocks[0].held]) if blocks else None


def _free_places(study: Study, block: Block) -> list[int]:
    taken = set(block.sittings.filter(holds_place=True).values_list("place", flat=True))
    return [place for place in range(1, study.raters_per_block + 1) if place not in taken]


def _lease_minutes(sitting: Sitting) -> int:
    return sitting.participant.study.lease_minutes
