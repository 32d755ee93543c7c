"""Job subjects of this room: `animation:7`, `reconstruction:42`, or `reconstruction:42@a1b2…-c3d4…` for one pair of
clips."""

from __future__ import annotations

from benchmark.jobs.registry import PermanentError
from benchmark.models import Animation, Reconstruction


def subject_of(item: Animation | Reconstruction) -> str:
    return f"{item._meta.model_name}:{item.pk}"


def pair_subject(reconstruction: Reconstruction) -> str:
    """The reconstruction with its present pair of clips: a recaptured clip makes another subject, so that its scores
    are asked for even while those of the old pair are still being computed. The animation must be loaded."""
    reference, candidate = reconstruction.animation.clip_id or "", reconstruction.clip_id or ""
    return f"{subject_of(reconstruction)}@{reference[:16]}-{candidate[:16]}"


def load_subject(subject: str) -> Animation | Reconstruction:
    """The row a subject names; PermanentError when it was deleted meanwhile."""
    name, _, key = subject.partition("@")[0].partition(":")
    item: Animation | Reconstruction | None
    if name == "animation":
        item = Animation.objects.select_related("dataset", "clip").filter(pk=key).first()
    else:
        related = ("animation__clip", "animation__dataset", "system", "clip")
        item = Reconstruction.objects.select_related(*related).filter(pk=key).first()
    if item is None:
        raise PermanentError(f"There is no {name} {key} any more; nothing is left to do.")
    return item
