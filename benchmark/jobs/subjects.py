"""Job subjects of this room: `animation:7` or `reconstruction:42`."""

from __future__ import annotations

from benchmark.jobs.registry import PermanentError
from benchmark.models import Animation, Reconstruction


def subject_of(item: Animation | Reconstruction) -> str:
    return f"{item._meta.model_name}:{item.pk}"


def load_subject(subject: str) -> Animation | Reconstruction:
    """The row a subject names; PermanentError when it was deleted meanwhile."""
    name, _, key = subject.partition(":")
    item: Animation | Reconstruction | None
    if name == "animation":
        item = Animation.objects.select_related("dataset", "clip").filter(pk=key).first()
    else:
        related = ("animation__clip", "animation__dataset", "system", "clip")
        item = Reconstruction.objects.select_related(*related).filter(pk=key).first()
    if item is None:
        raise PermanentError(f"There is no {name} {key} any more; nothing is left to do.")
    return item
