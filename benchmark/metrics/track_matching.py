"""Matching point tracks: the temporal measure of the paper's pair, with the choices that make it work.

v is the displacement over three moments, per moment. Tracks whose path is short do not count. For tracks i and j,
S = Σ_both (a·b)/max(|a|, |b|) / (Σ_both max(|a|, |b|) + ¼ Σ_one |v|), faded by a gate on the distance of their mean
places relative to the crop. T is the mean over both clips of each track's best S, times the share of motion inside the
compared window, which handles unequal lengths.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmark.metrics.base import Features, Result


@dataclass(frozen=True)
class TrackParameters:
    """Lengths in working pixels."""

    over: int = 3  # moments per velocity
    path: float = 3.0  # px: a shorter one is rest
    least: int = 6  # velocities a track must have
    alone: float = 0.25  # what a velocity weighs that only one of two tracks has
    free: float = 0.2  # of the crop
    fall: float = 0.3
    lag: int = 4  # moments


@dataclass(frozen=True)
class Velocities:
    """`v` (N, M, 2) px per moment, zero where unseen; `seen` (N, M); `place` (N, 2) relative to the crop."""

    v: np.ndarray
    seen: np.ndarray
    place: np.ndarray
    energy: np.ndarray
    number: np.ndarray


def match_tracks(reference: Features, candidate: Features, p: TrackParameters) -> Result:
    """The value for features with `tracks` (N, T, 2), `visible` (N, T) and the facts kind, box, rate and scale."""
    kinds = reference.facts["kind"], candidate.facts["kind"]
    if kinds == ("blank", "blank"):
        return Result(None, "Both clips are blank, so there is no motion to compare.")
    a, b = velocities(reference, p), velocities(candidate, p)
    if not len(a.v) and not len(b.v):
        if kinds == ("moving", "moving"):
            return Result(
                None, "Nothing in either clip moves from its place, so there are no tracks to compare."
            )
        return Result(float(kinds == ("static", "static")))
    seen = {
        "crop": {role: crop_of(clip) for role, clip in (("reference", reference), ("candidate", candidate))},
        "tracks": {"reference": paths(reference, a), "candidate": paths(candidate, b)},
        "moving": {"reference": len(a.v), "candidate": len(b.v)},
    }
    if not len(a.v) or not len(b.v):
        return Result(0.0, diagnostics=seen)
    values = {lag: chamfer(a, b, lag, p) for lag in range(-p.lag, p.lag + 1)}
    lag = max(values, key=lambda key: (round(values[key][0], 6), -abs(key)))
    value, best = values[lag]
    pairs = [
        [int(a.number[i]), int(b.number[j]), round(float(best[i, j]), 4)]
        for i, j in enumerate(best.argmax(1))
    ]
    diagnostics = {**seen, "lag_0": values[0][0], "lag_moments": lag, "pairs": pairs[:50]}
    return Result(min(1.0, max(0.0, value)), None, diagnostics)


def crop_of(features: Features) -> list[float]:
    """x, y, width and height of the compared region in the clip's own pixels."""
    return [round(edge / features.facts["scale"], 1) for edge in features.facts["box"]]


def paths(
    features: Features, moving: Velocities, most: int = 24, rate: float = 10.0
) -> list[list[list[float]]]:
    """Up to `most` of the moving tracks, spread over all, as lists of [second, x, y] in the clip's own pixels."""
    tracks, visible, facts = features["tracks"], features["visible"], features.facts
    chosen = moving.number[np.linspace(0, len(moving.number) - 1, min(most, len(moving.number))).astype(int)]
    every = max(1, round(facts["rate"] / rate))
    return [
        [
            [round(float(m / facts["rate"]), 3), *(round(float(v), 1) for v in tracks[i, m] / facts["scale"])]
            for m in np.nonzero(visible[i])[0][::every]
        ]
        for i in chosen
    ]


def velocities(features: Features, p: TrackParameters) -> Velocities:
    """The tracks that move."""
    tracks, visible = features["tracks"].astype(np.float64), features["visible"]
    x, y, width, height = features.facts["box"]
    if tracks.shape[1] <= p.over or not len(tracks):
        nothing = np.zeros((0, 1))
        return Velocities(np.zeros((0, 1, 2)), nothing > 0, np.zeros((0, 2)), nothing, np.zeros(0, int))
    seen = visible[:, p.over :] & visible[:, : -p.over]
    v = (tracks[:, p.over :] - tracks[:, : -p.over]) / p.over * seen[..., None]
    energy = np.linalg.norm(v, axis=2)
    keep = (energy.sum(1) > p.path) & (seen.sum(1) >= p.least)
    counted = np.maximum(visible.sum(1), 1)
    mean = (tracks * visible[..., None]).sum(1) / counted[:, None]
    place = (mean - (x + width / 2, y + height / 2)) / max(width, height, 1)
    return Velocities(v[keep], seen[keep], place[keep], energy[keep], np.nonzero(keep)[0])


def chamfer(a: Velocities, b: Velocities, lag: int, p: TrackParameters) -> tuple[float, np.ndarray]:
    """T and the (Na, Nb) S for b read `lag` moments later."""
    first, second = max(0, -lag), max(0, lag)
    length = min(a.v.shape[1] - first, b.v.shape[1] - second)
    if length <= 0:
        return 0.0, np.zeros((len(a.v), len(b.v)))
    here, there = slice(first, first + length), slice(second, second + length)
    similar = np.stack([_likeness(a, i, here, b, there, p.alone) for i in range(len(a.v))])
    apart = np.linalg.norm(a.place[:, None] - b.place[None], axis=2)
    gate = np.exp(-(np.maximum(0, apart - p.free) ** 2) / (2 * p.fall**2))
    similar = np.where(similar > 0, similar * gate, similar)
    inside = a.energy[:, here].sum() + b.energy[:, there].sum()
    # A lag costs nothing but what it makes incomparable: both windows are judged as if cut by the same lag.
    whole = a.energy.sum() + b.energy.sum()
    coverage = inside / max(whole, 1e-9) if a.v.shape[1] != b.v.shape[1] else 1.0
    value = (similar.max(1).mean() + similar.max(0).mean()) / 2 * coverage
    return max(0.0, float(value)), similar


def _likeness(a: Velocities, i: int, here: slice, b: Velocities, there: slice, alone: float) -> np.ndarray:
    """(Nb,) S of one track with all of the other clip's."""
    v, w = a.v[i, here], b.v[:, there]
    seen, known = a.seen[i, here], b.seen[:, there]
    both = seen & known
    larger = np.maximum(a.energy[i, here], b.energy[:, there])
    product = np.einsum("td,ntd->nt", v, w)
    agreed = np.divide(product, larger, out=np.zeros_like(larger), where=both & (larger > 0)).sum(1)
    lonely = (a.energy[i, here] * (seen & ~known)).sum(1) + (b.energy[:, there] * (known & ~seen)).sum(1)
    return agreed / np.maximum((larger * both).sum(1) + alone * lonely, 1e-9)
