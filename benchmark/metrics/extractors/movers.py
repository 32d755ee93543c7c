"""How the things in a clip move: for every moment, each thing's place, size and field of velocities.

A thing's motion between two frames is an affine field around its centre, v(x) = v + A (x − c): translation, rotation,
growth, shear and turning in depth in six numbers that do not depend on what the thing looks like. `alignment` measures
it by laying the thing's picture onto the next frame. Here things are followed from frame to frame, their fields smoothed
in time, and what is less than the noise of measurement taken for rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmark.metrics.base import Extractor, Features
from benchmark.metrics.clip import Clip, Film
from benchmark.metrics.extractors.alignment import REST, SMALL, Aligner, Motion
from benchmark.metrics.extractors.changes import change_grid
from benchmark.metrics.extractors.segments import Segments, segment
from benchmark.metrics.scene import Scene

COLUMNS = ("x", "y", "radius", "vx", "vy", "axx", "axy", "ayx", "ayy", "track", "reach", "sure", "bx", "by")

SEEN = 0.3  # sureness from which on a motion explains change
UNSURE = 0.02  # the least that a measurement counts among its neighbours
FULL = 0.4  # of a thing's own strongest contrast: less is surely seen no more
PALE = 0.3  # of the clip's strongest contrast: what never has more has almost faded
BRIEF = 5  # moments: what leaps clear of its own place for fewer, and alone, was taken for another
LEAP = 1.0, 2.0  # times the radius of a small thing, and of another, from one moment to the next
ALONG = 0.3  # of its way: what moves no more than this beside it moves along


@dataclass(frozen=True)
class MoverParameters:
    """Pixels are working pixels (half of 1024×768)."""

    threshold: int = 20  # levels from the background
    close: int = 3  # px bridged inside a thing
    least: int = 6  # px of area
    most: int = 24  # things per frame
    settle: float = 0.07  # s to either side of which the median counts, so that one bad measurement does not
    smooth: float = 0.07  # s to either side over which velocities are averaged
    still: float = 3.0  # px of path below which a thing did not move
    noise: float = 0.12  # px per frame: speeds fade out towards what is taken for rest
    grid: int = 8  # cells along each side for change without motion


@dataclass(eq=False)
class _Chain:
    """One thing followed through time: rows of place, radius, field, reach, sureness, contrast and the
    place of the body it belongs to, in px and px per frame."""

    moments: list[int] = field(default_factory=list)
    rows: list[np.ndarray] = field(default_factory=list)
    velocity: np.ndarray = field(default_factory=lambda: np.zeros(2))
    last: Motion | None = None
    beside: np.ndarray = field(default_factory=lambda: np.zeros(2))  # from its centre to that of its body


class Movers(Extractor):
    name = "movers"
    version = "10"

    def __init__(self, parameters: MoverParameters | None = None) -> None:
        super().__init__(parameters or MoverParameters())

    def extract(self, clip: Clip) -> Features:
        """`movers` (T, K, 14) float32 by COLUMNS, NaN where there are fewer, in working px and px per second;
        `change` (T, cells, 2): mean distance from the background and mean change to the next moment, in levels;
        `moved` (T, cells) bool, whether something moving covers the cell."""
        film, scene = clip.film, clip.steadied
        chains = _follow(film, scene, self.parameters) if scene.kind == "moving" else []
        movers = _table(chains, len(film), film.rate, self.parameters)
        change = change_grid(film, scene, self.parameters.grid)
        moved = _covered(movers, scene.box, self.parameters.grid)
        facts = {
            "kind": scene.kind,
            "box": list(scene.box),
            "page": [film.frames.shape[2], film.frames.shape[1]],
            "rate": film.rate,
            "scale": film.scale,
            "moments": len(film),
        }
        return Features({"movers": movers, "change": change.astype(np.float32), "moved": moved}, facts)


def _follow(film: Film, scene: Scene, p: MoverParameters) -> list[_Chain]:
    aligner = Aligner(film, scene)
    chains: list[_Chain] = []
    now: Segments | None = None
    holders: list[_Chain] = []
    for moment, unique in enumerate(film.index[:-1]):
        following = film.index[moment + 1]
        if now is None:
            now = _segments(film, scene, unique, p)
            holders = [_Chain() for _ in range(len(now))]
            chains += holders
        if following == unique:
            for k, chain in enumerate(holders):
                _extend(chain, moment, now, k, REST, 1.0)
                chain.velocity, chain.last = np.zeros(2), None
            continue
        after = _segments(film, scene, following, p)
        partner = _linked(
            now,
            after,
            np.array([c.velocity for c in holders]).reshape(-1, 2),
            np.array([bool(c.rows) for c in holders]),
        )
        found = aligner.fields(unique, following, now, after, partner, [c.last for c in holders])
        successors = [_Chain() for _ in range(len(after))]
        for k, chain in enumerate(holders):
            motion = chain.last = found[k].motion
            if motion is not None:
                chain.beside = found[k].place - now.centre[k]
                _extend(chain, moment, now, k, motion, found[k].sure)
                chain.velocity = motion[0]
            if partner[k] >= 0:
                successors[partner[k]] = chain
        chains += [chain for chain in successors if not chain.rows and chain not in holders]
        now, holders = after, successors
    return chains


def _segments(film: Film, scene: Scene, unique: int, p: MoverParameters) -> Segments:
    return segment(
        scene.at(unique),
        film.frames[unique],
        threshold=p.threshold,
        close=p.close,
        least=p.least,
        most=p.most,
        parted=True,
    )


def _extend(chain: _Chain, moment: int, things: Segments, k: int, motion: Motion, sure: float) -> None:
    v, matrix = motion
    chain.moments.append(moment)
    chain.rows.append(
        np.array(
            [
                *things.centre[k],
                things.radius[k],
                *v,
                *matrix.ravel(),
                things.reach[k],
                sure,
                things.contrast[k],
                *(things.centre[k] + chain.beside),
            ]
        )
    )


def _linked(now: Segments, after: Segments, velocity: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(K,) for each thing its successor in the next frame, or −1. What has moved before is sought where it should be."""
    partner = np.full(len(now), -1)
    if not len(now) or not len(after):
        return partner
    apart = np.linalg.norm(after.centre[None] - (now.centre + velocity)[:, None], axis=2)
    if known.any() and not known.all():  # a letter that comes loose moves with those beside it
        beside = np.linalg.norm(now.centre[:, None] - now.centre[None, known], axis=2).argmin(axis=1)
        led = np.linalg.norm(after.centre[None] - (now.centre + velocity[known][beside])[:, None], axis=2)
        apart[~known] = np.minimum(apart, led)[~known]
    size = now.radius[:, None] + after.radius[None]
    growth = np.abs(np.log(now.area[:, None] / after.area[None]))
    hue = np.abs(now.colour[:, None] - after.colour[None]).max(axis=2)
    cost = apart / (6 + size) + growth + hue / 128
    reach = np.where(known[:, None], 8 + size, 16 + 2 * size)
    cost[(apart > reach) | (growth > 1.2)] = 1e3
    for i, j in zip(*linear_sum_assignment(cost), strict=True):
        if cost[i, j] < 1e3:
            partner[i] = j
    return partner


def _table(chains: list[_Chain], moments: int, rate: float, p: MoverParameters) -> np.ndarray:
    """Chains, smoothed, as the (T, K, 14) array of movers."""
    rows: list[list[np.ndarray]] = [[] for _ in range(moments)]
    chains = _without_mistaken([chain for chain in chains if len(chain.rows) >= 2])
    # What has almost faded is measured badly: noise, and an outline that wears away.
    strongest = max((np.percentile(np.array(c.rows)[:, 11], 95) for c in chains), default=1.0)
    for number, chain in enumerate(chains):
        table, times = np.array(chain.rows), np.array(chain.moments)
        full = FULL * max(np.percentile(table[:, 11], 95), PALE * strongest)
        table[:, 10] *= np.minimum(1, table[:, 11] / full) ** 2
        stays = ~_jumps(times, table)
        table, times = table[stays], times[stays]
        table[:, 3:9] = _settled(times, table[:, 3:9], round(p.settle * rate))
        table[:, 3:9] = _smooth(times, table[:, 3:9], table[:, 10], round(p.smooth * rate))
        speed = energy(table)
        if speed.sum() < p.still:
            speed[:] = 0.0
        table[:, 3:9] *= np.maximum(0, 1 - (p.noise / np.maximum(speed, 1e-9)) ** 2)[:, None] * rate
        for moment, row in zip(times, table, strict=True):
            rows[moment].append(np.array([*row[:9], number, *row[9:11], *row[12:14]]))
    most = max((len(row) for row in rows), default=0)
    movers = np.full((moments, max(1, most), len(COLUMNS)), np.nan, np.float32)
    for moment, found in enumerate(rows):
        if found:
            movers[moment, : len(found)] = found
    return movers


def energy(rows: np.ndarray) -> np.ndarray:
    """(…,) the root mean square speed over the disc of each (…, ≥9) row (x, y, radius, vx, vy, A)."""
    translation = (rows[..., 3:5] ** 2).sum(axis=-1)
    return np.sqrt(translation + rows[..., 2] ** 2 / 4 * (rows[..., 5:9] ** 2).sum(axis=-1))


def _without_mistaken(chains: list[_Chain]) -> list[_Chain]:
    """The chains but those that are one thing now and another then: they go far, are soon lost, and nothing that stays
    and reaches there moves along with them, as a card does with what is on it."""
    staying: dict[int, list[np.ndarray]] = {}
    for chain in chains:
        if len(chain.rows) >= BRIEF:
            for moment, row in zip(chain.moments, chain.rows, strict=True):
                staying.setdefault(moment, []).append(row)

    def mistaken(chain: _Chain) -> bool:
        rows = np.array(chain.rows)
        way, radius = np.median(np.hypot(rows[:, 3], rows[:, 4])), np.median(rows[:, 2])
        if len(rows) >= BRIEF or way <= LEAP[int(radius >= SMALL)] * radius:
            return False
        return not any(
            np.linalg.norm(other[:2] - row[:2]) <= other[9]
            and np.linalg.norm(other[3:5] - row[3:5]) <= ALONG * np.linalg.norm(row[3:5])
            for moment, row in zip(chain.moments, rows, strict=True)
            for other in staying.get(moment, [])
        )

    return [chain for chain in chains if not mistaken(chain)]


def _jumps(moments: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(N,) whether a thing leaps clear of its own place, out of a slower motion: it begins its path anew, or is another
    that was taken for it."""
    way = np.hypot(rows[:, 3], rows[:, 4])
    beside = np.zeros(len(way))
    adjacent = np.diff(moments) == 1
    beside[:-1][adjacent] = way[1:][adjacent]
    beside[1:][adjacent] = np.maximum(beside[1:], way[:-1])[adjacent]
    return (way > 2 * rows[:, 2]) & (way > 6 + 3 * beside)


def _settled(moments: np.ndarray, values: np.ndarray, reach: int) -> np.ndarray:
    """The median of each row and its neighbours up to `reach` moments away."""
    window = np.full((2 * reach + 1, *values.shape), np.nan)
    window[reach] = values
    for step in range(1, min(reach, len(values) - 1) + 1):
        near = moments[step:] - moments[:-step] <= reach
        window[reach + step, :-step][near] = values[step:][near]
        window[reach - step, step:][near] = values[:-step][near]
    return np.nanmedian(window, axis=0)


def _smooth(moments: np.ndarray, values: np.ndarray, sure: np.ndarray, reach: int) -> np.ndarray:
    """The mean of each row and its neighbours up to `reach` moments away, by how sure they are."""
    weight = np.maximum(sure, UNSURE)[:, None]
    total, count = values * weight, weight.copy()
    for step in range(1, min(reach, len(values) - 1) + 1):
        near = (moments[step:] - moments[:-step] <= reach)[:, None]
        total[:-step] += near * (values * weight)[step:]
        total[step:] += near * (values * weight)[:-step]
        count[:-step] += near * weight[step:]
        count[step:] += near * weight[:-step]
    return total / count


def _covered(movers: np.ndarray, box: tuple[int, int, int, int], grid: int) -> np.ndarray:
    x, y, width, height = box
    centres = (np.arange(grid) + 0.5) / grid
    cells = np.stack(np.meshgrid(x + centres * width, y + centres * height), -1).reshape(-1, 2)
    speed = np.nan_to_num(energy(movers))
    place, radius = np.nan_to_num(movers[..., :2], nan=1e6), np.nan_to_num(movers[..., 10])
    reach = radius[..., None] + 0.71 * max(width, height) / grid
    moving = ((speed > 0) & (np.nan_to_num(movers[..., 11]) > SEEN))[..., None]
    near = np.linalg.norm(place[:, :, None] - cells, axis=-1) <= reach
    return (near & moving).any(axis=1)
