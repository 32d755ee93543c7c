"""`trajectory`: do the same kinds of movement happen at the same places and moments, whatever is moving?

At every moment each moving thing of one clip seeks the thing of the other, then or a moment beside, whose field of
velocities is most like its own, faded by a gate on their distance. T is the lesser of both clips' means over things and
moments, weighted by how much moves, but for the little that finds least: it is measured badly now and then. What changes
without moving (fades, colours, appearing) is compared as curves over a grid, and weighs as much as it is of all change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmark.metrics.averages import trimmed_mean
from benchmark.metrics.base import Features, Metric, Result
from benchmark.metrics.changes import change_share, compare_changes
from benchmark.metrics.extractors.movers import Movers, energy

ROW = [*range(9), 12, 13]  # of a mover's columns
PLACES = slice(0, 2), slice(9, 11)  # of a row: the thing's and its body's


@dataclass(frozen=True)
class TrajectoryParameters:
    rate: float = 15.0  # moments compared per second
    free: float = 0.08  # of the crop's size: how far apart two things, less their radii, may be at no cost
    fall: float = 0.2  # of the crop's size: how fast the gate closes beyond
    lag: float = 0.07  # s: clips may start this much apart
    slack: float = 0.07  # s: a thing may find its partner this much earlier or later, too
    lost: float = 0.1  # of the motion that may find none, as where things merge
    same: float = 0.75  # likeness from which on two fields count as one: where things crowd, they are measured no better
    agree: float = (
        0.25  # |log| by which the ratios of crops and of things may differ for a scale to be divided out
    )


@dataclass(frozen=True)
class Motion:
    """Things on an even grid of moments: `rows` (T, K, 11) place, radius, field and their body's place, absent ones zero;
    `weight` (T, K) their linear size times their speed, as far as that is sure."""

    rows: np.ndarray
    weight: np.ndarray
    centre: np.ndarray
    size: float


class Trajectory(Metric):
    name = "trajectory"
    version = "11"
    dimension = "motion"
    description = "Likeness of movement: place, direction, speed and moment, whatever it is that moves."
    parameters: TrajectoryParameters

    def __init__(self, parameters: TrajectoryParameters | None = None) -> None:
        super().__init__(parameters or TrajectoryParameters())
        self.extractor = Movers()

    def compare(self, reference: Features, candidate: Features) -> Result:
        kinds = reference.facts["kind"], candidate.facts["kind"]
        if settled := _without_motion(kinds):
            return settled
        p = self.parameters
        a, b = _motion(reference, p.rate), _motion(candidate, p.rate)
        moving, about = _compare_motion(a, b, p)
        share = (change_share(reference) + change_share(candidate)) / 2
        changing = compare_changes(reference, candidate, p.rate, p.lag + p.slack)
        value = changing if moving is None else (1 - share) * moving + share * changing
        diagnostics = {
            "crop": {"reference": _box(reference), "candidate": _box(candidate)},
            "motion": moving,
            "change": changing,
            "share_of_change_without_motion": share,
            **about,
            "tracks": {"reference": _tracks(reference), "candidate": _tracks(candidate)},
        }
        return Result(value, None, diagnostics)


def _without_motion(kinds: tuple[str, str]) -> Result | None:
    if kinds == ("blank", "blank"):
        return Result(None, "Both clips are blank, so there is no motion to compare.")
    if kinds == ("static", "static"):
        return Result(1.0, diagnostics={"note": "Nothing moves in either clip."})
    if kinds != ("moving", "moving"):
        return Result(
            0.0, diagnostics={"note": f"The reference is {kinds[0]} and the candidate is {kinds[1]}."}
        )
    return None


def _motion(features: Features, rate: float) -> Motion:
    movers, facts = features["movers"], features.facts
    moments = np.arange(0, (facts["moments"] - 1) / facts["rate"], 1 / rate)
    at = np.minimum((moments * facts["rate"]).round().astype(int), facts["moments"] - 1)
    found = np.nan_to_num(movers[at].astype(np.float64))
    rows, sure = found[..., ROW], found[..., 11]
    x, y, width, height = facts["box"]
    for place in PLACES:
        rows[..., place] -= (x + width / 2, y + height / 2)
    return Motion(
        rows,
        rows[..., 2] * energy(rows) * sure,
        np.array([x + width / 2, y + height / 2]),
        float(np.hypot(width, height)),
    )


def _compare_motion(a: Motion, b: Motion, p: TrajectoryParameters) -> tuple[float | None, dict[str, Any]]:
    """T and what it was found with; None where nothing in either clip moves from its place."""
    if not a.weight.any() and not b.weight.any():
        return None, {}
    reach, slack = round(p.lag * p.rate), round(p.slack * p.rate)
    placings = [(scale, offset) for scale in _scales(a, b, p) for offset in _offsets(a, b, scale)]
    partners = [
        {shift: _partners(a, b, shift, *placing, p) for shift in range(-slack, slack + 1)}
        for placing in placings
    ]
    at_once = [_likeness(a, b, found, 0, p) for found in partners]
    best = int(np.argmax(at_once))
    scale, offset = placings[best]
    for shift in (sign * step for step in range(slack + 1, slack + reach + 1) for sign in (-1, 1)):
        partners[best][shift] = _partners(a, b, shift, scale, offset, p)
    lags = {lag: _likeness(a, b, partners[best], lag, p) for lag in range(-reach, reach + 1)}
    lag = max(lags, key=lambda key: (round(lags[key], 6), -abs(key)))
    return lags[lag], {
        "lag_0": max(at_once),
        "lag_seconds": lag / p.rate,
        "scale": scale,
        "offset": [round(float(o), 2) for o in offset],
    }


def _scales(a: Motion, b: Motion, p: TrajectoryParameters) -> list[float]:
    """1, and the ratio of sizes where crop and things agree on it."""
    if not a.weight.any() or not b.weight.any():
        return [1.0]
    crop = np.log(b.size / a.size)
    things = np.log(_typical_size(b) / _typical_size(a))
    if abs(crop - things) > p.agree or abs(crop + things) < 0.04:
        return [1.0]
    return [1.0, float(np.exp((crop + things) / 2))]


def _typical_size(motion: Motion) -> float:
    moving = motion.weight > 0
    return float(np.average(motion.rows[..., 2][moving], weights=motion.weight[moving]))


def _offsets(a: Motion, b: Motion, scale: float) -> list[np.ndarray]:
    """What to add to b's places over `scale`: crops centred, motions centred, the same place on the page."""
    offsets = [np.zeros(2)]
    if a.weight.any() and b.weight.any():
        middle = [(m.rows[..., :2] * m.weight[..., None]).sum((0, 1)) / m.weight.sum() for m in (a, b)]
        offsets.append(middle[0] - middle[1] / scale)
        offsets.append(b.centre - a.centre)
    return offsets


def _partners(
    a: Motion, b: Motion, shift: int, scale: float, offset: np.ndarray, p: TrajectoryParameters
) -> tuple[np.ndarray, np.ndarray]:
    """How alike the best partner is of each of a's things (T, K) in b `shift` moments later, and of each of b's things
    in a so much earlier; 0 where the other clip has no such moment. b's lengths are divided by `scale`, then moved by
    `offset`."""
    forth, back = np.zeros(a.weight.shape), np.zeros(b.weight.shape)
    first, second = max(0, -shift), max(0, shift)
    common = min(len(forth) - first, len(back) - second)
    if common <= 0:
        return forth, back
    here, there = slice(first, first + common), slice(second, second + common)
    rows = b.rows[there].copy()
    rows[..., :5] /= scale
    rows[..., 9:] /= scale
    for place in PLACES:
        rows[..., place] += offset
    similar = _similarity(a.rows[here], rows, np.sqrt(a.size * b.size / scale), p)
    forth[here], back[there] = similar.max(axis=2), similar.max(axis=1)
    return forth, back


def _likeness(
    a: Motion,
    b: Motion,
    partners: dict[int, tuple[np.ndarray, np.ndarray]],
    lag: int,
    p: TrajectoryParameters,
) -> float:
    """T for b read `lag` moments later; `partners` by shift, those up to the slack beside it among them."""
    slack = round(p.slack * p.rate)
    near = [partners[shift] for shift in range(lag - slack, lag + slack + 1)]
    forth, back = (np.max(found, axis=0) for found in zip(*near, strict=True))
    return min(trimmed_mean(forth, a.weight, p.lost), trimmed_mean(back, b.weight, p.lost))


def _similarity(a: np.ndarray, b: np.ndarray, size: float, p: TrajectoryParameters) -> np.ndarray:
    """(T, Ka, Kb) in [0, 1]: how alike the fields of each pair of things are, about either's centre or each its own."""
    a, b = a[:, :, None], b[:, None]
    radius = np.sqrt(np.maximum(a[..., 2] * b[..., 2], 1e-9))
    apart = a[..., :2] - b[..., :2]
    own = _field_likeness(a[..., 3:5], b[..., 3:5], a[..., 5:9], b[..., 5:9], radius)
    # A part and the whole of one turning thing have other centres and the same field.
    at_a = _field_likeness(
        a[..., 3:5], b[..., 3:5] + _applied(b[..., 5:9], apart), a[..., 5:9], b[..., 5:9], radius
    )
    at_b = _field_likeness(
        a[..., 3:5] - _applied(a[..., 5:9], apart), b[..., 3:5], a[..., 5:9], b[..., 5:9], radius
    )
    distance = np.linalg.norm(apart, axis=-1)
    overlapping = distance < a[..., 2] + b[..., 2]
    # A line of letters set smaller stands where it stood, though its letters do not.
    bodies = np.linalg.norm(a[..., 9:] - b[..., 9:], axis=-1)
    gap = np.minimum(distance, bodies) - (a[..., 2] + b[..., 2]) / 2
    best = np.where(overlapping, np.maximum(own, np.maximum(at_a, at_b)), own)
    gate = np.exp(-(np.maximum(0, gap / size - p.free) ** 2) / (2 * p.fall**2))
    return np.clip(best / p.same, 0, 1) * gate


def _applied(matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """(…, 4) row-major 2×2 matrices times (…, 2) vectors."""
    x, y = vector[..., 0], vector[..., 1]
    return np.stack([matrix[..., 0] * x + matrix[..., 1] * y, matrix[..., 2] * x + matrix[..., 3] * y], -1)


def _field_likeness(
    va: np.ndarray, vb: np.ndarray, ma: np.ndarray, mb: np.ndarray, radius: np.ndarray
) -> np.ndarray:
    share = radius**2 / 4  # the mean square of a coordinate over a disc
    product = (va * vb).sum(-1) + share * (ma * mb).sum(-1)
    first = (va**2).sum(-1) + share * (ma**2).sum(-1)
    second = (vb**2).sum(-1) + share * (mb**2).sum(-1)
    both = np.sqrt(first * second)
    alike = 2 * both / np.maximum(first + second, 1e-12)
    return product / np.maximum(both, 1e-12) * alike**4


def _box(features: Features) -> list[float]:
    return [round(value / features.facts["scale"], 1) for value in features.facts["box"]]


def _tracks(features: Features, most: int = 12, rate: float = 10.0) -> list[list[list[float]]]:
    """The longest tracks as lists of [second, x, y] in the clip's own pixels."""
    movers, facts = features["movers"], features.facts
    numbers = movers[..., 9]
    known = np.unique(numbers[np.isfinite(numbers)])
    found = []
    for number in known:
        moments, which = np.nonzero(numbers == number)
        speeds = energy(movers[moments, which].astype(np.float64))
        if speeds.any():
            found.append((float(speeds.sum()), moments, movers[moments, which, :2] / facts["scale"]))
    found.sort(key=lambda track: -track[0])
    every = max(1, round(facts["rate"] / rate))
    return [
        [
            [round(m / facts["rate"], 3), round(float(x), 1), round(float(y), 1)]
            for m, (x, y) in list(zip(moments, places, strict=True))[::every]
        ]
        for _, moments, places in found[:most]
    ]
