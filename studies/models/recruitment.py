"""What a recruiter said: its studies, its submissions as last heard, and its messages. Emptied with the id map."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from studies.models.participant import Participant
from studies.models.study import Study


class RecruiterStudy(models.Model):
    """Prolific's id of a study that sends people to ours, as the researcher entered it."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="recruiter_studies")
    key = models.CharField(max_length=120, help_text="STUDY_ID")

    class Meta:
        verbose_name_plural = "recruiter studies"
        constraints = [models.UniqueConstraint(fields=["study", "key"], name="recruiter_study_is_named_once")]

    def __str__(self) -> str:
        return self.key


class Submission(models.Model):
    """One submission at Prolific as last heard of, by poll or message, whether or not anybody arrived here with it.

    It names no person; the participant is the one who came with it, and stays known when the id map forgot them, so
    that someone who withdrew can still be paid.
    """

    class Status(models.TextChoices):
        RESERVED = "RESERVED", "reserved"
        ACTIVE = "ACTIVE", "under way"
        TIMED_OUT = "TIMED-OUT", "timed out"
        AWAITING_REVIEW = "AWAITING REVIEW", "awaiting review"
        PROCESSING = "PROCESSING", "being processed"
        APPROVED = "APPROVED", "approved"
        PARTIALLY_APPROVED = "PARTIALLY APPROVED", "partially approved"
        SCREENED_OUT = "SCREENED OUT", "screened out"
        RETURNED = "RETURNED", "returned"
        REJECTED = "REJECTED", "rejected"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="submissions")
    key = models.CharField(max_length=120, help_text="SESSION_ID")
    recruiter_study = models.CharField(max_length=120, blank=True, help_text="STUDY_ID")
    participant = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.CASCADE, related_name="submissions"
    )
    status = models.CharField(
        max_length=30, help_text="as Prolific writes it; a status we do not know is kept too"
    )
    code = models.CharField(max_length=120, blank=True, help_text="the completion code that was entered")
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    return_asked_at = models.DateTimeField(null=True, blank=True)
    as_of = models.DateTimeField(help_text="the moment this status was true; older news is not taken")
    missing_since = models.DateTimeField(
        null=True, blank=True, help_text="Prolific's full list did not hold it"
    )
    settled_at = models.DateTimeField(
        null=True, blank=True, help_text="a researcher dealt with the difference"
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "key"], name="submission_is_known_once_in_study")
        ]
        indexes = [models.Index(fields=["key"], name="submission_by_key")]

    def __str__(self) -> str:
        return f"submission {self.key}: {self.status}"

    @property
    def status_words(self) -> str:
        return dict(self.Status.choices).get(self.status, self.status.lower())


class RecruiterMessage(models.Model):
    """A webhook message, kept under its event id so that a repeated one is known."""

    event = models.CharField(max_length=200, unique=True, help_text="X-Event-ID")
    kind = models.CharField(max_length=80)
    submission = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=30, blank=True)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    effect = models.CharField(max_length=200, blank=True, help_text="what came of it")

    def __str__(self) -> str:
        return f"{self.kind} {self.status}".strip()


class RecruiterPoll(models.Model):
    """When a study's submissions were last asked for, and how it went."""

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="poll")
    asked_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True, help_text="the last answer that was complete")
    error = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"poll of {self.study.slug}"
