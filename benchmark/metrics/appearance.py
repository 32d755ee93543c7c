"""`object-appearance`: are the same things to be seen, whatever they do?

Every moment of one clip is compared with the moment of the other that is most like it: their things are matched
(Hungarian method) by colour, shape and size; the mean likeness over both clips' moments is what they share moment by
moment. Turns and when a moment comes do not count: a loop that runs half a round further has the same looks. Of places it
counts only whether two looks ever stand in the same one (`places.py`). A moment at which nothing is to be seen says
nothing about looks and is left out.

Which things are to be seen together, how far each has faded and which lies on which is a matter of timing, though. So
every thing is also compared with the most alike of the other clip, whenever that shows, which costs what the clips differ
in how much is to be seen; what is least alike, as where one covers another, is left out. The score is the larger of the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmark.metrics.base import Features, Metric, Result
from benchmark.metrics.extractors.objects import Objects
from benchmark.metrics.looks import SIGMA, likeness
from benchmark.metrics.occurrences import Occurrences, by_thing
from benchmark.metrics.places import nearest

NEARLY = 0.85  # of the amount to be seen: as much
NEAR = 0.1  # of the page: how fast what lies beside the moving crop ceases to count
FAR = 0.005  # weight below which a thing does not count at all


@dataclass(frozen=True)
class AppearanceParameters:
    """Weights of one pair of things, together 1 with `background`; and of things that stand still."""

    colour: float = 0.35
    shape: float = 0.35
    size: float = 0.2
    background: float = 0.1
    still: float = 0.1  # what a thing that stands still weighs beside those that move
    amount: float = 0.6  # what it costs if nothing like as much is to be seen
    hidden: float = 0.5  # of the time that things of one colour show: then they may be covered, or merge
    lost: float = 0.05  # of what is to be seen that may find nothing alike
    elsewhere: float = 0.5  # what it costs two looks never to stand in one place
    near: float = 0.02  # page widths: so near is one place
    gap: float = 0.08  # page widths beyond: how fast the cost grows


class ObjectAppearance(Metric):
    name = "object-appearance"
    version = "10"
    dimension = "appearance"
    description = "Likeness of the things to be seen: colour, shape, size, background, however they move and whenever they show."
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
        still = self.parameters.still
        first, second = _seen(reference, candidate, still), _seen(candidate, reference, still)
        if not len(first) or not len(second):
            which = "reference" if not len(first) else "candidate"
            return Result(
                None, f"Nothing in the {which} stands out from its background enough to be compared."
            )
        p = self.parameters
        colour, shape = likeness(_looks(reference), _looks(candidate))
        look = (p.colour * colour + p.shape * shape) * self._placed(nearest(reference, candidate))
        behind = p.background * _behind(reference, candidate)
        similarity = self._similarity(first, second, look) + behind
        first_best, second_best = similarity.max(axis=1), similarity.max(axis=0)
        times = [_times(features) for features in (reference, candidate)]
        by_moment = float((first_best.mean() + second_best.mean()) / 2)
        things = by_thing(
            Occurrences.of(first, reference["palettes"]),
            Occurrences.of(second, candidate["palettes"]),
            look,
            p.size,
            p.hidden,
            p.lost,
        )
        things += behind
        as_much = _as_much(first, second)
        diagnostics: dict[str, Any] = {
            "by_moment": round(by_moment, 4),
            "by_thing": round(things, 4),
            "as_much": round(as_much, 4),
            "crop": {"reference": reference.facts["crop"], "candidate": candidate.facts["crop"]},
            "most_alike": [
                [round(float(times[0][i]), 3), round(float(times[1][j]), 3)]
                for i, j in enumerate(similarity.argmax(axis=1))
            ],
            "per_frame": {"reference": _rounded(first_best), "candidate": _rounded(second_best)},
            "seconds_of_frames": {"reference": _rounded(times[0]), "candidate": _rounded(times[1])},
        }
        return Result(max(by_moment, things * (1 - p.amount * (1 - as_much))), None, diagnostics)

    def _placed(self, apart: np.ndarray) -> np.ndarray:
        """What is left of the likeness of looks that come so near each other, in page widths."""
        p = self.parameters
        beyond = np.maximum(0, apart - p.near) / p.gap
        return 1 - p.elsewhere * (1 - np.exp(-(beyond**2) / 2))

    def _similarity(self, rows: np.ndarray, columns: np.ndarray, look: np.ndarray) -> np.ndarray:
        """(F, G) in [0, 1] over the moments at which something is to be seen."""
        first, of_row = _different(rows)
        second, of_column = _different(columns)
        known = np.stack([_matched(row, second, look, self.parameters) for row in first])
        return known[np.ix_(of_row, of_column)]


def _looks(features: Features) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return features["silhouettes"], features["edges"], features["palettes"]


def _behind(reference: Features, candidate: Features) -> float:
    """How alike the colours are behind what moves and at the page's border, in [0, 1]: a card may be all that lies behind."""
    apart = [reference[name] - candidate[name] for name in ("background", "page")]
    return float(np.mean([np.exp(-(each**2).sum() / (2 * (2 * SIGMA) ** 2)) for each in apart]))


def _as_much(a: np.ndarray, b: np.ndarray) -> float:
    """How much is to be seen in one clip beside the other, in [0, 1], 1 from NEARLY on: on the whole or at most, whichever
    is more alike, since what shows one by one in one clip may show at once in another."""
    amounts = [np.nansum(one[..., 1] * one[..., 4], axis=1) for one in (a, b)]
    ratios = []
    for of in (np.sum, np.max):
        first, second = (float(of(amount)) for amount in amounts)
        ratios.append(min(first, second) / max(first, second))
    return min(1.0, max(ratios) / NEARLY)


def _different(moments: np.ndarray) -> tuple[list[np.ndarray], list[int]]:
    """Of moments (F, K, 5) those that differ in looks or sizes, each (≤ K, 5) of what is there, and (F,) which is which."""
    places: dict[bytes, int] = {}
    of = [places.setdefault(moment[:, :2].tobytes(), len(places)) for moment in moments]
    firsts = [of.index(place) for place in range(len(places))]
    return [moments[first][np.isfinite(moments[first][:, 0])] for first in firsts], of


def _matched(
    row: np.ndarray, columns: list[np.ndarray], look: np.ndarray, p: AppearanceParameters
) -> np.ndarray:
    """(G,) the summed likeness of the best matching of one moment's things with those of each of G moments, each thing
    weighing by its linear size."""
    column = np.concatenate(columns)  # of all moments at once: the parts are short
    ends = np.cumsum([len(part) for part in columns])
    size_a, size_b = row[:, 1].astype(np.float64), column[:, 1].astype(np.float64)
    ratio = np.minimum(size_a[:, None], size_b) / np.maximum(size_a[:, None], size_b)
    pair = look[np.ix_(row[:, 0].astype(int), column[:, 0].astype(int))] + p.size * ratio
    weight_a, weight_b = size_a * row[:, 4], size_b * column[:, 4]
    shares = [part / part.sum() for part in np.split(weight_b, ends[:-1])]
    gain = pair * ((weight_a / weight_a.sum())[:, None] / 2 + np.concatenate(shares) / 2)
    return np.array([_best(part) for part in np.split(gain, ends[:-1], axis=1)])


def _best(gain: np.ndarray) -> float:
    if 1 in gain.shape:
        return float(gain.max())
    i, j = linear_sum_assignment(gain, maximize=True)
    return float(gain[i, j].sum())


def _seen(features: Features, other: Features, still: float) -> np.ndarray:
    """(F, K, 5) what is to be seen of a clip at the moments that show something: look, size, place, weight.

    What stands still in or near the moving crop belongs to the looks, at the weight `still`; it counts fully against a
    clip of which everything stands still. Of that one what lies far from where the other moves counts for little.
    """
    filled = _filled(features)
    seen = features["seen"][filled]
    if features.facts["kind"] == "static":
        moving = other.facts["kind"] == "moving"
        weight = _near(seen, other.facts["box"]) if moving else np.ones(seen.shape[:2])
        return np.concatenate([seen, weight[..., None]], axis=2)
    standing = features["still"]
    weight = _near(standing, features.facts["box"]) * (1.0 if other.facts["kind"] == "static" else still)
    standing = np.column_stack([standing, weight])[weight > FAR]
    if not filled.any():  # what changes is too faint or too small: only what stands still is left
        return standing[None] if len(standing) else np.empty((0, 0, 5))
    weighed = np.concatenate([seen, np.ones((*seen.shape[:2], 1))], axis=2)
    return np.concatenate([weighed, np.broadcast_to(standing, (len(seen), *standing.shape))], axis=1)


def _near(rows: np.ndarray, box: Sequence[float]) -> np.ndarray:
    """1 for things whose centre lies in a box (x, y, width, height) on the page, falling to 0 with the distance."""
    low = np.array(box[:2])
    high = low + box[2:]
    place = rows[..., 2:4]
    apart = np.linalg.norm(np.maximum(0, np.maximum(low - place, place - high)), axis=-1)
    return np.exp(-((apart / NEAR) ** 2) / 2)


def _filled(features: Features) -> np.ndarray:
    """(F,) whether anything is to be seen that moves, or anything at all in a static clip."""
    return np.isfinite(features["seen"][..., 0]).any(axis=1)


def _times(features: Features) -> np.ndarray:
    """(F,) s of the moments that are compared."""
    filled = _filled(features)
    return features["moments"][filled] if filled.any() else features["moments"][:1]


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 4) for value in values]
