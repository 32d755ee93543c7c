"""From the rows of a sitting to what the rules say about it, and the automatic exclusions of a frozen plan."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from studies.models import Exclusion, Sitting, Study, Trial
from studies.recruitment.rules import (
    SHORT_STUDY_MINUTES,
    Conduct,
    Consequence,
    ExclusionRule,
    Verdict,
    exclusion_rule,
    permitted,
    verdicts,
)
from studies.sitting import assignment

FAST_PAGE_MS = 3000
ENOUGH_FOR_A_MEDIAN = 5
_FAILED = {kind: Count("trials", filter=Q(trials__kind=kind, trials__passed=False)) for kind in Trial.CHECKS}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the rules say about one sitting: ``proposed`` is (rule, reason) where the study's plan excludes it."""

    conduct: Conduct
    verdicts: tuple[Verdict, ...]
    proposed: tuple[str, str] | None

    @property
    def permits(self) -> frozenset[Consequence]:
        return permitted(self.verdicts)

    @property
    def clean(self) -> bool:
        """Finished, and no rule has anything to say: approving needs no second look."""
        return self.conduct.completed and self.permits == {Consequence.NOTHING}


def evaluate(sitting: Sitting) -> Evaluation:
    """One sitting, with its single pages looked at too."""
    found = next(_evaluations(sitting.participant.study, Sitting.objects.filter(pk=sitting.pk), pages=True))
    return found[1]


def evaluate_study(study: Study) -> dict[int, Evaluation]:
    """Every sitting of a study by its key, in two queries."""
    return dict(_evaluations(study, Sitting.objects.filter(participant__study=study)))


def rule_of(study: Study) -> ExclusionRule:
    """The automatic exclusion in the study's plan. Raises ValueError with a sentence if it cannot be read."""
    return exclusion_rule(study.analysis_plan)


def exclude_by_rule(study: Study) -> list[Exclusion]:
    """Exclude each completed sitting that the frozen plan excludes, freeing its place. An exclusion that a researcher
    lifted is not made again; running twice changes nothing. A draft's plan is not frozen, so it excludes nobody."""
    rule = rule_of(study)
    if not study.frozen or rule == ExclusionRule():
        return []
    standing = Exclusion.objects.filter(sitting=OuterRef("pk")).filter(
        Q(lifted_at__isnull=True) | ~Q(rule="researcher")
    )
    sittings = (
        Sitting.objects.filter(participant__study=study, state=Sitting.State.COMPLETED)
        .filter(~Exists(standing))
        .annotate(**_failed_counts())
    )
    made = []
    for sitting in sittings:
        if applied := rule.applies(_failed(sitting)):
            kind, reason = applied
            made.append(assignment.exclude(sitting, rule=kind, reason=reason))
    return made


def _evaluations(
    study: Study, sittings: QuerySet[Sitting], pages: bool = False
) -> Iterator[tuple[int, Evaluation]]:
    lengths = tuple(_minutes(one) for one in _completed(study))
    announced = float(study.minutes or SHORT_STUDY_MINUTES)
    taken = statistics.median(lengths) if len(lengths) >= ENOUGH_FOR_A_MEDIAN else announced
    rule = rule_of(study)
    for sitting in sittings.select_related("participant").annotate(**_failed_counts()):
        failed = _failed(sitting)
        completed = sitting.state == Sitting.State.COMPLETED
        conduct = Conduct(
            study_minutes=max(announced, taken),
            failed_instructed=failed["instructed"],
            failed_identical=failed["identical"],
            failed_repeat=failed["repeat"],
            practice_attempts=_attempts(sitting.practice_log),
            practice_failed=sitting.state == Sitting.State.SCREENED_OUT,
            completed=completed,
            withdrew=sitting.participant.withdrawn_at is not None,
            minutes=_minutes(sitting) if completed else None,
            all_minutes=lengths,
            fast_pages=_fast_pages(sitting) if pages else 0,
        )
        yield sitting.pk, Evaluation(conduct, verdicts(conduct), rule.applies(failed) if completed else None)


def _failed_counts() -> dict[str, Count]:
    return {f"failed_{kind}": count for kind, count in _FAILED.items()}


def _failed(sitting: Sitting) -> dict[str, int]:
    return {str(kind): getattr(sitting, f"failed_{kind}") for kind in Trial.CHECKS}


def _completed(study: Study) -> Iterable[Sitting]:
    return Sitting.objects.filter(participant__study=study, state=Sitting.State.COMPLETED).only(
        "created_at", "completed_at"
    )


def _minutes(sitting: Sitting) -> float:
    """From consent to the last answer."""
    assert sitting.completed_at is not None  # held by completed_sitting_has_a_time
    return max(sitting.completed_at - sitting.created_at, timedelta()).total_seconds() / 60


def _attempts(log: list[dict[str, object]]) -> int:
    """How often the round that was missed most often was tried in vain."""
    missed = Counter(entry["round"] for entry in log if not entry["understood"])
    return max(missed.values(), default=0)


def _fast_pages(sitting: Sitting) -> int:
    times = sitting.trials.filter(kind=Trial.Kind.COMPARISON).values_list("evidence__response_ms", flat=True)
    return sum(isinstance(time, int | float) and time < FAST_PAGE_MS for time in times)
