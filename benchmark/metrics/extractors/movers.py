"""How the things in a clip move: for every moment, each thing's place, size and field of velocities.

A thing's motion between two frames is an affine field around its centre, v(x) = v + A (x − c): translation, rotation,
growth, shear and turning in depth in six numbers that do not depend on what the thing looks like. It is fitted to
points followed by Lucas and Kanade's method (pyramidal, Bouguet 2001), checked backwards; where a thing offers too few
points, the movement of its centre and the change of its second moments tell. The picture that is followed is
normalised in contrast locally, for otherwise fading invents motion.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmark.metrics.base import Extractor, Features
from benchmark.metrics.clip import Clip, Film
from benchmark.metrics.extractors.changes import change_grid
from benchmark.metrics.extractors.points import Follower
from benchmark.metrics.extractors.segments import Segments, segment
from benchmark.metrics.scene import Scene

COLUMNS = ("x", "y", "radius", "vx", "vy", "axx", "axy", "ayx", "ayy", "track", "reach")


@dataclass(frozen=True)
class MoverParameters:
    """Pixels are working pixels (half of 1024×768)."""

    threshold: int = 20  # levels from the background
    close: int = 3  # px bridged inside a thing
    least: int = 6  # px of area
    most: int = 24  # things per frame
    points: int = 110  # followed per frame
    window: int = 21  # px
    levels: int = 3
    back: float = 0.7  # px between a point and itself followed there and back
    still: float = 3.0  # px of path below which a thing did not move
    grid: int = 8  # cells along each side for change without motion


@dataclass(eq=False)
class _Chain:
    """One thing followed through time: rows of (moment, x, y, radius, vx, vy, A) in px and px per frame."""

    moments: list[int] = field(default_factory=list)
    rows: list[np.ndarray] = field(default_factory=list)
    velocity: np.ndarray = field(default_factory=lambda: np.zeros(2))


class Movers(Extractor):
    name = "movers"
    version = "1"

    def __init__(self, parameters: MoverParameters | None = None) -> None:
        super().__init__(parameters or MoverParameters())

    def extract(self, clip: Clip) -> Features:
        """`movers` (T, K, 11) float32 by COLUMNS, NaN where there are fewer, in working px and px per second;
        `change` (T, cells, 2): mean distance from the background and mean change to the next moment, in levels;
        `moved` (cells,) the share of moments at which something moving covers the cell."""
        film, scene = clip.film, clip.scene
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
    follower = Follower(film, scene, p.points, p.window, p.levels, p.back)
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
                _extend(chain, moment, now, k, np.zeros(2), np.zeros((2, 2)))
                chain.velocity = np.zeros(2)
            continue
        after = _segments(film, scene, following, p)
        partner = _linked(now, after, np.array([c.velocity for c in holders]).reshape(-1, 2), p)
        fields = follower.fields(unique, following, now, after, partner)
        successors = [_Chain() for _ in range(len(after))]
        for k, chain in enumerate(holders):
            motion = fields[k]
            if motion is not None:
                _extend(chain, moment, now, k, *motion)
            if partner[k] >= 0:
                successors[partner[k]] = chain
                chain.velocity = after.centre[partner[k]] - now.centre[k] if motion is None else motion[0]
        chains += [chain for chain in successors if not chain.rows and chain not in holders]
        now, holders = after, successors
    return chains


def _segments(film: Film, scene: Scene, unique: int, p: MoverParameters) -> Segments:
    return segment(
        scene, film.frames[unique], threshold=p.threshold, close=p.close, least=p.least, most=p.most
    )


def _extend(chain: _Chain, moment: int, things: Segments, k: int, v: np.ndarray, a: np.ndarray) -> None:
    chain.moments.append(moment)
    chain.rows.append(np.array([*things.centre[k], things.radius[k], *v, *a.ravel(), things.reach[k]]))


def _linked(now: Segments, after: Segments, velocity: np.ndarray, p: MoverParameters) -> np.ndarray:
    """(K,) for each thing its successor in the next frame, or −1."""
    partner = np.full(len(now), -1)
    if not len(now) or not len(after):
        return partner
    away = np.linalg.norm(after.centre[None] - now.centre[:, None], axis=2)
    expected = np.linalg.norm(after.centre[None] - (now.centre + velocity)[:, None], axis=2)
    apart = np.minimum(away, expected)
    size = now.radius[:, None] + after.radius[None]
    growth = np.abs(np.log(now.area[:, None] / after.area[None]))
    hue = np.abs(now.colour[:, None] - after.colour[None]).max(axis=2)
    cost = apart / (6 + size) + growth + hue / 128
    cost[(apart > 24 + 4 * size) | (growth > 1.2)] = 1e3
    for i, j in zip(*linear_sum_assignment(cost), strict=True):
        if cost[i, j] < 1e3:
            partner[i] = j
    return partner


def _table(chains: list[_Chain], moments: int, rate: float, p: MoverParameters) -> np.ndarray:
    """Chains, smoothed, as the (T, K, 11) array of movers."""
    rows: list[list[np.ndarray]] = [[] for _ in range(moments)]
    for number, chain in enumerate(c for c in chains if len(c.rows) >= 2):
        table = np.array(chain.rows)
        table[:, 3:9] = _smooth(np.array(chain.moments), table[:, 3:9]) * rate
        if (energy(table) / rate).sum() < p.still:
            table[:, 3:9] = 0.0
        for moment, row in zip(chain.moments, table, strict=True):
            rows[moment].append(np.array([*row[:9], number, row[9]]))
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


def _smooth(moments: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The mean of each row and its neighbours in time, where those are the next moments."""
    total, count = values.copy(), np.ones(len(values))
    adjacent = np.diff(moments) == 1
    total[:-1][adjacent] += values[1:][adjacent]
    total[1:][adjacent] += values[:-1][adjacent]
    count[:-1] += adjacent
    count[1:] += adjacent
    return total / count[:, None]


def _covered(movers: np.ndarray, box: tuple[int, int, int, int], grid: int) -> np.ndarray:
    x, y, width, height = box
    centres = (np.arange(grid) + 0.5) / grid
    cells = np.stack(np.meshgrid(x + centres * width, y + centres * height), -1).reshape(-1, 2)
    speed = np.nan_to_num(energy(movers))
    place, radius = np.nan_to_num(movers[..., :2], nan=1e6), np.nan_to_num(movers[..., 10])
    reach = radius[..., None] + 0.71 * max(width, height) / grid
    moving = (speed > 0)[..., None]
    near = np.linalg.norm(place[:, :, None] - cells, axis=-1) <= reach
    return (near & moving).any(axis=1).mean(axis=0).astype(np.float32)
