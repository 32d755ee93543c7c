"""One metric version's value for one reconstruction."""

from __future__ import annotations

from django.db import models

from benchmark.models.clip import Clip
from benchmark.models.dataset import Reconstruction


class Score(models.Model):
    """Unique per reconstruction, pair of clips, metric, version and parameters: a new version, other parameters or a
    recaptured clip make a new row and keep the old one."""

    reconstruction = models.ForeignKey(Reconstruction, on_delete=models.CASCADE, related_name="scores")
    reference_clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="+")
    candidate_clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="+")
    metric = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    parameters_digest = models.CharField(max_length=64)
    dimension = models.CharField(max_length=40, help_text="what the metric says it measures")
    value = models.FloatField(null=True, help_text="0 to 1, higher is closer; empty when undefined")
    reason = models.TextField(blank=True, help_text="why the value is undefined")
    diagnostics = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["metric", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "reconstruction",
                    "reference_clip",
                    "candidate_clip",
                    "metric",
                    "version",
                    "parameters_digest",
                ],
                name="score_is_computed_once",
            ),
            models.CheckConstraint(
                condition=models.Q(value__isnull=True) | models.Q(value__gte=0, value__lte=1),
                name="score_between_0_and_1",
            ),
            models.CheckConstraint(
                condition=models.Q(value__isnull=False) | ~models.Q(reason=""),
                name="undefined_score_says_why",
            ),
        ]

    def __str__(self) -> str:
        value = "undefined" if self.value is None else f"{self.value:.3f}"
        return f"{self.metric} {self.version} of {self.reconstruction}: {value}"
