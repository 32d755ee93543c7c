"""What a researcher supposes before a study starts, and the model of it that the simulator plays through."""

from __future__ import annotations

from dataclasses import dataclass

from studies.analysis.simulation import RaterModel, StudyModel, even_qualities, with_tie_rate

# name → (least, most, what it is). The unit of distances is the noise with which a typical rater sees a difference.
LIMITS: dict[str, tuple[float, float, str]] = {
    "systems": (2, 20, "systems to be compared"),
    "distance": (0, 5, "distance from one system to the next, in a typical rater's noise"),
    "item_spread": (0, 5, "how much a system's quality differs from animation to animation"),
    "ties": (0, 0.9, "share of answers that say equal"),
    "rater_spread": (0, 2, "how much raters differ: log-SD of their noise"),
    "block_spread": (0, 2, "how much blocks differ in difficulty: log-SD of the noise"),
    "lapse": (0, 0.9, "share of answers given at random"),
    "block_size": (2, 200, "comparisons in a sitting"),
    "wished": (0.01, 0.5, "wished half-width of α's 95 % interval"),
    "replicates": (10, 2000, "simulated studies of each design"),
    "seed": (0, 2**31, "seed of every draw"),
}


class QuestionRefused(ValueError):
    """What cannot be planned with; the text is one sentence."""


@dataclass(frozen=True)
class Question:
    systems: int = 5
    distance: float = 0.5
    item_spread: float = 0.5
    ties: float = 0.06
    rater_spread: float = 0.3
    block_spread: float = 0.3
    lapse: float = 0.02
    block_size: int = 30
    wished: float = 0.05
    replicates: int = 60
    seed: int = 0

    def model(self) -> StudyModel:
        """The study to simulate; raises QuestionRefused."""
        for name, (low, high, words) in LIMITS.items():
            if not low <= getattr(self, name) <= high:
                raise QuestionRefused(
                    f"{name.replace('_', ' ').capitalize()} ({words}) must lie between {low:g} and {high:g}."
                )
        raters = RaterModel(
            noise=1.0,
            rater_spread=self.rater_spread,
            block_spread=self.block_spread,
            lapse=self.lapse,
            halo=0.0,
        )
        model = StudyModel(
            even_qualities(self.systems, self.distance),
            self.item_spread,
            blocks=20,
            block_size=self.block_size,
            raters=raters,
        )
        return with_tie_rate(model, self.ties, self.seed)


DEFAULTS = Question()
