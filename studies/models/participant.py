"""One person in one study, under a pseudonym; who the recruiter says it is lies apart."""

from __future__ import annotations

import uuid

from django.db import models

from studies.models.study import Study


class Participant(models.Model):
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="participants")
    pseudonym = models.CharField(max_length=40)
    key = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text="what the browser's signed cookie carries"
    )
    simulated = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["study", "pseudonym"]
        constraints = [
            models.UniqueConstraint(fields=["study", "pseudonym"], name="pseudonym_is_unique_in_study")
        ]

    def __str__(self) -> str:
        return self.pseudonym


class RecruiterIdentity(models.Model):
    """The recruiter's own id of a participant: personal data, in a table that can be emptied on its own."""

    participant = models.OneToOneField(Participant, on_delete=models.CASCADE, related_name="identity")
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="+")
    recruiter = models.CharField(max_length=10, choices=Study.Recruiter)
    person = models.CharField(max_length=120, help_text="PROLIFIC_PID")
    recruiter_study = models.CharField(max_length=120, blank=True, help_text="STUDY_ID")
    submission = models.CharField(max_length=120, blank=True, help_text="SESSION_ID")

    class Meta:
        verbose_name_plural = "recruiter identities"
        constraints = [
            models.UniqueConstraint(
                fields=["study", "recruiter", "person"], name="one_participant_per_person_and_study"
            )
        ]

    def __str__(self) -> str:
        return f"{self.participant} at {self.get_recruiter_display()}"


class Consent(models.Model):
    """What a participant agreed to, in the words that were shown, and when."""

    participant = models.OneToOneField(Participant, on_delete=models.CASCADE, related_name="consent")
    text = models.TextField()
    version = models.CharField(
        max_length=64, blank=True, help_text="sha256 of the text, so that versions can be counted"
    )
    language = models.CharField(max_length=10)
    given_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"consent of {self.participant}"
