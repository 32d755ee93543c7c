"""Small studies for tests: real rows, and real clips where a test plays or measures them.

study = make_study()                        # live, one block of nine comparisons, clips on disk
study = make_study(blocks=20, clips=False)  # the same rows without any file, for tests that never play
sitting = sit(study)                        # a finished sitting with every rating
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.utils import timezone
from numpy.typing import NDArray

from benchmark.ingest.clips import keep_clip
from benchmark.models import Animation, Clip, Dataset, Outcome, Reconstruction, System
from benchmark.video.encode import Encoder
from benchmark.video.flashes import FlashReport
from benchmark.video.poster import write_poster
from studies.models import (
    Block,
    BlockItem,
    Comparison,
    Consent,
    Dimension,
    Participant,
    PracticeRound,
    Rating,
    Sitting,
    Study,
    Trial,
)

DIMENSIONS = {
    "overall": ("Overall", "Which matches the reference better?"),
    "appearance": ("Appearance", "Shape, colour and style only, not motion"),
    "motion": ("Motion", "Path and speed only, not appearance"),
}
CALM = FlashReport(0.0, 0.0, False, None, None)


def draw_frames(tone: int, *, frames: int = 12, size: tuple[int, int] = (96, 72)) -> NDArray[np.uint8]:
    """(frames, H, W, 3) uint8 RGB: a bright square crosses a ground whose colour `tone` tells clips apart."""
    width, height = size
    ground = np.array([40 + tone * 53 % 160, 40 + tone * 97 % 160, 40 + tone * 29 % 160], dtype=np.uint8)
    film = np.broadcast_to(ground, (frames, height, width, 3)).copy()
    side = height // 4
    for frame in range(frames):
        left = round(frame / max(1, frames - 1) * (width - side))
        film[frame, side : 2 * side, left : left + side] = 250
    return film


def make_clip(tone: int = 0, *, frames: int = 12, fps: int = 12, size: tuple[int, int] = (96, 72)) -> Clip:
    """A real clip in DIPTYCH_DATA: master, playable copy, poster and row."""
    film = draw_frames(tone, frames=frames, size=size)
    folder = Path(settings.DATA) / "made" / uuid.uuid4().hex
    folder.mkdir(parents=True)
    for kind in ("master", "playable"):
        with Encoder(folder / f"{kind}.mp4", fps=fps, size=size, kind=kind) as encoder:
            for frame in film:
                encoder.write(frame)
    write_poster(film[frames // 2], folder / "poster.png")
    return keep_clip(folder, exact=True, flashes=CALM)


def name_clip(tone: int) -> Clip:
    """A clip's row alone: no file stands behind it."""
    clip, _ = Clip.objects.get_or_create(
        sha256=f"{tone:064x}",
        defaults={"frames": 12, "fps": 12, "width": 96, "height": 72, "duration": 1.0, "codec": "h264"},
    )
    return clip


def make_study(
    animations: int = 3,
    systems: int = 3,
    clips: bool = True,
    *,
    blocks: int = 1,
    spares: int = 0,
    practice: int = 1,
    dimensions: Mapping[str, tuple[str, str]] = DIMENSIONS,
    frames: int = 12,
    fps: int = 12,
    size: tuple[int, int] = (96, 72),
    **study_fields: Any,
) -> Study:
    """A live study of every pair of `systems` on every animation, dealt evenly into `blocks`.

    The last `spares` comparisons are spare. `clips=False` makes rows only. Practice round k expects
    appearance left and motion right. `study_fields` go to Study, over quick defaults (no wait before Next).
    """
    number = Dataset.objects.count() + 1
    tones = iter(range(1000 * number, 1000 * (number + 1)))

    def clip() -> Clip:
        tone = next(tones)
        return make_clip(tone, frames=frames, fps=fps, size=size) if clips else name_clip(tone)

    dataset = Dataset.objects.create(slug=f"dataset-{number}", title=f"Dataset {number}")
    makers = [System.objects.create(dataset=dataset, name=f"system-{chr(97 + n)}") for n in range(systems)]
    fields: dict[str, Any] = {
        "slug": f"study-{number}",
        "title": f"Study {number}",
        "state": Study.State.LIVE,
        "design_hash": "0" * 64,
        "launched_at": timezone.now(),
        "seed": 7,
        "next_after_s": 0,
    }
    study = Study.objects.create(dataset=dataset, **(fields | study_fields))
    for position, (key, (label, question)) in enumerate(dimensions.items()):
        Dimension.objects.create(study=study, key=key, label=label, question=question, position=position)
    comparisons = []
    for n in range(animations):
        animation = Animation.objects.create(
            dataset=dataset, name=f"animation-{n:02}", outcome=Outcome.OK, clip=clip()
        )
        answers = [
            Reconstruction.objects.create(animation=animation, system=maker, outcome=Outcome.OK, clip=clip())
            for maker in makers
        ]
        for a, b in combinations(answers, 2):
            comparisons.append(Comparison.objects.create(study=study, animation=animation, a=a, b=b))
    dealt = comparisons[: len(comparisons) - spares]
    for spare in comparisons[len(dealt) :]:
        spare.spare = True
        spare.save()
    for n in range(blocks):
        block = Block.objects.create(study=study, number=n + 1)
        BlockItem.objects.bulk_create(BlockItem(block=block, comparison=one) for one in dealt[n::blocks])
    for n in range(practice):
        expected = {"appearance": ["left"], "motion": ["right"]}
        PracticeRound.objects.create(
            study=study,
            position=n + 1,
            reference=clip(),
            left=clip(),
            right=clip(),
            expected={key: answers for key, answers in expected.items() if key in dimensions},
            explanation="The **left** one has the right colours; the right one moves as the reference does.",
        )
    return study


def make_participant(study: Study, **fields: Any) -> Participant:
    """Somebody who consented."""
    fields.setdefault("pseudonym", f"p-{study.participants.count() + 1:03}")
    participant = Participant.objects.create(study=study, **fields)
    Consent.objects.create(participant=participant, text="I agree.", language="en")
    return participant


def sit(
    study: Study,
    *,
    answer: Callable[[Trial, Dimension], str] = lambda trial, dimension: "left",
    block: Block | None = None,
    place: int | None = None,
    state: str = Sitting.State.COMPLETED,
    **participant_fields: Any,
) -> Sitting:
    """A finished sitting at the first free place: each comparison rated by `answer`, no checks."""
    block = block or study.blocks.order_by("number").first()
    assert block is not None
    taken = set(block.sittings.filter(holds_place=True).values_list("place", flat=True))
    place = place or next(n for n in range(1, 1000) if n not in taken)
    now = timezone.now()
    holds = state in (Sitting.State.ACTIVE, Sitting.State.COMPLETED)
    sitting = Sitting.objects.create(
        participant=make_participant(study, **participant_fields),
        block=block,
        place=place,
        holds_place=holds,
        state=state,
        practised_at=now,
        seen_at=now,
        completed_at=now if state == Sitting.State.COMPLETED else None,
    )
    for position, item in enumerate(block.items.order_by("pk"), start=1):
        trial = Trial.objects.create(
            sitting=sitting,
            position=position,
            comparison_id=item.comparison_id,
            a_on_left=(position + place) % 2 == 0,
            opened_at=now,
            answered_at=now,
            answer_key=uuid.uuid4(),
            evidence={"response_ms": 9000, "plays": 1, "worst_frame_error": 1, "stalls": 0},
        )
        Rating.objects.bulk_create(
            Rating(trial=trial, dimension=dimension, answer=answer(trial, dimension), answered_ms=4000)
            for dimension in study.dimensions.all()
        )
    return sitting
