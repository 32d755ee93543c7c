"""How studies stand: the counts and the one sentence that list and study page show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from studies.models import Block, Exclusion, Participant, Sitting, Study, Trial

QUIET = timedelta(days=3)
State = Sitting.State


@dataclass(frozen=True)
class Standing:
    """One study's counts. ``needs`` is empty when it needs nobody now; ``urgency`` sorts the list, highest first."""

    study: Study
    places: int
    completed: int
    active: int
    to_review: int
    last: datetime | None
    needs: str
    urgency: int

    @property
    def share(self) -> float:
        return min(1.0, self.completed / self.places) if self.places else 0.0

    @property
    def simulated(self) -> bool:
        return self.study.simulated or self.study.dataset.simulated


def _counted(rows: QuerySet[Any], owner: str, count: Any) -> Any:
    """A count per study as a subquery: joins of several would multiply each other."""
    grouped = rows.filter(**{owner: OuterRef("pk")}).order_by().values(owner).annotate(n=count).values("n")
    return Coalesce(Subquery(grouped, output_field=IntegerField()), 0)


def standings(studies: QuerySet[Study]) -> list[Standing]:
    """Every study's standing, in one query, the one that needs somebody first."""
    sittings = Sitting.objects.all()
    owner = "participant__study"
    failed = Trial.objects.filter(sitting=OuterRef("pk"), kind__in=Trial.CHECKS, passed=False)
    decided = Exclusion.objects.filter(sitting=OuterRef("pk"))
    found = studies.select_related("dataset").annotate(
        blocks_n=_counted(Block.objects.all(), "study", Count("pk")),
        held=_counted(sittings.filter(holds_place=True, state=State.COMPLETED), owner, Count("pk")),
        active=_counted(sittings.filter(state=State.ACTIVE), owner, Count("pk")),
        to_review=_counted(
            sittings.filter(~Exists(decided), Exists(failed), state=State.COMPLETED), owner, Count("pk")
        ),
        last=Subquery(
            sittings.filter(participant__study=OuterRef("pk"), completed_at__isnull=False)
            .order_by("-completed_at")
            .values("completed_at")[:1]
        ),
    )
    rows = [_standing(study) for study in found]
    return sorted(rows, key=lambda row: (-row.urgency, -row.study.created_at.timestamp()))


def _standing(study: Any) -> Standing:
    places = study.blocks_n * study.raters_per_block
    needs, urgency = _needs(study, places)
    return Standing(study, places, study.held, study.active, study.to_review, study.last, needs, urgency)


def _needs(study: Any, places: int) -> tuple[str, int]:
    noun = "sitting" if study.to_review == 1 else "sittings"
    reviews = f"{study.to_review} completed {noun} with a failed check to look at"
    if study.state == Study.State.LIVE:
        if places and study.held >= places:
            return "Every place is filled: close it and read the report.", 5
        if study.to_review:
            return f"{reviews}.", 4
        seen = study.last or study.launched_at
        if seen and timezone.now() - seen > QUIET and not study.active:
            return f"Nobody has finished for {(timezone.now() - seen).days} days: send the link again.", 3
        return "", 2
    if study.state == Study.State.PAUSED:
        return "Paused: nobody new is admitted.", 3
    if study.state == Study.State.DRAFT:
        return "Not open yet: check its design, then open it.", 2
    return (f"{reviews}.", 1) if study.to_review else ("", 0)


@dataclass(frozen=True)
class Place:
    number: int
    state: str
    words: str
    participant: str = ""


@dataclass(frozen=True)
class BlockRow:
    number: int
    comparisons: int
    places: tuple[Place, ...]
    beside: int


def block_rows(study: Study) -> list[BlockRow]:
    """Each block's places and who holds them; ``beside``: completed sittings that hold none (excluded, or extra)."""
    held: dict[tuple[int, int], tuple[str, str]] = {}
    beside: dict[int, int] = {}
    rows = Sitting.objects.filter(participant__study=study).values_list(
        "block_id", "place", "holds_place", "state", "participant__pseudonym"
    )
    for block, place, holds, state, pseudonym in rows:
        if holds and place:
            held[block, place] = (state, pseudonym)
        elif state == State.COMPLETED:
            beside[block] = beside.get(block, 0) + 1
    words = {State.COMPLETED: "completed", State.ACTIVE: "under way"}

    def seat(block: int, number: int) -> Place:
        state, pseudonym = held.get((block, number), ("free", ""))
        return Place(number, state, words[State(state)] if pseudonym else "free", pseudonym)

    return [
        BlockRow(
            block.number,
            block.comparisons_n,
            tuple(seat(block.pk, number) for number in range(1, study.raters_per_block + 1)),
            beside.get(block.pk, 0),
        )
        for block in study.blocks.annotate(comparisons_n=Count("items")).order_by("number")
    ]


@dataclass(frozen=True)
class Soundness:
    """Whether the data can be trusted so far. ``checks``: (kind, passed, shown)."""

    states: tuple[tuple[str, int], ...]
    checks: tuple[tuple[str, int, int], ...]
    excluded: int
    withdrawn: int
    clip_failures: int
    median_minutes: float | None


def soundness(study: Study) -> Soundness:
    ours = Sitting.objects.filter(participant__study=study)
    counts = dict(ours.order_by().values_list("state").annotate(n=Count("pk")))
    trials = Trial.objects.filter(sitting__participant__study=study)
    checks = (
        trials.filter(kind__in=Trial.CHECKS, passed__isnull=False)
        .order_by()
        .values_list("kind")
        .annotate(passed_n=Count("pk", filter=Q(passed=True)), shown=Count("pk"))
    )
    opened = Trial.objects.filter(sitting=OuterRef("pk"), opened_at__isnull=False)
    # Imported sittings never ran here: their times are the import's and say nothing.
    timed = ours.filter(Exists(opened), state=State.COMPLETED).annotate(
        took=F("completed_at") - F("created_at")
    )
    minutes = sorted(took.total_seconds() / 60 for took in timed.values_list("took", flat=True))
    return Soundness(
        states=tuple((State(state).label, counts[state]) for state in State.values if counts.get(state)),
        checks=tuple((Trial.Kind(kind).label, passed, shown) for kind, passed, shown in checks),
        excluded=Exclusion.objects.filter(sitting__participant__study=study, lifted_at=None).count(),
        withdrawn=Participant.objects.filter(study=study, withdrawn_at__isnull=False).count(),
        clip_failures=trials.exclude(failures=[]).count(),
        median_minutes=minutes[len(minutes) // 2] if minutes else None,
    )
