"""The design of a study: comparisons, the blocks they are dealt into, and the practice before them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from benchmark.models import Animation, Clip, Reconstruction
from studies.models.study import Study


class Comparison(models.Model):
    """A reference and two reconstructions of it. A is the one whose system's name comes first in the alphabet; which side
    it stands on is drawn anew in every trial."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="comparisons")
    animation = models.ForeignKey(Animation, on_delete=models.PROTECT, related_name="+")
    a = models.ForeignKey(Reconstruction, on_delete=models.PROTECT, related_name="+")
    b = models.ForeignKey(Reconstruction, on_delete=models.PROTECT, related_name="+")
    spare = models.BooleanField(
        default=False, help_text="not in a block: stands in when a clip will not play"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "a", "b"], name="comparison_is_unique_in_study"),
            models.CheckConstraint(condition=~Q(a=F("b")), name="comparison_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.animation}: {self.a.system} and {self.b.system}"


class Block(models.Model):
    """A fixed list of comparisons for one sitting, with so many places as the study wants raters for it."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="blocks")
    number = models.PositiveSmallIntegerField()
    comparisons: models.ManyToManyField[Comparison, BlockItem] = models.ManyToManyField(
        Comparison, through="BlockItem", related_name="blocks"
    )

    class Meta:
        ordering = ["study", "number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="block_number_is_unique_in_study")
        ]

    def __str__(self) -> str:
        return f"block {self.number}"


class BlockItem(models.Model):
    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="items")
    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="items")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["block", "comparison"], name="comparison_once_per_block")
        ]

    def __str__(self) -> str:
        return f"{self.block}: {self.comparison}"


class PracticeRound(models.Model):
    """A worked example before the first round, with the answers that are expected and why."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="practice_rounds")
    position = models.PositiveSmallIntegerField()
    reference = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="+")
    left = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="+")
    expected = models.JSONField(
        help_text="{dimension key: [answers that count as understood]}; missing: any answer"
    )
    explanation = models.TextField(help_text="shown after the answer")

    class Meta:
        ordering = ["study", "position"]
        constraints = [
            models.UniqueConstraint(fields=["study", "position"], name="practice_place_is_unique_in_study")
        ]

    def __str__(self) -> str:
        return f"practice {self.position}"
