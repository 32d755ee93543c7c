"""Excluding data and withholding pay: two decisions, two records, each with its reason."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual

from studies.models.sitting import Sitting


class Exclusion(models.Model):
    """A sitting whose ratings stay out of the analysis. It may be lifted; its record stays."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="exclusions")
    rule = models.CharField(max_length=40, help_text="the rule that applied, or `researcher`")
    reason = models.TextField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sitting"], condition=Q(lifted_at__isnull=True), name="one_standing_exclusion"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="exclusion_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.sitting}: {self.rule}"


class PayDecision(models.Model):
    """What the researcher decided about a participant's pay, and whether the recruiter has been told.

    A decision is made, then on its way (`sending_at`), then told (`sent_at`). Before it is on its way it can be taken
    back; what was told stays for good.
    """

    class Decision(models.TextChoices):
        APPROVE = "approve", "approve"
        ASK_RETURN = "ask_return", "ask for a return"
        REJECT = "reject", "reject"

    FINAL = (Decision.APPROVE, Decision.REJECT)

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="pay_decisions")
    decision = models.CharField(max_length=12, choices=Decision)
    category = models.CharField(max_length=40, blank=True)
    message = models.TextField(blank=True)
    grounds = models.TextField(blank=True, help_text="what the rules said when it was decided")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    sending_at = models.DateTimeField(
        null=True, blank=True, help_text="since when it may have reached the recruiter"
    )
    sent_at = models.DateTimeField(null=True, blank=True, help_text="when the recruiter confirmed it")
    taken_back_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True, help_text="why the recruiter did not take it")

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["sitting"],
                condition=Q(decision__in=["approve", "reject"], taken_back_at__isnull=True),
                name="one_final_pay_decision",
            ),
            models.UniqueConstraint(
                fields=["sitting"],
                condition=Q(decision="ask_return", taken_back_at__isnull=True),
                name="asked_for_a_return_once",
            ),
            models.CheckConstraint(
                condition=~Q(decision="reject")
                | (~Q(category="") & Q(GreaterThanOrEqual(Length("message"), 100))),
                name="rejection_says_why_at_length",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(taken_back_at__isnull=True),
                name="what_was_told_is_not_taken_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sitting}: {self.get_decision_display()}"

    @property
    def told(self) -> bool:
        return self.sent_at is not None
