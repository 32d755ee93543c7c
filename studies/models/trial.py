"""One screen of a sitting, and the answers given on it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from studies.models.design import Comparison
from studies.models.sitting import Sitting
from studies.models.study import Dimension


class Trial(models.Model):
    """Position and side are drawn when the sitting begins. What a check expects never leaves the server, except an
    instructed check's own instruction."""

    class Kind(models.TextChoices):
        COMPARISON = "comparison", "comparison"
        INSTRUCTED = "instructed", "instructed check"
        IDENTICAL = "identical", "identical clips"
        REPEAT = "repeat", "repeat with sides exchanged"

    CHECKS = (Kind.INSTRUCTED, Kind.IDENTICAL, Kind.REPEAT)

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="trials")
    position = models.PositiveSmallIntegerField(help_text="1 is first")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.COMPARISON)
    comparison = models.ForeignKey(
        Comparison,
        on_delete=models.PROTECT,
        related_name="trials",
        help_text="an identical check shows its A on both sides",
    )
    a_on_left = models.BooleanField()
    expected = models.JSONField(null=True, blank=True, help_text="{dimension key: answer} for checks")
    replaces = models.ForeignKey(
        Comparison,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the comparison whose clip would not play",
    )
    failures = models.JSONField(
        default=list, blank=True, help_text="clips that would not play: which, why, when"
    )
    skipped_at = models.DateTimeField(
        null=True, blank=True, help_text="its clips would not play and no spare comparison was left"
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_key = models.UUIDField(
        null=True, blank=True, help_text="idempotency key of the post that was accepted"
    )
    reason = models.TextField(
        blank=True, help_text="the participant's own words, where the study asks for them"
    )
    passed = models.BooleanField(null=True, blank=True, help_text="checks only; judged by the server")
    evidence = models.JSONField(
        default=dict,
        blank=True,
        help_text="response time, loops, frame errors, stalls, visible size, hidden time, changes of mind",
    )

    class Meta:
        ordering = ["sitting", "position"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "position"], name="trial_place_is_unique_in_sitting"),
            models.UniqueConstraint(
                fields=["sitting", "comparison"],
                condition=Q(kind="comparison"),
                name="comparison_once_per_sitting",
            ),
            models.UniqueConstraint(fields=["answer_key"], name="answer_is_accepted_once"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answer_key__isnull=False),
                name="answered_trial_has_its_key",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(skipped_at__isnull=True),
                name="skipped_trial_has_no_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"round {self.position}: {self.get_kind_display()}"


class Rating(models.Model):
    """The answer on one dimension, as seen on the screen. Which system it favours follows from the trial's side: never
    stored twice, never out of step."""

    class Answer(models.TextChoices):
        LEFT = "left", "left"
        EQUAL = "equal", "equal"
        RIGHT = "right", "right"

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="ratings")
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="ratings")
    answer = models.CharField(max_length=5, choices=Answer)
    changes = models.PositiveSmallIntegerField(default=0, help_text="changes of mind before Next")
    answered_ms = models.PositiveIntegerField(
        null=True, blank=True, help_text="from the opening of the answers"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial", "dimension"], name="one_rating_per_trial_and_dimension"),
            models.CheckConstraint(
                condition=Q(answer__in=["left", "equal", "right"]), name="answer_is_one_of_three"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dimension}: {self.answer}"

    def value_for_a(self, a_on_left: bool) -> int:
        """+1 when the first-named system (A) wins, 0 when equal, −1 when B wins."""
        return answer_value(self.answer, a_on_left)


def answer_value(answer: str, a_on_left: bool) -> int:
    """The recoding every analysis starts from: +1, 0 or −1 for A, whichever side A stood on."""
    if answer == Rating.Answer.EQUAL:
        return 0
    return 1 if (answer == Rating.Answer.LEFT) == a_on_left else -1
