"""`object-appearance`: are the same things to be seen, whatever they do?

At each moment the things of one clip are matched to those of the other (Hungarian method) by colour, shape and
size; moments are aligned by dynamic time warping; the score is the mean likeness over both clips' moments. Places
and turns do not count. A moment at which nothing is to be seen says nothing about looks and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmark.metrics.base import Features, Metric, Result
from benchmark.metrics.extractors.objects import Objects
from benchmark.metrics.looks import SIGMA, likeness
from benchmark.metrics.warping import warp


@dataclass(frozen=True)
class AppearanceParameters:
    """Weights of one pair of things; together 1 with `background`."""

    colour: float = 0.35
    shape: float = 0.35
    size: float = 0.2
    background: float = 0.1


class ObjectAppearance(Metric):
    name = "object-appearance"
    version = "1"
    dimension = "appearance"
    description = (
        "Likeness of the things to be seen: colour, shape, size, background, wherever and whenever they show."
    )
    parameters: AppearanceParameters

    def __init__(self, parameters: AppearanceParameters | None = None) -> None:
        super().__init__(parameters or AppearanceParameters())
        self.extractor = Objects()

    def compare(self, reference: Features, candidate: Features) -> Result:
        kinds = reference.facts["kind"], candidate.facts["kind"]
        if kinds == ("blank", "blank"):
            return Result(None, "Both clips are blank, so there is nothing to compare.")
        if "blank" in kinds:
            return Result(
                0.0, diagnostics={"note": f"The reference is {kinds[0]} and the candidate is {kinds[1]}."}
            )
        first, second = _seen(reference, candidate), _seen(candidate, reference)
        similarity = self._similarity(reference, candidate, first, second)
        alignment = warp(similarity)
        times = [
            features["moments"][_filled(seen)] for features, seen in ((reference, first), (candidate, second))
        ]
        diagnostics = {
            "crop": {"reference": reference.facts["crop"], "candidate": candidate.facts["crop"]},
            "warping": [
                [round(float(times[0][i]), 3), round(float(times[1][j]), 3)] for i, j in alignment.path
            ],
            "per_frame": {"reference": _rounded(alignment.first), "candidate": _rounded(alignment.second)},
            "seconds_of_frames": {"reference": _rounded(times[0]), "candidate": _rounded(times[1])},
        }
        return Result(alignment.value, None, diagnostics)

    def _similarity(self, a: Features, b: Features, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """(F, G) in [0, 1] over the moments at which something is to be seen."""
        p = self.parameters
        colour, shape = likeness(*(tuple(f[n] for n in ("silhouettes", "edges", "palettes")) for f in (a, b)))
        look = p.colour * colour + p.shape * shape
        behind = float(np.exp(-((a["background"] - b["background"]) ** 2).sum() / (2 * (2 * SIGMA) ** 2)))
        rows, columns = (seen[_filled(seen)] for seen in (first, second))
        known: dict[tuple[bytes, bytes], float] = {}
        out = np.zeros((len(rows), len(columns)))
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                key = row[:, :2].tobytes(), column[:, :2].tobytes()
                if key not in known:
                    known[key] = _matched(row, column, look, p)
                out[i, j] = known[key] + p.background * behind
        return out


def _matched(row: np.ndarray, column: np.ndarray, look: np.ndarray, p: AppearanceParameters) -> float:
    """The summed likeness of the best matching of two moments' things, each weighing by its linear size."""
    row, column = row[np.isfinite(row[:, 0])], column[np.isfinite(column[:, 0])]
    size_a, size_b = row[:, 1].astype(np.float64), column[:, 1].astype(np.float64)
    ratio = np.minimum(size_a[:, None], size_b) / np.maximum(size_a[:, None], size_b)
    pair = look[np.ix_(row[:, 0].astype(int), column[:, 0].astype(int))] + p.size * ratio
    weight = (size_a / size_a.sum())[:, None] / 2 + (size_b / size_b.sum()) / 2
    gain = pair * weight
    i, j = linear_sum_assignment(gain, maximize=True)
    return float(gain[i, j].sum())


def _seen(features: Features, other: Features) -> np.ndarray:
    """What is seen of a clip; of a static one against a moving one, what lies where the other moves, if any."""
    seen = features["seen"]
    if features.facts["kind"] != "static" or other.facts["kind"] != "moving":
        return seen
    x, y, width, height = other.facts["box"]
    place = seen[..., 2:4]
    inside = (place >= (x, y)).all(-1) & (place <= (x + width, y + height)).all(-1)
    return np.where(inside[..., None], seen, np.nan) if inside.any() else seen


def _filled(seen: np.ndarray) -> np.ndarray:
    """(F,) whether anything is to be seen."""
    return np.isfinite(seen[..., 0]).any(axis=1)


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 4) for value in values]
