"""A study: what is asked of whom, and how. Frozen when it goes live."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from benchmark.models import Dataset


def new_seed() -> int:
    return secrets.randbelow(2**31)


class Study(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        LIVE = "live", "open"
        PAUSED = "paused", "paused"
        CLOSED = "closed", "closed"

    class Recruiter(models.TextChoices):
        LINK = "link", "a link"
        PROLIFIC = "prolific", "Prolific"
        NONE = "none", "nobody: ratings come from elsewhere"

    class Origin(models.TextChoices):
        OWN = "own", "run here"
        IMPORTED = "imported", "imported ratings"
        SIMULATED = "simulated", "simulated ratings"

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, help_text="for researchers; participants do not see it")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="studies")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.OWN)
    origin_note = models.TextField(
        blank=True, help_text="where imported ratings came from, or the model that simulated them"
    )
    recruiter = models.CharField(max_length=10, choices=Recruiter, default=Recruiter.LINK)
    access_code = models.CharField(max_length=40, blank=True, help_text="a link study may ask for it")
    language = models.CharField(max_length=10, default="en")
    wording = models.JSONField(
        default=dict, blank=True, help_text="the study's own texts (Markdown); missing keys use the defaults"
    )
    seed = models.PositiveBigIntegerField(
        default=new_seed, help_text="every random choice of the study starts from it"
    )

    raters_per_block = models.PositiveSmallIntegerField(default=3)
    instructed_checks = models.PositiveSmallIntegerField(default=2)
    identical_checks = models.PositiveSmallIntegerField(default=1)
    repeat_checks = models.PositiveSmallIntegerField(
        default=1, help_text="pairs shown again with the sides exchanged"
    )
    lease_minutes = models.PositiveSmallIntegerField(
        default=30, help_text="a silent sitting keeps its place that long"
    )
    minutes = models.PositiveSmallIntegerField(
        default=15, help_text="estimated length, shown to participants"
    )
    next_after_s = models.PositiveSmallIntegerField(default=5, help_text="seconds before Next opens")
    plays_required = models.PositiveSmallIntegerField(
        default=1, help_text="answers open after that many full plays"
    )
    allow_back = models.BooleanField(default=True)
    ask_reason = models.BooleanField(default=False)
    analysis_plan = models.JSONField(default=dict, blank=True)

    design_hash = models.CharField(
        max_length=64, blank=True, help_text="sha256 of the frozen design, from launch on"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    launched_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(condition=Q(raters_per_block__gte=1), name="study_wants_raters"),
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(design_hash=""), name="launched_study_is_frozen"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def simulated(self) -> bool:
        """Whether anything a reader sees of this study is made up."""
        return self.origin == self.Origin.SIMULATED

    @property
    def frozen(self) -> bool:
        return self.state != self.State.DRAFT


class Dimension(models.Model):
    """A question asked in every trial of a study."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="dimensions")
    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=80)
    question = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["study", "position"]
        constraints = [
            models.UniqueConstraint(fields=["study", "key"], name="dimension_key_is_unique_in_study"),
            models.UniqueConstraint(fields=["study", "position"], name="dimension_place_is_unique_in_study"),
        ]

    def __str__(self) -> str:
        return self.label


class CompletionCode(models.Model):
    """The recruiter's code and return address for one outcome of a sitting; the server alone decides which is shown."""

    class Outcome(models.TextChoices):
        COMPLETED = "completed", "finished every round"
        SCREENED_OUT = "screened_out", "did not pass the practice twice"
        NO_CONSENT = "no_consent", "did not consent"
        FULL = "full", "came when no place was free"
        FAILED_CHECKS = "failed_checks", "finished, but failed the attention checks"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="completion_codes")
    outcome = models.CharField(max_length=20, choices=Outcome)
    code = models.CharField(max_length=80, blank=True)
    url = models.URLField(
        max_length=400, blank=True, help_text="where the participant is sent; empty: stays here"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "outcome"], name="one_completion_code_per_outcome")
        ]

    def __str__(self) -> str:
        return f"{self.study.slug}: {self.get_outcome_display()}"
