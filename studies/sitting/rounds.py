"""Where a participant stands, and the round the page shows there."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benchmark.models import Clip
from studies.models import Comparison, Participant, PracticeRound, Rating, Sitting, Study, Trial
from studies.sitting.clips import clip_url, clips_of_practice, clips_of_trial
from studies.sitting.practice import rounds_understood

WITH_CLIPS = ("comparison__animation__clip", "comparison__a__clip", "comparison__b__clip")


def current_trial(sitting: Sitting) -> Trial | None:
    """The first round that still waits for its answer."""
    return sitting.trials.filter(answered_at=None, skipped_at=None).select_related(*WITH_CLIPS).first()


def previous_trial(sitting: Sitting, current: Trial | None) -> Trial | None:
    """The answered round right before the open one: the only one that may be changed, where the study allows it."""
    if current is None or not sitting.participant.study.allow_back:
        return None
    before = sitting.trials.filter(position__lt=current.position, skipped_at=None)
    return before.select_related(*WITH_CLIPS).order_by("-position").first()


def ticket(trial: Trial) -> str:
    """Names what a round shows: an answer to something else than what now stands there is told apart."""
    words = f"{trial.pk}:{trial.comparison_id}:{trial.a_on_left}"
    return salted_hmac("studies.sitting.ticket", words, algorithm="sha256").hexdigest()[:24]


def next_state(sitting: Sitting, *, back: bool = False) -> dict[str, Any]:
    """What the page shows next: a round, or where to go. Opening a round starts its clock here on the server."""
    study = sitting.participant.study
    here = [study.slug]
    if sitting.state != Sitting.State.ACTIVE:
        return {"step": "done", "url": reverse("sitting:done", args=here)}
    if sitting.practised_at is None:
        practice = current_practice(sitting)
        if practice is None:
            return {"step": "go", "url": reverse("sitting:instructions", args=here)}
        return {"step": "practice", "round": describe_practice(sitting, practice)}
    trial = current_trial(sitting)
    if trial is None:
        return {"step": "done", "url": reverse("sitting:done", args=here)}
    before = previous_trial(sitting, trial)
    if back and before is not None:
        return {"step": "rate", "round": describe_trial(sitting, before, back=False)}
    if trial.opened_at is None:
        sitting.trials.filter(pk=trial.pk, opened_at=None).update(opened_at=timezone.now())
    state = {"step": "rate", "round": describe_trial(sitting, trial, back=before is not None)}
    ahead = (
        sitting.trials.filter(position__gt=trial.position, answered_at=None)
        .select_related(*WITH_CLIPS)
        .first()
    )
    if ahead is not None:
        state["ahead"] = [clip["url"] for clip in _clips(sitting, ahead, clips_of_trial(ahead)).values()]
    return state


def describe_trial(sitting: Sitting, trial: Trial, *, back: bool) -> dict[str, Any]:
    """All the page knows of a round. A check looks like any other, but for what an instructed one asks for."""
    study = sitting.participant.study
    instruction = None
    if trial.kind == Trial.Kind.INSTRUCTED and trial.expected:
        instruction = {key: instruction_for(answer) for key, answer in trial.expected.items()}
    answers = {rating.dimension.key: rating.answer for rating in trial.ratings.select_related("dimension")}
    return {
        "position": trial.position,
        "of": sitting.trials.count(),
        "ticket": ticket(trial),
        "clips": _clips(sitting, trial, clips_of_trial(trial)),
        "instruction": instruction,
        "answers": answers or None,
        "reason": trial.reason,
        "back": back,
        "plays": 0 if answers else study.plays_required,
        "wait_s": 0 if answers else study.next_after_s,
    }


def current_practice(sitting: Sitting) -> PracticeRound | None:
    understood = rounds_understood(sitting)
    rounds = sitting.participant.study.practice_rounds.select_related("reference", "left", "right")
    return next((one for one in rounds.order_by("position") if one.position not in understood), None)


def describe_practice(sitting: Sitting, practice: PracticeRound) -> dict[str, Any]:
    study = sitting.participant.study
    positions = list(study.practice_rounds.order_by("position").values_list("position", flat=True))
    return {
        "position": positions.index(practice.position) + 1,
        "of": len(positions),
        "ticket": practice_ticket(sitting, practice),
        "clips": _clips(sitting, practice, clips_of_practice(practice)),
        "instruction": None,
        "answers": None,
        "reason": "",
        "back": False,
        "plays": study.plays_required,
        "wait_s": 0,
    }


def practice_ticket(sitting: Sitting, practice: PracticeRound) -> str:
    words = f"{sitting.pk}:{practice.pk}"
    return salted_hmac("studies.sitting.practice", words, algorithm="sha256").hexdigest()[:24]


def instruction_for(answer: str) -> str:
    """The question of an instructed check says itself what to answer, as fairness asks."""
    return {
        Rating.Answer.LEFT: _("Attention check: please answer “Left” here, whatever you see."),
        Rating.Answer.EQUAL: _("Attention check: please answer “Equal” here, whatever you see."),
        Rating.Answer.RIGHT: _("Attention check: please answer “Right” here, whatever you see."),
    }[Rating.Answer(answer)]


def facts(study: Study) -> dict[str, object]:
    """What the study's texts may mention."""
    checks = study.instructed_checks + study.identical_checks + study.repeat_checks
    block = study.blocks.order_by("number").first()
    questions = study.dimensions.count()
    return {
        "rounds": (block.items.count() if block else 0) + checks,
        "questions": ngettext("one", "%(count)d", questions) % {"count": questions},
    }


def flashes(study: Study) -> bool:
    """Whether a clip a participant may be shown breaks the limit of three flashes a second."""
    shown = Comparison.objects.filter(study=study).values_list("animation__clip", "a__clip", "b__clip")
    hashes = {sha for row in shown for sha in row if sha}
    return any(clip.flashes_too_much for clip in Clip.objects.filter(pk__in=hashes))


def _clips(
    sitting: Sitting, round_: Trial | PracticeRound, clips: dict[str, Clip | None]
) -> dict[str, dict[str, Any]]:
    participant: Participant = sitting.participant
    return {
        role: {"url": clip_url(participant, round_, role)}
        | (
            {"fps": clip.fps, "frames": clip.frames, "width": clip.width, "height": clip.height}
            if clip
            else {}
        )
        for role, clip in clips.items()
    }
