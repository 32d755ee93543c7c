"""The affine field that carries a thing's image from one frame to the next.

The thing's picture in the first frame is laid onto the second by an affine map that leaves the least difference (Lucas
and Kanade 1981; efficient second-order steps, Benhimane and Malis 2004). Outline and inside count alike, so that plain
and patterned things are measured equally well, to hundredths of a pixel. Brightness may change by a factor per channel:
a fade is no motion. Pixels that do not fit (what passes in front, the back of a card) lose their weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from benchmark.metrics.clip import Film
from benchmark.metrics.extractors.segments import Segments, shared
from benchmark.metrics.scene import Scene

Motion = tuple[np.ndarray, np.ndarray]

PATCH = 56  # px along the longer side at which a thing is compared
SMALL = 8.0  # px of radius: smaller things show their outline and nothing else
MATTE = 110.0  # levels that the outline counts as, whatever the thing's colour
STEPS = 4
MOST = 8  # things aligned per frame, the largest; for the others the outline tells
DONE = 0.04  # px: a smaller step is the last
UNSEEN = 0.002  # of the outline's strength: a turn that shows less is taken for none
STIFF = (
    0.02  # of the outline's strength: a strain that shows less is taken for none, and so rather for a turn
)
SAME = np.eye(2)
# A deformation's parts among the unknowns, whose rows are 1, x, y and whose columns dx, dy: the turn, and the two strains.
TURN, *STRAINS = np.array([[0, 0, 0, 1, -1, 0], [0, 0, 1, 0, 0, -1], [0, 0, 0, 1, 1, 0]]) / np.sqrt(2)
SLOPE = np.array([[-0.5, 0, 0.5]], np.float32)
FITS = 0.35  # of the picture's energy left over: above it the map explains nothing


@dataclass(frozen=True)
class _Patch:
    """A thing's picture at its own scale, at the N pixels where it counts: `picture` (N, 4) outline and colours, and its
    slopes `along` and `down`; `weight` (N,); `basis` (N, 3) 1 and the places about its centre in radii.

    `size` is that of the whole patch and `inside` the indices of the N; `scale` is patch px per px, `middle` the
    centre's place in the patch and `centre` in the crop, `radius` in px; `level` of the pyramid.
    """

    picture: np.ndarray
    along: np.ndarray
    down: np.ndarray
    weight: np.ndarray
    basis: np.ndarray
    size: tuple[int, int]
    inside: np.ndarray
    scale: float
    middle: np.ndarray
    centre: np.ndarray
    radius: float
    level: int


class Aligner:
    """Prepares each different frame once: a matte (how surely a pixel is in front of the background) and the colours
    in front of a plain page, so that an uneven page neither shows through nor holds things back."""

    def __init__(self, film: Film, scene: Scene) -> None:
        self.film, self.scene = film, scene
        x, y, width, height = scene.box
        self.crop = np.s_[y : y + height, x : x + width]
        behind = scene.background[self.crop]
        self.page = np.median(behind.reshape(-1, 3)[:: max(1, behind.size // 30000)], axis=0).astype(
            np.float32
        )
        self._pyramids: dict[int, list[np.ndarray]] = {}

    def fields(
        self,
        first: int,
        second: int,
        now: Segments,
        after: Segments,
        partner: np.ndarray,
        before: list[Motion | None],
    ) -> list[tuple[Motion | None, float]]:
        """Each thing's (v, A) from one frame to the other, in px per frame, None where nothing tells; and how sure it
        is, in [0, 1]: what merges, splits or passes behind something moves in more than one way.

        `before` are their fields one frame earlier, from which a quick turn is found again.
        """
        self._pyramids = {
            unique: self._pyramids.get(unique) or self._pyramid(unique, things)
            for unique, things in ((first, now), (second, after))
        }
        whole = _whole(now, after, partner)
        found: list[tuple[Motion | None, float]] = []
        for k in range(len(now)):
            starts = []
            if whole[k]:
                starts.append(_by_silhouette(now, after, k, int(partner[k])))
                if now.radius[k] < SMALL or k >= MOST:
                    found.append((starts[0], 1.0))
                    continue
            else:
                starts.append((np.zeros(2), np.zeros((2, 2))))
            earlier = before[k]
            if earlier is not None:
                starts.append((starts[0][0] if whole[k] else earlier[0], earlier[1]))
            found.append(self._aligned(first, second, now, k, starts, bool(whole[k])))
        return found

    def _aligned(
        self, first: int, second: int, now: Segments, k: int, starts: list[Motion], whole: bool
    ) -> tuple[Motion | None, float]:
        patch = self._patch(first, now, k)
        energy = float((patch.weight @ patch.picture**2).sum())
        if energy <= 0:
            return (starts[0], 1.0) if whole else (None, 0.0)
        apart = [self._apart(second, patch, start) for start in starts]
        left = [_left(patch, one) for one in apart]
        best = int(np.argmin(left))
        motion, least = self._refined(second, patch, starts[best], apart[best], left[best])
        sure = 1.0 if whole else 1 - least / (FITS * energy)
        return (motion, sure) if sure > 0 else (None, 0.0)

    def _refined(
        self, second: int, patch: _Patch, start: Motion, apart: np.ndarray, least: float
    ) -> tuple[Motion, float]:
        """The motion after steps downhill from `start`, which leaves `apart`; and what it leaves."""
        products = np.stack(
            [(one * other).sum(1) for one, other in _pairs(patch.along, patch.down)], axis=1
        )  # (N, 3)
        outer = (patch.basis[:, :, None] * patch.basis[:, None]).reshape(-1, 9)
        best, (v, matrix) = start, start
        turned = SAME + matrix
        for _ in range(STEPS):
            size = np.sqrt(np.einsum("nc,nc->n", apart, apart))
            spread = 8 + 2 * float(patch.weight @ size / patch.weight.sum())
            weight = patch.weight / (1 + (size / spread) ** 2)
            moments = (outer.T @ (products * weight[:, None]))[:, [0, 1, 1, 2]].reshape(3, 3, 2, 2)
            pulls = np.stack([(slope * apart).sum(1) for slope in (patch.along, patch.down)], axis=1)
            step, deform = _solved(
                moments.transpose(0, 2, 1, 3).reshape(6, 6),
                -(patch.basis.T @ (pulls * weight[:, None])).reshape(6),
                patch.radius * patch.scale,
                turned - SAME,
            )
            v = v + turned @ step / patch.scale
            turned = turned @ (SAME + deform)
            if not 0.2 < np.linalg.det(turned) < 5:
                break
            apart = self._apart(second, patch, (v, turned - SAME))
            left = _left(patch, apart)
            if left < least:
                best, least = (v, turned - SAME), left
            if np.abs(step).max() + np.abs(deform).max() * patch.radius * patch.scale < DONE:
                break
        return best, least

    def _apart(self, second: int, patch: _Patch, motion: Motion) -> np.ndarray:
        """(N, 4): the second frame's picture laid back onto the patch, less the patch's own. Each channel is brought to
        the patch's strength."""
        v, matrix = motion
        seen = self._sampled(
            second, patch.level, _map(patch.scale, patch.middle, patch.centre + v, matrix), patch.size
        )
        seen = seen.reshape(-1, 4)[patch.inside]
        weighted = patch.picture * patch.weight[:, None]
        gain = (weighted * seen).sum(0) / np.maximum((weighted * patch.picture).sum(0), 1e-6)
        return seen / np.clip(gain, 0.2, 5.0) - patch.picture

    def _patch(self, unique: int, now: Segments, k: int) -> _Patch:
        left, top, width, height = now.boxes[k]
        pad = 4 + 0.12 * max(width, height)
        scale = min(1.0, PATCH / (max(width, height) + 2 * pad))
        size = max(8, round((width + 2 * pad) * scale)), max(8, round((height + 2 * pad) * scale))
        centre, radius = now.centre[k] - np.array(now.origin), float(now.radius[k])
        middle = (centre - (left - pad, top - pad)) * scale
        level = int(np.log2(1 / scale))
        here = _map(scale, middle, centre, np.zeros((2, 2)))
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        owner = cv2.warpAffine(now.labels.astype(np.float32), here, size, flags=flags)
        near = cv2.dilate((owner == k + 1).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
        inside = np.nonzero((near & ((owner == k + 1) | (owner == 0))).ravel())[0]
        picture = self._sampled(unique, level, here, size)
        slopes = [cv2.filter2D(picture, -1, kernel).reshape(-1, 4)[inside] for kernel in (SLOPE, SLOPE.T)]
        rows, columns = np.divmod(inside, size[0])
        places = (np.column_stack([columns, rows]) - middle) / (scale * max(radius, 1.0))
        return _Patch(
            picture=picture.reshape(-1, 4)[inside],
            along=slopes[0],
            down=slopes[1],
            weight=np.ones(len(inside), np.float32),
            basis=np.column_stack([np.ones(len(inside)), places]).astype(np.float32),
            size=size,
            inside=inside,
            scale=scale,
            middle=middle,
            centre=centre,
            radius=radius,
            level=level,
        )

    def _sampled(self, unique: int, level: int, matrix: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        levels = self._pyramids[unique]
        while len(levels) <= level:
            levels.append(cv2.pyrDown(levels[-1]))
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(levels[level], matrix / 2.0**level, size, flags=flags)

    def _pyramid(self, unique: int, things: Segments) -> list[np.ndarray]:
        colours = cv2.split(np.ascontiguousarray(self.film.frames[unique][self.crop]))
        before = [
            (colour.astype(np.float32) - level) * things.cover
            for colour, level in zip(colours, self.page, strict=True)
        ]
        return [cv2.GaussianBlur(cv2.merge([things.cover * MATTE, *before]), (5, 5), 1.0)]


def _map(scale: float, middle: np.ndarray, centre: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """(2, 3) from a patch's pixels to the crop's, moved to `centre` and deformed by I + `matrix`."""
    linear = (SAME + matrix) / scale
    return np.column_stack([linear, centre - linear @ middle])


def _left(patch: _Patch, apart: np.ndarray) -> float:
    return float((patch.weight @ apart**2).sum())


def _pairs(along: np.ndarray, down: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(along, along), (along, down), (down, down)]


def _solved(
    normal: np.ndarray, right: np.ndarray, radius: float, already: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The shift (2,) in patch px and the deformation (2, 2) that take most of the difference away.

    Unknowns are the shift and the deformation times the radius. Turns and strains beyond what the picture shows are
    drawn to none: the long side of a bar can't tell a turn from a shear, and things turn more often than they
    shear. `already` (2, 2) is what there is of the deformation.
    """
    strength = float(np.trace(normal[:2, :2])) / 2 + 1e-6
    total = np.concatenate([np.zeros(2), already.T.ravel() * radius])
    normal = normal + strength * 1e-4 * np.eye(6)
    for part, weight in ((TURN, UNSEEN), *((strain, STIFF) for strain in STRAINS)):
        normal = normal + weight * strength * np.outer(part, part)
        right = right - weight * strength * (part @ total) * part
    solution = np.linalg.solve(normal, right).reshape(3, 2)
    return solution[0], np.clip(solution[1:].T / max(radius, 1.0), -0.4, 0.4)


def _whole(now: Segments, after: Segments, partner: np.ndarray) -> np.ndarray:
    """(K,) whether a thing has a successor and neither merged with another nor split nor was cut by the crop's edge."""
    whole = partner >= 0
    if not len(now) or not len(after):
        return whole
    common = shared(now, after)
    lost, new = partner < 0, np.ones(len(after), bool)
    new[partner[partner >= 0]] = False
    swallowed = common > 0.5 * now.area[:, None]
    broken_off = common > 0.5 * after.area
    for k in np.nonzero(whole)[0]:
        if (swallowed[:, partner[k]] & lost).any() or (broken_off[k] & new).any():
            whole[k] = False
    return whole & ~_cut(now) & ~_cut(after)[partner]


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
