"""What a judge, a model that is shown the clips as people are, said of a comparison."""

from __future__ import annotations

from django.db import models

from studies.models.design import Comparison
from studies.models.study import Dimension


class Verdict(models.Model):
    """A judge's answer to one question on one comparison, shown in one order. A judge is believed only as far as it says
    the same in both orders (studies/analysis/scores.py)."""

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="verdicts")
    dimension = models.ForeignKey(Dimension, on_delete=models.CASCADE, related_name="verdicts")
    judge = models.CharField(max_length=80)
    version = models.CharField(max_length=40, blank=True)
    a_first = models.BooleanField(help_text="A was shown first")
    value = models.SmallIntegerField(help_text="1: A is closer, 0: equal, -1: B is closer")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comparison", "dimension", "judge", "version", "a_first"],
                name="one_verdict_per_order",
            ),
            models.CheckConstraint(condition=models.Q(value__in=(-1, 0, 1)), name="verdict_for_a_equal_or_b"),
        ]

    def __str__(self) -> str:
        return f"{self.judge} {self.version} on {self.comparison}".strip()
