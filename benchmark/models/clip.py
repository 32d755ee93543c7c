"""A clip: a normalised video under the hash of its content."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models


class Clip(models.Model):
    """Three files in one folder named by the master's sha256: a 4:4:4 master for metrics, a playable copy for people
    and a poster. Another content is another clip; of a row only `exact` may change, to true, when the same content is
    captured exactly."""

    sha256 = models.CharField(max_length=64, primary_key=True, validators=[RegexValidator(r"^[0-9a-f]{64}$")])
    frames = models.PositiveIntegerField()
    fps = models.FloatField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    duration = models.FloatField(help_text="seconds")
    codec = models.CharField(max_length=40)
    exact = models.BooleanField(
        default=False,
        help_text="captured frame by frame on a virtual clock; false for uploads and for the fallback browser",
    )
    flashes = models.JSONField(default=dict, help_text="what the WCAG 2.3.1 scan found")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(frames__gt=0), name="clip_has_frames"),
            models.CheckConstraint(condition=models.Q(fps__gt=0), name="clip_has_a_rate"),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} ({self.duration:.1f} s)"

    @property
    def folder(self) -> Path:
        return clip_folder(self.sha256)

    @property
    def master(self) -> Path:
        return self.folder / "master.mp4"

    @property
    def playable(self) -> Path:
        return self.folder / "playable.mp4"

    @property
    def poster(self) -> Path:
        return self.folder / "poster.png"

    @property
    def flashes_too_much(self) -> bool:
        return bool(self.flashes.get("exceeds"))


def clip_folder(sha256: str) -> Path:
    """Where the clip of that content lies: two letters of fan-out keep folders small."""
    return Path(settings.DATA) / "clips" / sha256[:2] / sha256
