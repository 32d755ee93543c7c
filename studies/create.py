"""Making a study out of a dataset: its questions, comparisons, blocks and practice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from benchmark.models import Dataset, Reconstruction
from studies.design.blocks import deal_blocks
from studies.design.sampling import Pairing, sample_comparisons
from studies.models import Block, BlockItem, Comparison, Dimension, PracticeRound, Study

DIMENSIONS = (
    ("overall", "Overall", "Which matches the reference better overall?"),
    ("appearance", "Appearance", "Which looks more like it: shape, colour, style? Leave motion aside."),
    ("motion", "Motion", "Which moves more like it: path, speed, timing? Leave looks aside."),
)
PRACTICE_EXPECTED = {"appearance": ["left"], "motion": ["right"]}
PRACTICE_EXPLANATION = (
    "The **left** one has the shapes and colours of the reference, but moves differently: "
    "it is closer in *appearance*. The **right** one looks different, but follows the same path at the same speed: "
    "it is closer in *motion*. Which is closer *overall* is your own judgement."
)


class StudyRefused(ValueError):
    """No study can be made of this; the text says why and what to do."""


@dataclass(frozen=True)
class Plan:
    """How many comparisons of each pair of systems (None: all), and how many in a block."""

    per_pair: int | None = None
    block_size: int = 30


def create_study(dataset: Dataset, slug: str, title: str, plan: Plan | None = None, **fields: Any) -> Study:
    """A draft over every animation of the dataset that at least two systems have a clip for. Raises StudyRefused."""
    plan = plan or Plan()
    if Study.objects.filter(slug=slug).exists():
        raise StudyRefused(
            f"There is a study “{slug}” already: choose another name, or delete that one first."
        )
    clips = {
        (item.animation.name, item.system.name): item
        for item in Reconstruction.objects.filter(
            animation__dataset=dataset, clip__isnull=False, animation__clip__isnull=False
        ).select_related("animation", "system")
    }
    answered: dict[str, list[str]] = {}
    for animation, system in clips:
        answered.setdefault(animation, []).append(system)
    with transaction.atomic():
        study = Study.objects.create(dataset=dataset, slug=slug, title=title, **fields)
        sample = sample_comparisons(answered, per_pair=plan.per_pair, seed=study.seed)
        if not sample.chosen:
            raise StudyRefused(
                "No animation has a reference clip and clips of two systems: "
                "capture or import more before making a study."
            )
        Dimension.objects.bulk_create(
            Dimension(study=study, key=key, label=label, question=question, position=position)
            for position, (key, label, question) in enumerate(DIMENSIONS)
        )
        rows = {
            pairing: _comparison(study, pairing, clips, spare=pairing not in chosen)
            for chosen in [set(sample.chosen)]
            for pairing in (*sample.chosen, *sample.spares[: len(sample.chosen)])
        }
        Comparison.objects.bulk_create(rows.values())
        for number, pairings in enumerate(
            deal_blocks(sample.chosen, size=plan.block_size, seed=study.seed), start=1
        ):
            block = Block.objects.create(study=study, number=number)
            BlockItem.objects.bulk_create(
                BlockItem(block=block, comparison=rows[pairing]) for pairing in pairings
            )
        add_practice(study)
    return study


def add_practice(study: Study) -> bool:
    """Give the study the standard worked example if its clips are there and the study asks what it shows."""
    keys = set(study.dimensions.values_list("key", flat=True))
    clips = {
        item.system.name: item
        for item in Reconstruction.objects.filter(
            animation__dataset__slug="practice", clip__isnull=False, animation__clip__isnull=False
        ).select_related("system", "animation")
    }
    expected = {key: answers for key, answers in PRACTICE_EXPECTED.items() if key in keys}
    if set(clips) != {"left", "right"} or not expected or study.practice_rounds.exists():
        return False
    PracticeRound.objects.create(
        study=study,
        position=1,
        reference_id=str(clips["left"].animation.clip_id),
        left_id=str(clips["left"].clip_id),
        right_id=str(clips["right"].clip_id),
        expected=expected,
        explanation=PRACTICE_EXPLANATION,
    )
    return True


def _comparison(
    study: Study, pairing: Pairing, clips: dict[tuple[str, str], Reconstruction], *, spare: bool
) -> Comparison:
    a, b = clips[pairing.animation, pairing.a], clips[pairing.animation, pairing.b]
    return Comparison(study=study, animation=a.animation, a=a, b=b, spare=spare)
