"""Pictures of things at their own scale, to be laid onto another frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from benchmark.metrics.clip import Film
from benchmark.metrics.extractors.segments import Segments
from benchmark.metrics.scene import Scene

Motion = tuple[np.ndarray, np.ndarray]

PATCH = 56  # px: a thing is compared on so many squared
MATTE = 110.0  # levels that the outline counts as, whatever the thing's colour
NOISE = 4.0  # levels of a picture that tell nothing
SAME = np.eye(2)
SLOPE = np.array([[-0.5, 0, 0.5]], np.float32)


@dataclass(frozen=True)
class Patch:
    """Pictures of one thing, or of a body of several, at their own scale, at the N pixels where they count: `picture`
    (N, 4) outline and colours, and `slopes` (2, N, 4) along and down; `basis` (N, 3) 1 and the places about the centre
    in radii; `owner` (N,) which of the things.

    `energy` (4,) is the picture's per channel, `products` (N, 3) those of the slopes, `outer` (N, 9) those of the basis.
    `size` is that of the whole patch and `inside` the indices of the N; `scale` is patch px per px, `middle` the
    centre's place in the patch and `centre` in the crop, `radius` in px; `level` of the pyramid.
    """

    picture: np.ndarray
    slopes: np.ndarray
    basis: np.ndarray
    owner: np.ndarray
    energy: np.ndarray
    products: np.ndarray
    outer: np.ndarray
    size: tuple[int, int]
    inside: np.ndarray
    scale: float
    middle: np.ndarray
    centre: np.ndarray
    radius: float
    level: int


class Pictures:
    """Prepares each different frame once: a matte (how surely a pixel is in front of the background) and the colours
    in front of a plain page, so that an uneven page neither shows through nor holds things back."""

    def __init__(self, film: Film, scene: Scene) -> None:
        self.film, self.scene = film, scene
        x, y, width, height = scene.box
        self.crop = np.s_[y : y + height, x : x + width]
        self.page = self._page(scene)
        self._pyramids: dict[int, list[np.ndarray]] = {}
        self._labels: dict[int, np.ndarray] = {}

    def show(self, frames: dict[int, Segments]) -> None:
        """Makes ready the frames by number, with the things in them, and forgets all others."""
        self._pyramids = {
            unique: self._pyramids.get(unique) or self._pyramid(unique, things)
            for unique, things in frames.items()
        }
        self._labels = {unique: things.labels.astype(np.float32) for unique, things in frames.items()}

    def patch(self, unique: int, now: Segments, members: np.ndarray) -> Patch:
        """Things' picture, one or a body of several, in a frame."""
        boxes = now.boxes[members]
        left, top = boxes[:, :2].min(axis=0)
        width, height = (boxes[:, :2] + boxes[:, 2:]).max(axis=0) - (left, top)
        pad = 4 + 0.12 * min(2 * min(width, height), max(width, height))
        scale = min(1.0, PATCH / np.sqrt((width + 2 * pad) * (height + 2 * pad)))
        size = max(8, round((width + 2 * pad) * scale)), max(8, round((height + 2 * pad) * scale))
        area = now.area[members]
        centre = area @ now.centre[members] / area.sum() - np.array(now.origin)
        radius = float(np.sqrt(area.sum() / np.pi))
        middle = (centre - (left - pad, top - pad)) * scale
        level = int(np.log2(1 / scale))
        here = _map(scale, middle, centre, np.zeros((2, 2)))
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        labels = cv2.warpAffine(self._labels[unique], here, size, flags=flags).astype(np.intp)
        belongs = np.zeros(len(now) + 1, np.float32)
        belongs[members + 1] = members + 1
        mine = belongs[labels]
        owner = cv2.dilate(mine, np.ones((7, 7), np.uint8))
        inside = np.flatnonzero((owner > 0) & ((labels == 0) | (mine > 0)))
        picture = self._sampled(unique, level, here, size)
        along, down = (cv2.filter2D(picture, -1, kernel) for kernel in (SLOPE, SLOPE.T))
        picture = _at(inside, picture)
        without = _without_plain(picture.T @ picture)
        picture = picture @ without
        slopes = np.stack([_at(inside, along) @ without, _at(inside, down) @ without])
        rows, columns = np.divmod(inside, size[0])
        basis = np.ones((len(inside), 3), np.float32)
        basis[:, 1] = (columns - middle[0]) / (scale * max(radius, 1.0))
        basis[:, 2] = (rows - middle[1]) / (scale * max(radius, 1.0))
        return Patch(
            picture=picture,
            slopes=slopes,
            basis=basis,
            owner=owner.ravel()[inside],
            energy=np.einsum("nc,nc->c", picture, picture),
            products=np.stack(
                [np.einsum("nc,nc->n", slopes[i], slopes[j]) for i, j in ((0, 0), (0, 1), (1, 1))], 1
            ),
            outer=(basis[:, :, None] * basis[:, None]).reshape(-1, 9),
            size=size,
            inside=inside,
            scale=scale,
            middle=middle,
            centre=centre,
            radius=radius,
            level=level,
        )

    def apart(self, second: int, patch: Patch, motion: Motion) -> np.ndarray:
        """(N, 4): the second frame's picture laid back onto the patch, less the patch's own. Each channel is brought to
        the patch's strength."""
        v, matrix = motion
        seen = self._sampled(
            second, patch.level, _map(patch.scale, patch.middle, patch.centre + v, matrix), patch.size
        )
        seen = _at(patch.inside, seen)
        without = _without_plain(seen.T @ seen)
        noise = NOISE**2 * len(seen)
        gain = (np.diagonal(patch.picture.T @ seen @ without) + noise) / (patch.energy + noise)
        return seen @ (without / np.clip(gain, 0.2, 5.0).astype(np.float32)) - patch.picture

    def _sampled(self, unique: int, level: int, matrix: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        levels = self._pyramids[unique]
        while len(levels) <= level:
            levels.append(cv2.pyrDown(levels[-1]))
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(levels[level], matrix / 2.0**level, size, flags=flags)

    def _page(self, scene: Scene) -> np.ndarray:
        """(3,) the usual colour behind things."""
        behind = scene.background[self.crop]
        return np.median(behind.reshape(-1, 3)[:: max(1, behind.size // 30000)], axis=0).astype(np.float32)

    def _pyramid(self, unique: int, things: Segments) -> list[np.ndarray]:
        colours = cv2.split(np.ascontiguousarray(self.film.frames[unique][self.crop]))
        page = self._page(self.scene.at(unique)) if self.scene.shades else self.page
        before = [
            (colour.astype(np.float32) - level) * things.cover
            for colour, level in zip(colours, page, strict=True)
        ]
        return [cv2.GaussianBlur(cv2.merge([things.cover * MATTE, *before]), (5, 5), 1.0)]


def _at(inside: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """(N, 4) the pixels of a picture (h, w, 4) that count."""
    return picture.reshape(-1, 4).take(inside, axis=0)


def _without_plain(products: np.ndarray) -> np.ndarray:
    """(4, 4) what takes from each colour as much of the outline, channel 0, as is in it, of a picture whose channels have
    these products (4, 4): the thing's mean colour, seen against the page. Without it the colours tell only what differs
    within the thing, whatever the page."""
    without = np.eye(4, dtype=np.float32)
    without[0, 1:] = -products[0, 1:] / max(float(products[0, 0]), 1e-6)
    return without


def _map(scale: float, middle: np.ndarray, centre: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """(2, 3) from a patch's pixels to the crop's, moved to `centre` and deformed by I + `matrix`."""
    out = np.empty((2, 3))
    linear = (SAME + matrix) / scale
    out[:, :2] = linear
    out[:, 2] = centre - linear @ middle
    return out
