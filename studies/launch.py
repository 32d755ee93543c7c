"""Opening a study: its design is checked, frozen under a hash, and from then on only its state changes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from studies.design.order import CheckPlan, draw_trials
from studies.models import Study
from studies.recruitment.rules import exclusion_rule

SETTINGS = (
    "language", "wording", "minutes", "seed", "raters_per_block", "instructed_checks", "identical_checks", "repeat_checks",
    "lease_minutes", "next_after_s", "plays_required", "allow_back", "ask_reason", "recruiter", "analysis_plan",
)  # fmt: skip
SHORT_STUDY_MINUTES = 5


class LaunchRefused(ValueError):
    """The study cannot change to that state; the text says why and what to do."""


def design_of(study: Study) -> dict[str, Any]:
    """Everything the hash covers: what is compared, what is asked, in which words, with which checks and which plan."""
    clips = "reference {} a {} b {}".format
    return {
        "study": study.slug,
        "settings": {name: getattr(study, name) for name in SETTINGS},
        "dimensions": list(study.dimensions.order_by("position").values("key", "label", "question")),
        "blocks": [
            {
                "number": block.number,
                "comparisons": [
                    {
                        "animation": item.comparison.animation.name,
                        "systems": [item.comparison.a.system.name, item.comparison.b.system.name],
                        "clips": clips(
                            item.comparison.animation.clip_id,
                            item.comparison.a.clip_id,
                            item.comparison.b.clip_id,
                        ),
                    }
                    for item in block.items.select_related(
                        "comparison__animation", "comparison__a__system", "comparison__b__system"
                    ).order_by(
                        "comparison__animation__name",
                        "comparison__a__system__name",
                        "comparison__b__system__name",
                    )
                ],
            }
            for block in study.blocks.order_by("number")
        ],
        "practice": [
            {
                "clips": clips(p.reference_id, p.left_id, p.right_id),
                "expected": p.expected,
                "explanation": p.explanation,
            }
            for p in study.practice_rounds.order_by("position")
        ],
    }


def design_hash(study: Study) -> str:
    """sha256 over the design as sorted JSON."""
    return hashlib.sha256(
        json.dumps(design_of(study), sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()


def why_not(study: Study) -> str | None:
    """The first thing that keeps a draft from opening, as a sentence, or None."""
    if not study.dimensions.exists():
        return "Add at least one question (dimension) first."
    if not study.blocks.exists():
        return "Deal the comparisons into blocks first: without a block nobody could take part."
    comparisons = study.comparisons.all()
    missing = (
        comparisons.filter(animation__clip=None)
        | comparisons.filter(a__clip=None)
        | comparisons.filter(b__clip=None)
    ).count()
    if missing:
        return f"{missing} comparisons still lack a clip: wait until capture has finished, or remove them."
    if not study.practice_rounds.exists():
        return "Add a practice round first: participants must be able to try the three questions before they count."
    if reason := _undrawable(study):
        return reason
    try:
        exclusion_rule(study.analysis_plan)
    except ValueError as error:
        return f"Mend the analysis plan first: {error}"
    with_code = study.completion_codes.filter(outcome="completed").exclude(code="")
    if study.recruiter == Study.Recruiter.PROLIFIC and not with_code.exists():
        return "Enter Prolific's completion code first: without it nobody who finishes could be paid."
    if study.minutes >= SHORT_STUDY_MINUTES and study.instructed_checks < 2:
        return (
            "Plan two instructed checks first: in five minutes and more, one alone may be missed by a slip."
        )
    return None


def _undrawable(study: Study) -> str | None:
    """Why a sitting could not be drawn from the smallest block with the checks as planned, or None."""
    smallest = min(study.blocks.annotate(n=Count("items")).values_list("n", flat=True))
    checks = CheckPlan(study.instructed_checks, study.identical_checks, study.repeat_checks)
    keys = list(study.dimensions.values_list("key", flat=True))
    try:
        draw_trials(range(smallest), checks, keys, place=1, block_seed=study.seed, seed=study.seed)
    except ValueError as error:
        return f"Plan fewer checks or larger blocks first: {error}"
    return None


def launch(study: Study) -> None:
    """Freeze a draft and open it. Raises LaunchRefused with the first obstacle."""
    with transaction.atomic():
        Study.objects.select_for_update().get(pk=study.pk)  # nobody edits between the hash and the opening
        study.refresh_from_db()
        if reason := why_not(study):
            raise LaunchRefused(reason)
        _move(
            study,
            Study.State.DRAFT,
            Study.State.LIVE,
            design_hash=design_hash(study),
            launched_at=timezone.now(),
        )


def pause(study: Study) -> None:
    """Admit nobody new; who is under way may finish."""
    _move(study, Study.State.LIVE, Study.State.PAUSED)


def resume(study: Study) -> None:
    _move(study, Study.State.PAUSED, Study.State.LIVE)


def close(study: Study) -> None:
    """End the study for good; its data stays as it is."""
    _move(study, (Study.State.LIVE, Study.State.PAUSED), Study.State.CLOSED, closed_at=timezone.now())


def _move(study: Study, before: str | tuple[str, ...], after: str, **changes: object) -> None:
    states = (before,) if isinstance(before, str) else before
    if Study.objects.filter(pk=study.pk, state__in=states).update(state=after, **changes) != 1:
        study.refresh_from_db()
        raise LaunchRefused(
            f"This study is {study.get_state_display()}, so it cannot become {Study.State(after).label}: reload the page."
        )
    study.refresh_from_db()
    study.save()  # through save, so that the history keeps who changed the state and when
