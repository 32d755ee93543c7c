"""Excluding data and withholding pay: two decisions, two records, each with its reason."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from studies.models.sitting import Sitting


class Exclusion(models.Model):
    """A sitting whose ratings stay out of the analysis. It may be lifted; its record stays."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="exclusions")
    rule = models.CharField(max_length=40, help_text="the rule that applied, or `researcher`")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting"], condition=Q(lifted_at__isnull=True), name="one_standing_exclusion"),
            models.CheckConstraint(condition=~Q(reason=""), name="exclusion_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.sitting}: {self.rule}"


class PayDecision(models.Model):
    """What the researcher decided about a participant's pay, and whether the recruiter has been told."""

    class Decision(models.TextChoices):
        APPROVE = "approve", "approve"
        ASK_RETURN = "ask_return", "ask for a return"
        REJECT = "reject", "reject"

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="pay_decisions")
    decision = models.CharField(max_length=12, choices=Decision)
    category = models.CharField(max_length=40, blank=True)
    message = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True, help_text="when the recruiter confirmed it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting"], condition=Q(decision="reject"), name="rejected_at_most_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sitting}: {self.get_decision_display()}"
