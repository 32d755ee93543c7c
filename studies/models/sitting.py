"""One participant's lease on one block."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from studies.models.design import Block
from studies.models.participant import Participant
from studies.models.study import new_seed


class Sitting(models.Model):
    """States lead one way: active, then one of the others. An expired sitting may become active again while its block has a
    place. `holds_place` follows the state in the same update, and the database gives each place of a block to one sitting.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "under way"
        COMPLETED = "completed", "completed"
        EXPIRED = "expired", "expired"
        RETURNED = "returned", "returned"
        WITHDRAWN = "withdrawn", "withdrawn"
        SCREENED_OUT = "screened_out", "did not pass the practice"

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="sittings")
    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="sittings")
    state = models.CharField(max_length=15, choices=State, default=State.ACTIVE)
    place = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1 to the study's raters per block"
    )
    holds_place = models.BooleanField(default=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    seed = models.PositiveBigIntegerField(default=new_seed, help_text="drew the order and the sides")
    practice_attempts = models.PositiveSmallIntegerField(default=0)
    practice_log = models.JSONField(
        default=list, blank=True, help_text="every try: round, answers, whether understood, when"
    )
    practised_at = models.DateTimeField(null=True, blank=True, help_text="practice passed")
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    environment = models.JSONField(
        default=dict, blank=True, help_text="window and screen size, browser family; no address"
    )

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "lease_until"], name="sitting_by_lease")]
        constraints = [
            models.UniqueConstraint(
                fields=["block", "place"], condition=Q(holds_place=True), name="place_is_held_once"
            ),
            models.UniqueConstraint(
                fields=["participant"],
                condition=Q(state__in=["active", "completed"]),
                name="one_sitting_per_participant",
            ),
            models.CheckConstraint(
                condition=Q(holds_place=False) | Q(place__gte=1), name="held_place_has_a_number"
            ),
            models.CheckConstraint(
                condition=Q(holds_place=False) | Q(state__in=["active", "completed"]),
                name="ended_sitting_frees_its_place",
            ),
            models.CheckConstraint(
                condition=~Q(state="completed") | Q(completed_at__isnull=False),
                name="completed_sitting_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant}, {self.block}: {self.get_state_display()}"
