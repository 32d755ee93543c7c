"""A researcher walks through a study as a participant would. Every page says that it is a preview, and nothing is
stored: the rounds are drawn from the study's own seed, and the place in them lives in the address and the posts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from benchmark.models import Clip
from benchmark.views.files import send_file
from studies.models import Comparison, PracticeRound, Study, Trial
from studies.sitting.assignment import draw_sitting
from studies.sitting.clips import clips_of_practice, clips_of_trial
from studies.sitting.messages import page_messages
from studies.sitting.pages import participant_page, show, with_flash_warning
from studies.sitting.practice import TRIES, judge
from studies.sitting.refusal import Refused
from studies.sitting.rounds import WITH_CLIPS, facts, instruction_for
from studies.wording import render as markdown
from studies.wording import text

STEPS = ("landing", "consent", "instructions", "practice", "rate", "done")


@login_required
@require_GET
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    return redirect("sitting:preview", slug, STEPS[0])


@login_required
@require_GET
@participant_page
def preview(request: HttpRequest, study: Study, step: str) -> HttpResponseBase:
    if step not in STEPS:
        raise Http404("There is no such step.")
    following = STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]
    if step == "instructions" and not study.practice_rounds.exists():
        following = "rate"
    known = facts(study)
    common: dict[str, Any] = {
        "preview": True,
        "onward": reverse("sitting:preview", args=[study.slug, following]),
        "questions": study.dimensions.order_by("position"),
    }
    if step in ("practice", "rate"):
        return _judging(request, study, step, common)
    words = {
        "landing": lambda: text(study, "landing", known),
        "consent": lambda: markdown(with_flash_warning(study)),
        "instructions": lambda: text(study, "instructions", known),
        "done": lambda: text(study, "completed"),
    }[step]()
    template = {"done": "ended.html"}.get(step, f"{step}.html")
    practice = text(study, "practice") if following == "practice" else ""
    return show(request, study, template, words=words, facts=known, practice=practice, **common)


@login_required
@require_POST
def answer(request: HttpRequest, slug: str, step: str) -> JsonResponse:
    """Takes an answer as the real door would, and forgets it."""
    study = get_object_or_404(Study, slug=slug)
    with translation.override(study.language):
        try:
            posted = json.loads(request.body)
            number = int(posted["ticket"])
        except (ValueError, KeyError, TypeError):
            return JsonResponse(
                {"sentence": _("The page sent something unusable; please reload it.")}, status=400
            )
        if step == "rate":
            return JsonResponse({"saved": True} | _state(study, step, number + 1))
        practices = _practices(study)
        if not 0 <= number < len(practices):
            return JsonResponse(
                {"sentence": _("There is no such round; please reload the page.")}, status=400
            )
        verdicts = judge(practices[number], posted.get("answers", {}))
        understood = all(verdicts.values())
        told = {
            "understood": understood,
            "verdicts": verdicts,
            "explanation": markdown(practices[number].explanation),
            "tries_left": TRIES,
        }
        return JsonResponse({"saved": True, "feedback": told} | _state(study, step, number + understood))


@login_required
@require_GET
def clip(request: HttpRequest, slug: str, step: str, number: int, role: str) -> HttpResponseBase:
    study = get_object_or_404(Study, slug=slug)
    rounds = _rounds(study, step)
    one = _clips(rounds[number]).get(role) if number < len(rounds) else None
    if one is None:
        raise Http404("There is no such clip.")
    return send_file(request, one.playable, "video/mp4", max_age=3600)


def _judging(request: HttpRequest, study: Study, step: str, common: Mapping[str, Any]) -> HttpResponse:
    dimensions = list(study.dimensions.order_by("position"))
    post = reverse("sitting:preview-answer", args=[study.slug, step])
    page = {
        "state": _state(study, step, 0),
        "csrf": get_token(request),
        "dimensions": [{"key": one.key, "label": one.label, "question": one.question} for one in dimensions],
        "ask_reason": study.ask_reason,
        "urls": {"state": post, "answer": post, "practice": post, "failure": post},
        "storage": f"diptych:preview:{study.slug}",
        "messages": page_messages(),
    }
    return show(request, study, "judging.html", page=page, dimensions=dimensions, **common)


def _state(study: Study, step: str, number: int) -> dict[str, Any]:
    rounds = _rounds(study, step)
    if number >= len(rounds):
        following = "rate" if step == "practice" else "done"
        return {"step": "go", "url": reverse("sitting:preview", args=[study.slug, following])}
    shown = rounds[number]
    instruction = None
    if isinstance(shown, Trial) and shown.kind == Trial.Kind.INSTRUCTED and shown.expected:
        instruction = {key: instruction_for(value) for key, value in shown.expected.items()}
    clips = {
        role: {"url": reverse("sitting:preview-clip", args=[study.slug, step, number, role])}
        | ({"fps": one.fps, "frames": one.frames, "width": one.width, "height": one.height} if one else {})
        for role, one in _clips(shown).items()
    }
    return {
        "step": step,
        "round": {
            "position": number + 1,
            "of": len(rounds),
            "ticket": str(number),
            "clips": clips,
            "instruction": instruction,
            "answers": None,
            "reason": "",
            "back": False,
            "plays": study.plays_required,
            "wait_s": study.next_after_s if step == "rate" else 0,
        },
    }


def _rounds(study: Study, step: str) -> list[Trial] | list[PracticeRound]:
    return _practices(study) if step == "practice" else _trials(study)


def _practices(study: Study) -> list[PracticeRound]:
    return list(study.practice_rounds.select_related("reference", "left", "right").order_by("position"))


def _trials(study: Study) -> list[Trial]:
    """What the first place of the first block would see, drawn from the study's seed and never saved."""
    block = study.blocks.order_by("number").first()
    if block is None or not block.items.exists():
        raise Refused(_("This study has no comparisons yet, so there is nothing to preview."), status=404)
    trials = draw_sitting(study, block, 1, study.seed)
    comparisons = Comparison.objects.select_related(
        *(path.removeprefix("comparison__") for path in WITH_CLIPS)
    )
    found = comparisons.in_bulk([trial.comparison_id for trial in trials])
    for trial in trials:
        trial.comparison = found[trial.comparison_id]
    return trials


def _clips(shown: Trial | PracticeRound) -> dict[str, Clip | None]:
    return clips_of_trial(shown) if isinstance(shown, Trial) else clips_of_practice(shown)
