"""The affine field that carries a thing's image from one frame to the next.

The thing's picture in the first frame is laid onto the second by an affine map that leaves the least difference (Lucas
and Kanade 1981; efficient second-order steps, Benhimane and Malis 2004). Outline and inside count alike, so that plain
and patterned things are measured equally well, to hundredths of a pixel. Brightness may change by a factor per channel:
a fade is no motion. Pixels that do not fit (what passes in front, the back of a card) lose their weight.

Things close together that shift together are measured together: the letters of a line merge, part and pass each other's
places from frame to frame, the line does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from benchmark.metrics.clip import Film
from benchmark.metrics.extractors import descent
from benchmark.metrics.extractors.descent import left
from benchmark.metrics.extractors.pictures import SAME, Motion, Patch, Pictures
from benchmark.metrics.extractors.segments import Segments, shared
from benchmark.metrics.scene import Scene

REST: Motion = (np.zeros(2), np.zeros((2, 2)))

SMALL = 8.0  # px of radius: smaller things show their outline and nothing else
STEPS = 4
MOST = 8  # things aligned per frame, the largest; for the others the outline tells
DONE = 0.04  # px: a smaller step is the last
FITS = 0.35  # of the picture's energy left over: above it the map explains nothing
CLEAR = 1.2  # times what the map explains: from 1 on a motion is sure
BARELY = 0.05  # how sure it is at least of a thing that is followed
BESIDE = 1.0  # of the things' median radius: what lies no further apart may be one body
TOGETHER = 0.12, 0.06  # px, and of the shift: what moves no more than this beside its body moves with it


@dataclass(frozen=True)
class Found:
    """A thing's (v, A) in px per frame, None where nothing tells; how sure it is, in [0, 1]; and `place` (2,) the centre
    in the frame of all that hangs together with it and shifts along."""

    motion: Motion | None
    sure: float
    place: np.ndarray


class Aligner:
    def __init__(self, film: Film, scene: Scene) -> None:
        self.pictures = Pictures(film, scene)

    def fields(
        self,
        first: int,
        second: int,
        now: Segments,
        after: Segments,
        partner: np.ndarray,
        before: list[Motion | None],
    ) -> list[Found]:
        """Each thing's motion from one frame to the other. What merges, splits or passes behind something moves in more
        than one way and is less sure.

        `before` are their fields one frame earlier, from which a quick turn is found again.
        """
        self.pictures.show({first: now, second: after})
        whole = _whole(now, after, partner)
        found: list[Found | None] = [None] * len(now)
        shifts: list[Motion | None] = [None] * len(now)
        well = whole & (now.radius >= SMALL) & (np.arange(len(now)) < MOST)
        for body in [] if well.all() or len(now) < 2 else _bodies(now):
            if well[body].all():  # each tells by itself
                continue
            shift, along = self._together(first, second, now, after, partner, body, before)
            own = body[along]
            for k in body:
                shifts[k] = shift
            for k in own:
                found[k] = Found(shift, 1.0, now.area[own] @ now.centre[own] / now.area[own].sum())
        for k in range(len(now)):
            if found[k] is None:
                motion, sure = self._alone(
                    first, second, now, after, k, int(partner[k]) if whole[k] else -1, before[k], shifts[k]
                )
                found[k] = Found(motion, sure, now.centre[k])
        return [one for one in found if one is not None]

    def _alone(
        self,
        first: int,
        second: int,
        now: Segments,
        after: Segments,
        k: int,
        successor: int,
        earlier: Motion | None,
        shift: Motion | None,
    ) -> tuple[Motion | None, float]:
        """One thing's motion, and how sure it is; `successor` is −1 where it has none that is whole."""
        start = REST
        if successor >= 0:
            start = _by_silhouette(now, after, k, successor)
            if now.radius[k] < SMALL or k >= MOST:
                return start, 1.0
        starts = [start]
        if earlier is not None:
            starts.append((start[0] if successor >= 0 else earlier[0], earlier[1]))
        if shift is not None:
            starts.append(shift)
        return self._aligned(first, second, now, k, starts, successor >= 0)

    def _together(
        self,
        first: int,
        second: int,
        now: Segments,
        after: Segments,
        partner: np.ndarray,
        body: np.ndarray,
        before: list[Motion | None],
    ) -> tuple[Motion, np.ndarray]:
        """The shift of a body, and (B,) which of its things move along with it."""
        patch = self.pictures.patch(first, now, body)
        shifts = [np.zeros(2)]
        followed = body[partner[body] >= 0]
        if len(followed):
            ways = after.centre[partner[followed]] - now.centre[followed]
            shifts.append(ways[np.argsort(ways @ np.abs(ways).sum(0))[len(ways) // 2]])
        known = [earlier for k in body if (earlier := before[k]) is not None]
        if known:
            shifts.append(known[0][0])
        starts = [(shift, np.zeros((2, 2))) for shift in shifts]
        apart = [self.pictures.apart(second, patch, start) for start in starts]
        best = int(np.argmin([left(one) for one in apart]))
        motion, apart_best = self._refined(second, patch, starts[best], apart[best], None)
        allowed = TOGETHER[0] + TOGETHER[1] * float(np.linalg.norm(motion[0]))
        mine = (patch.owner[:, None] == body + 1).astype(np.float64)
        energy = np.einsum("nc,nc->n", patch.picture, patch.picture) @ mine
        least = np.einsum("nc,nc->n", apart_best, apart_best) @ mine
        radius = np.maximum(now.radius[body], 1.0)
        middle = now.centre[body] - now.origin - patch.centre
        step, deform = descent.steps_beside(
            patch, apart_best, mine, middle, radius, descent.stiffness(now.spread[body])
        )
        beside = (step**2).sum(1) + now.radius[body] ** 2 / 4 * (deform**2).sum((1, 2))
        return motion, (energy > 0) & (least <= FITS * energy) & (beside <= allowed**2)

    def _aligned(
        self, first: int, second: int, now: Segments, k: int, starts: list[Motion], whole: bool
    ) -> tuple[Motion | None, float]:
        patch = self.pictures.patch(first, now, np.array([k]))
        energy = float(patch.energy.sum())
        if energy <= 0:
            return (starts[0], 1.0) if whole else (None, 0.0)
        apart = [self.pictures.apart(second, patch, start) for start in starts]
        best = int(np.argmin([left(one) for one in apart]))
        motion, least_apart = self._refined(
            second, patch, starts[best], apart[best], descent.stiffness(now.spread[k])
        )
        sure = 1 - left(least_apart) / (FITS * energy)
        if whole:  # it is there and goes somewhere, however badly that is seen
            return motion, float(np.clip(CLEAR * sure, BARELY, 1.0)) ** 2
        return (motion, sure) if sure > 0 else (None, 0.0)

    def _refined(
        self, second: int, patch: Patch, start: Motion, apart: np.ndarray, stiff: np.ndarray | None
    ) -> tuple[Motion, np.ndarray]:
        """The motion after steps downhill from `start`, which leaves `apart`; and what it leaves. `stiff` None: a shift
        alone."""
        best, (v, matrix) = start, start
        least, best_apart = left(apart), apart
        turned = SAME + matrix
        for _ in range(STEPS):
            deform = np.zeros((2, 2))
            if stiff is None:
                step = descent.shift(patch, apart)
            else:
                step, deform = descent.step(patch, apart, stiff, turned - SAME)
            v = v + turned @ step / patch.scale
            turned = turned @ (SAME + deform)
            (a, b), (c, d) = turned
            if not 0.2 < a * d - b * c < 5:
                break
            apart = self.pictures.apart(second, patch, (v, turned - SAME))
            remains = left(apart)
            if remains < least:
                best, least, best_apart = (v, turned - SAME), remains, apart
            if np.abs(step).max() + np.abs(deform).max() * patch.radius * patch.scale < DONE:
                break
        return best, best_apart


def _bodies(now: Segments) -> list[np.ndarray]:
    """The things, two or more, that lie close together."""
    near = BESIDE * float(np.median(now.radius))
    left, top = now.boxes[:, :2].min(axis=0)
    right, bottom = (now.boxes[:, :2] + now.boxes[:, 2:]).max(axis=0)
    labels = now.labels[top:bottom, left:right]
    far = cv2.distanceTransform((labels == 0).astype(np.uint8), cv2.DIST_L2, 3)
    _, components = cv2.connectedComponents((far <= near / 2).astype(np.uint8), connectivity=8)
    body = np.empty(len(now), int)
    for k, (x, y, width, _) in enumerate(now.boxes - (left, top, 0, 0)):
        body[k] = components[y, x + int((labels[y, x : x + width] == k + 1).argmax())]
    order = np.argsort(body, kind="stable")
    groups = np.split(order, np.nonzero(np.diff(body[order]))[0] + 1)
    return [group for group in groups if len(group) > 1]


def _whole(now: Segments, after: Segments, partner: np.ndarray) -> np.ndarray:
    """(K,) whether a thing has a successor and neither merged with another nor split nor was cut by the crop's edge."""
    whole: np.ndarray = partner >= 0
    if not len(now) or not len(after):
        return whole
    common = shared(now, after)
    lost, new = partner < 0, np.ones(len(after), bool)
    new[partner[partner >= 0]] = False
    swallowed = common > 0.5 * now.area[:, None]
    broken_off = common > 0.5 * after.area
    merged = np.asarray((swallowed & lost[:, None]).any(axis=0))[partner]
    split = (broken_off & new).any(axis=1)
    return whole & ~merged & ~split & ~_cut(now) & ~_cut(after)[partner]


def _cut(things: Segments) -> np.ndarray:
    """(K,) whether a thing touches the edge of the crop, which lies beyond all change unless the page ends there."""
    height, width = things.labels.shape
    x, y, w, h = things.boxes.T
    return (x <= 0) | (y <= 0) | (x + w >= width) | (y + h >= height)


def _by_silhouette(now: Segments, after: Segments, k: int, j: int) -> Motion:
    """The shift of the centre, and the symmetric map that carries the second moments: the optimal transport between
    Gaussians. A turn, which moments cannot tell from rest, is none."""
    shift = after.centre[j] - now.centre[k]
    if min(now.area[k], after.area[j]) < 30:
        return shift, np.zeros((2, 2))
    root, inverse = _roots(now.spread[k] + 0.1 * SAME)
    middle, _ = _roots(root @ (after.spread[j] + 0.1 * SAME) @ root)
    return shift, inverse @ middle @ inverse - SAME


def _roots(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The square root of a symmetric positive 2 × 2 matrix, and the root's inverse, by Cayley and Hamilton."""
    (a, b), (_, d) = matrix
    size = np.sqrt(max(a * d - b * b, 1e-12))  # the root's determinant
    scale = np.sqrt(a + d + 2 * size)
    root = np.array([[a + size, b], [b, d + size]]) / scale
    return root, np.array([[d + size, -b], [-b, a + size]]) / (scale * size)
