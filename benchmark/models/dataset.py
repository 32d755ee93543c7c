"""Datasets, the systems that answered them, and their answers."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models

from benchmark.models.clip import Clip


class Dataset(models.Model):
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    licence = models.CharField(max_length=120, blank=True)
    simulated = models.BooleanField(
        default=False, help_text="made up for a demonstration; every page and export says so"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title


class Outcome(models.TextChoices):
    """How the making of a clip went. The first two always executed, others may have (`Captured.executed`)."""

    OK = "ok", "ran"
    STATIC = "static", "ran without motion"
    BLANK = "blank", "shows nothing"
    SCRIPT_ERROR = "script_error", "script error"
    TIMED_OUT = "timed_out", "timed out"
    OUT_OF_MEMORY = "out_of_memory", "out of memory"
    NAVIGATED_AWAY = "navigated_away", "left its page"
    NEEDS_NETWORK = "needs_network", "needs the network"
    CRASHED = "crashed", "crashed the browser"
    REFUSED = "refused", "refused"
    PENDING = "pending", "not captured yet"
    NO_CLIP = "no_clip", "known by name only"


EXECUTED = (Outcome.OK, Outcome.STATIC)


class Captured(models.Model):
    """Something that has, or will have, a clip: from source (captured) or from a file (ingested)."""

    source = models.CharField(
        max_length=400,
        blank=True,
        help_text="page to capture, relative to DIPTYCH_DATA/sources; empty for uploaded clips",
    )
    duration = models.FloatField(
        null=True, blank=True, help_text="seconds to capture; empty: found from the page"
    )
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.PENDING)
    outcome_detail = models.JSONField(default=dict, blank=True, help_text="the capture's own account")
    clip = models.ForeignKey(Clip, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @property
    def source_path(self) -> Path | None:
        return Path(settings.DATA) / "sources" / self.source if self.source else None

    @property
    def executed(self) -> bool | None:
        """Whether the page ran and showed something, as its capture found: a page with a script error may have.
        None while that is not known."""
        told = self.outcome_detail.get("executed")
        if isinstance(told, bool):
            return told
        return None if self.outcome in (Outcome.PENDING, Outcome.NO_CLIP) else self.outcome in EXECUTED


class Animation(Captured):
    """An item of a dataset: its source, where known, and its reference clip."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="animations")
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["dataset", "name"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "name"], name="animation_name_is_unique_in_dataset")
        ]

    def __str__(self) -> str:
        return self.title or self.name


class System(models.Model):
    """What produced reconstructions: a model in one setting."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="systems")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    setting = models.JSONField(
        default=dict, blank=True, help_text="input, frames per second, prompt, refinement round"
    )
    synthetic = models.BooleanField(default=False, help_text="openly made by rule, not by a model")

    class Meta:
        ordering = ["dataset", "name"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "name"], name="system_name_is_unique_in_dataset")
        ]

    def __str__(self) -> str:
        return self.title or self.name


class Reconstruction(Captured):
    """One system's answer to one animation."""

    animation = models.ForeignKey(Animation, on_delete=models.CASCADE, related_name="reconstructions")
    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="reconstructions")

    class Meta:
        ordering = ["animation", "system"]
        constraints = [
            models.UniqueConstraint(
                fields=["animation", "system"], name="one_reconstruction_per_animation_and_system"
            )
        ]

    def __str__(self) -> str:
        return f"{self.system} of {self.animation}"
