"""What a metric is asked to predict: each rating, or each comparison's majority.

The two have different ceilings. A single rating is noisy, and no metric can beat the human ceiling there; a
majority is less noisy, and its human reference is one rater against the majority of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studies.analysis.table import RatingTable

Floats = NDArray[np.float64]
Level = Literal["rating", "majority"]


@dataclass(frozen=True, eq=False)
class Target:
    """Votes per unit: (units,) weights for A, equal and B, and each unit's animation code."""

    level: Level
    plus: Floats
    tie: Floats
    minus: Floats
    cluster: NDArray[np.int32]
    clusters: int

    @property
    def weight(self) -> Floats:
        return self.plus + self.tie + self.minus

    def only(self, units: NDArray[np.bool_]) -> Target:
        """The same target with votes on ``units`` alone; the other units keep their place without votes."""
        plus, tie, minus = (np.where(units, votes, 0.0) for votes in (self.plus, self.tie, self.minus))
        return Target(self.level, plus, tie, minus, self.cluster, self.clusters)

    @property
    def plural(self) -> str:
        return "ratings" if self.level == "rating" else "majorities"


def target(table: RatingTable, level: Level = "rating") -> Target:
    """Every rating, or one vote for each unit whose ratings have a strict majority."""
    counts = table.counts.astype(float)
    if level == "majority":
        counts = (2 * counts > counts.sum(1, keepdims=True)).astype(float)
    minus, tie, plus = counts.T
    return Target(level, plus, tie, minus, table.unit_animation, len(table.animation_labels))
