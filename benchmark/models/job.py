"""A background task as a row: the truth about it, whatever became of its message."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    QUEUED = "queued", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"


class Job(models.Model):
    """Kind and subject say what is to be done; at most one job of a kind is queued or running for a subject."""

    State = State

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=200, help_text="the key of what is worked on, as the kind reads it")
    label = models.CharField(max_length=300, blank=True, help_text="the subject in words, for people")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    not_before = models.DateTimeField(null=True, blank=True, help_text="a retry waits until then")
    rung_at = models.DateTimeField(null=True, blank=True, help_text="when a worker was last told of it")
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    progress = models.FloatField(default=0, help_text="0 to 1")
    message = models.CharField(max_length=300, blank=True, help_text="what it is doing")
    error = models.CharField(max_length=500, blank=True, help_text="one sentence")
    error_detail = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["state", "kind"], name="job_by_state"),
            models.Index(fields=["kind", "subject"], name="job_by_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(state__in=["queued", "running"]),
                name="one_open_job_per_subject",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="running_job_has_a_lease"
            ),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=1), name="progress_between_0_and_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.label or self.subject}: {self.get_state_display()}"
