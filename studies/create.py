"""Making a study out of a dataset: its questions, comparisons, blocks and practice; and a draft out of a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import translation

from benchmark.models import Dataset, Reconstruction
from studies.design.blocks import deal_blocks
from studies.design.sampling import Pairing, sample_comparisons
from studies.models import Block, BlockItem, Comparison, Dimension, PracticeRound, Study
from studies.wording import DIMENSIONS, PRACTICE_EXPLANATION

PRACTICE_EXPECTED = {"appearance": ["left"], "motion": ["right"]}
# What belongs to one study alone: its address, its life so far, and where its ratings came from.
NOT_COPIED = {
    "id", "slug", "description", "state", "origin", "origin_note", "design_hash", "created_at", "launched_at", "closed_at",
}  # fmt: skip


class StudyRefused(ValueError):
    """No study can be made of this; the text says why and what to do."""


@dataclass(frozen=True)
class Plan:
    """How many comparisons of each pair of systems (None: all), and how many in a block."""

    per_pair: int | None = None
    block_size: int = 30


def create_study(dataset: Dataset, slug: str, title: str, plan: Plan | None = None, **fields: Any) -> Study:
    """A draft over every animation of the dataset that at least two systems have a clip for. Raises StudyRefused."""
    if Study.objects.filter(slug=slug).exists():
        raise StudyRefused(
            f"There is a study “{slug}” already: choose another name, or delete that one first."
        )
    with transaction.atomic():
        study = Study.objects.create(dataset=dataset, slug=slug, title=title, **fields)
        with translation.override(study.language):
            Dimension.objects.bulk_create(
                Dimension(study=study, key=key, label=str(label), question=str(question), position=position)
                for position, (key, label, question) in enumerate(DIMENSIONS)
            )
        deal(study, plan or Plan())
        add_practice(study)
    return study


def deal(study: Study, plan: Plan) -> None:
    """Draw a draft's comparisons and blocks, from its dataset and its seed; those it had go. Raises StudyRefused."""
    clips = {
        (item.animation.name, item.system.name): item
        for item in Reconstruction.objects.filter(
            animation__dataset=study.dataset_id, clip__isnull=False, animation__clip__isnull=False
        ).select_related("animation", "system")
    }
    answered: dict[str, list[str]] = {}
    for animation, system in clips:
        answered.setdefault(animation, []).append(system)
    sample = sample_comparisons(answered, per_pair=plan.per_pair, seed=study.seed)
    if not sample.chosen:
        raise StudyRefused(
            "No animation has a reference clip and clips of two systems: "
            "capture or import more before making a study."
        )
    with transaction.atomic():
        study.blocks.all().delete()
        study.comparisons.all().delete()
        chosen = set(sample.chosen)
        rows = {
            pairing: _comparison(study, pairing, clips, spare=pairing not in chosen)
            for pairing in (*sample.chosen, *sample.spares[: len(sample.chosen)])
        }
        Comparison.objects.bulk_create(rows.values())
        for number, pairings in enumerate(
            deal_blocks(sample.chosen, size=plan.block_size, seed=study.seed), start=1
        ):
            _block(study, number, [rows[pairing] for pairing in pairings])


def copy_as_draft(study: Study, slug: str) -> Study:
    """A new version: the same comparisons, blocks, questions, words and rules, open to change. Codes stay behind, since a
    recruiter gives every study its own. Raises StudyRefused."""
    if Study.objects.filter(slug=slug).exists():
        raise StudyRefused(f"There is a study “{slug}” already: choose another address for the new version.")
    kept = {
        field.attname: getattr(study, field.attname)
        for field in Study._meta.concrete_fields
        if field.attname not in NOT_COPIED
    }
    # The ratings of such a study came from elsewhere; the copy is to be sat through.
    if study.recruiter == Study.Recruiter.NONE:
        kept["recruiter"] = Study.Recruiter.LINK
    came_from = f"Made from the study “{study.slug}”"
    came_from += f" with design {study.design_hash[:12]}." if study.design_hash else "."
    with transaction.atomic():
        copy = Study.objects.create(
            **kept, slug=slug, description=f"{study.description}\n\n{came_from}".strip()
        )
        Dimension.objects.bulk_create(
            Dimension(study=copy, **row)
            for row in study.dimensions.values("key", "label", "question", "position")
        )
        rows = {
            old.pk: Comparison(
                study=copy, animation_id=old.animation_id, a_id=old.a_id, b_id=old.b_id, spare=old.spare
            )
            for old in study.comparisons.order_by("pk")
        }
        Comparison.objects.bulk_create(rows.values())
        for block in study.blocks.prefetch_related("items"):
            _block(copy, block.number, [rows[item.comparison_id] for item in block.items.all()])
        PracticeRound.objects.bulk_create(
            PracticeRound(study=copy, **row)
            for row in study.practice_rounds.values(
                "position", "reference_id", "left_id", "right_id", "expected", "explanation"
            )
        )
    return copy


def add_practice(study: Study) -> bool:
    """Give the study the standard worked example, if its clips are there and it has none yet."""
    keys = set(study.dimensions.values_list("key", flat=True))
    clips = {
        item.system.name: item
        for item in Reconstruction.objects.filter(
            animation__dataset__slug="practice", clip__isnull=False, animation__clip__isnull=False
        ).select_related("system", "animation")
    }
    if set(clips) != {"left", "right"} or study.practice_rounds.exists():
        return False
    with translation.override(study.language):
        explanation = str(PRACTICE_EXPLANATION)
    PracticeRound.objects.create(
        study=study,
        position=1,
        reference_id=str(clips["left"].animation.clip_id),
        left_id=str(clips["left"].clip_id),
        right_id=str(clips["right"].clip_id),
        expected={key: answers for key, answers in PRACTICE_EXPECTED.items() if key in keys},
        explanation=explanation,
    )
    return True


def ask_for_practice(study: Study) -> bool:
    """Give a study the standard worked example; False while its clips are still to be rendered by a worker."""
    from benchmark.ingest.practice import load_practice
    from benchmark.jobs.capturing import enqueue_capture

    for item in load_practice():
        enqueue_capture(item)
    return add_practice(study) or study.practice_rounds.exists()


def _comparison(
    study: Study, pairing: Pairing, clips: dict[tuple[str, str], Reconstruction], *, spare: bool
) -> Comparison:
    a, b = clips[pairing.animation, pairing.a], clips[pairing.animation, pairing.b]
    return Comparison(study=study, animation=a.animation, a=a, b=b, spare=spare)


def _block(study: Study, number: int, comparisons: list[Comparison]) -> None:
    block = Block.objects.create(study=study, number=number)
    BlockItem.objects.bulk_create(BlockItem(block=block, comparison=one) for one in comparisons)
