"""What is compared: datasets, systems, their reconstructions, clips, scores, and the jobs that make them."""

from benchmark.models.clip import Clip
from benchmark.models.dataset import Animation, Dataset, Outcome, Reconstruction, System
from benchmark.models.job import Job
from benchmark.models.score import Score

__all__ = ["Animation", "Clip", "Dataset", "Job", "Outcome", "Reconstruction", "Score", "System"]
