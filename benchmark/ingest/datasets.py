"""A published dataset becomes rows and jobs: pages to capture, clips to read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from benchmark.ingest.layouts import FoundDataset, FoundItem, read_layout
from benchmark.ingest.sources import set_source
from benchmark.jobs.capturing import enqueue_capture
from benchmark.jobs.ingesting import enqueue_ingest
from benchmark.models import Animation, Dataset, Outcome, Reconstruction, System

NOT_GIVEN = "The system's table says that its code gave no animation."


@dataclass(frozen=True)
class Imported:
    """What was asked for; what the dataset had already is in none of the counts but `animations` and `systems`."""

    dataset: Dataset
    layout: str
    animations: int
    systems: int
    captures: int
    clips: int
    not_executed: int


def import_dataset(folder: Path, slug: str, *, title: str = "", prefer_clips: bool = False) -> Imported:
    """Bring the dataset in `folder` under `slug`; what is there with the same page or file is left alone.

    A page is captured where there is one, else the clip file is read; `prefer_clips` turns that round. Rows are written
    in one transaction, jobs do the rest. Raises LayoutRefused or SourceRefused, and imports nothing then.
    """
    found = read_layout(folder)
    with transaction.atomic():
        dataset, _ = Dataset.objects.get_or_create(slug=slug, defaults={"title": title or slug})
        counts = _write(dataset, found, prefer_clips)
    return Imported(
        dataset,
        found.layout,
        animations=len(found.references),
        systems=len(found.systems),
        captures=counts.count("capture"),
        clips=counts.count("clip"),
        not_executed=counts.count("none"),
    )


def _write(dataset: Dataset, found: FoundDataset, prefer_clips: bool) -> list[str]:
    asked = []
    for reference in found.references:
        facts = {"title": str(reference.metadata.get("title", ""))[:200], "metadata": reference.metadata}
        animation, _ = Animation.objects.get_or_create(
            dataset=dataset, name=reference.name[:200], defaults=facts
        )
        asked.append(_ask(animation, reference, prefer_clips))
    animations = {animation.name: animation for animation in dataset.animations.all()}
    for each in found.systems:
        system, _ = System.objects.get_or_create(
            dataset=dataset, name=each.name, defaults={"setting": each.setting}
        )
        for answer in each.answers:
            reconstruction, _ = Reconstruction.objects.get_or_create(
                animation=animations[answer.name[:200]], system=system
            )
            asked.append(_ask(reconstruction, answer, prefer_clips))
    return asked


def _ask(item: Animation | Reconstruction, found: FoundItem, prefer_clips: bool) -> str:
    """Ask for the item's clip, unless it is had or on its way: "capture", "clip", "none" (did not run) or "had"."""
    if not found.exists:
        if item.outcome_detail.get("executed") is False:
            return "had"
        item.outcome, item.outcome_detail = Outcome.NO_CLIP, {"executed": False, "reason": NOT_GIVEN}
        item.save(update_fields=["outcome", "outcome_detail"])
        return "none"
    if found.page and not (prefer_clips and found.clip):
        if not set_source(item, found.page.parent, duration=item.duration, page=found.page.name):
            return "had"
        enqueue_capture(item)
        return "capture"
    assert found.clip is not None
    upload = item.outcome_detail.get("upload", {})
    if item.clip_id or upload.get("path") == str(found.clip.resolve()):
        return "had"
    enqueue_ingest(item, found.clip.resolve())
    return "clip"
