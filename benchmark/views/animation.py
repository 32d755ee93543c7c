"""One animation: its reference and every system's answer, playing together, with what the metrics saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from benchmark.aggregate import overlays
from benchmark.aggregate.leaderboard import choices, choose
from benchmark.models import Animation, Clip, Reconstruction, Score
from benchmark.views.choosing import address, dimensions, wanted


@dataclass(frozen=True)
class Tile:
    """One clip on the page with its scores, and what is drawn over it."""

    key: str
    title: str
    item: Animation | Reconstruction
    ran: bool | None
    scores: list[Score]
    others: list[Score]
    notes: list[str]

    @property
    def clip(self) -> Clip | None:
        return self.item.clip


@require_safe
@login_required
def animation(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    found = get_object_or_404(
        Animation.objects.select_related("dataset", "clip"), dataset__slug=slug, name=name
    )
    answers = list(
        found.reconstructions.select_related("system", "clip")
        .prefetch_related("scores")
        .order_by("system__name")
    )
    there = choices(found.dataset)
    chosen = choose(there, wanted(request))
    first = [version for version in chosen.values() if version]
    tiles = [Tile("reference", "Reference", found, found.executed, [], [], _notes(found))]
    drawn: dict[str, Any] = {}
    for answer in answers:
        present = [
            score
            for score in answer.scores.all()
            if (score.reference_clip_id, score.candidate_clip_id) == (found.clip_id, answer.clip_id)
        ]
        mine = [
            score
            for version in first
            for score in present
            if (score.metric, score.version, score.parameters_digest)
            == (version.metric, version.version, version.parameters_digest)
        ]
        others = [score for score in present if score not in mine]
        key = f"answer-{answer.pk}"
        tiles.append(Tile(key, str(answer.system), answer, answer.executed, mine, others, _notes(answer)))
        for score in mine:
            _draw(drawn, key, score)
    siblings = list(
        Animation.objects.filter(dataset=found.dataset).order_by("name").values_list("name", flat=True)
    )
    at = siblings.index(found.name)
    return render(
        request,
        "benchmark/animation.html",
        {
            "animation": found,
            "dataset": found.dataset,
            "titled": str(found),
            "tiles": tiles,
            "drawn": drawn,
            "dimensions": dimensions(request, there, chosen),
            "chosen": address(request),
            "seconds": max((tile.clip.duration for tile in tiles if tile.clip), default=0),
            "before": siblings[at - 1] if at else None,
            "after": siblings[at + 1] if at + 1 < len(siblings) else None,
            "place": at + 1,
            "of": len(siblings),
        },
    )


def _draw(drawn: dict[str, Any], key: str, score: Score) -> None:
    """Gathers what the chosen metrics looked at: every crop, the first tracks, the first path of time."""
    for role, place in (("reference", "reference"), ("candidate", key)):
        layer = drawn.setdefault(place, {"boxes": [], "tracks": [], "warping": []})
        box = overlays.crop(score.diagnostics, role)
        if box and box not in layer["boxes"]:
            layer["boxes"].append(box)
        layer["tracks"] = layer["tracks"] or overlays.tracks(score.diagnostics, role)
        if role == "candidate":
            layer["warping"] = layer["warping"] or overlays.warping(score.diagnostics)


def _notes(item: Animation | Reconstruction) -> list[str]:
    """What is worth knowing about how the clip came about, in sentences."""
    detail, notes = item.outcome_detail, []
    if reason := detail.get("reason"):
        notes.append(str(reason))
    notes += [f"Error: {error}" for error in detail.get("errors", [])[:3]]
    for refused in detail.get("refused", [])[:3]:
        if isinstance(refused, dict):
            notes.append(f"Refused: {refused.get('url', '')} ({refused.get('reason', '')})")
    notes += [str(incident) for incident in detail.get("incidents", [])[:3]]
    if item.clip and item.clip.flashes_too_much:
        notes.append("Flashes more than three times a second (WCAG 2.3.1): shown to no participant unasked.")
    if item.clip and not item.clip.exact:
        why = detail.get("inexact") or ["The clip was read from a file."]
        notes.append(f"Not exact. {' '.join(map(str, why))}")
    return notes
