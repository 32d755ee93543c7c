"""The connected things in front of the background of one frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from benchmark.metrics.pixels import largest_channel, steps
from benchmark.metrics.scene import Scene

WHOLLY = 0.75  # of a thing's mean distance from the background: from there on a pixel is wholly the thing's

EDGE = 24  # levels within 3 px: more parts two things
THIN = 0.15  # of a thing lies deep within it: less is a stroke
MUCH, MUCH_PX = 0.03, 40  # of a thing, and in px: a smaller part stays with the rest


@dataclass(frozen=True)
class Segments:
    """K things, largest first. `labels` (h, w) int32 in the frame's crop: 0 outside, k + 1 on thing k; `cover` (h, w) in [0, 1]
    how much of each pixel is a thing's; `origin` (x, y)
    of the crop in the frame. `area` (K,) px; `centre` (K, 2) px in the frame and `spread` (K, 2, 2) px², the first
    and second moments of what covers the background; `colour` (K, 3) mean sRGB; `contrast` (K,) mean levels from the
    background; `boxes` (K, 4) x, y, width, height in the crop."""

    labels: np.ndarray
    cover: np.ndarray
    origin: tuple[int, int]
    area: np.ndarray
    centre: np.ndarray
    spread: np.ndarray
    colour: np.ndarray
    contrast: np.ndarray
    boxes: np.ndarray

    def __len__(self) -> int:
        return len(self.area)

    @cached_property
    def radius(self) -> np.ndarray:
        """(K,) px: that of a disc of equal area."""
        return np.sqrt(self.area / np.pi)

    @cached_property
    def reach(self) -> np.ndarray:
        """(K,) px: how far a thing extends from its centre; exact for a square, a little more than that for a disc."""
        return 2.45 * np.sqrt(np.linalg.eigvalsh(self.spread)[:, 1])


def shared(now: Segments, after: Segments) -> np.ndarray:
    """(K, J) px that each thing of one frame shares with each of the next, same crop."""
    pixels = np.flatnonzero(now.labels > 0)
    joint = now.labels.ravel()[pixels].astype(np.intp) * (len(after) + 1) + after.labels.ravel()[pixels]
    counts = np.bincount(joint, minlength=(len(now) + 1) * (len(after) + 1))
    return counts.reshape(len(now) + 1, len(after) + 1)[1:, 1:]


def segment(
    scene: Scene,
    frame: np.ndarray,
    *,
    threshold: int,
    close: int,
    least: int,
    most: int,
    parted: bool = False,
    finely: bool = False,
) -> Segments:
    """Things of at least `least` px whose pixels differ from the background by more than `threshold` levels, at most
    `most` of them; gaps under `close` px are bridged. `parted` tells touching things of different colours apart, and
    with them the plain parts of one: `finely`, however little of it they are."""
    x, y, width, height = scene.box
    crop = np.s_[y : y + height, x : x + width]
    colours = np.ascontiguousarray(frame[crop])
    far = largest_channel(cv2.absdiff(colours, scene.background[crop]))
    far = cv2.bitwise_and(far, scene.allowed[crop])
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (close, close))
    mask = cv2.morphologyEx(cv2.threshold(far, threshold, 1, cv2.THRESH_BINARY)[1], cv2.MORPH_CLOSE, kernel)
    things = _Components.of(mask, 8)
    if parted:
        cut = _parted(things, colours, far, least, 0.0 if finely else MUCH)
        things = things if cut is None else _Components.of(cut, 8)
    order = np.argsort(-things.areas[1:], kind="stable")[:most]
    order = order[things.areas[order + 1] >= least]
    rename = np.zeros(len(things.areas), np.intp)
    rename[order + 1] = np.arange(1, len(order) + 1)
    which = rename[things.owners]
    kept = which > 0
    return _measured(things.pixels[kept], which[kept] - 1, (x, y), colours, far, len(order))


@dataclass(frozen=True)
class _Components:
    """The connected parts of a mask: `pixels` (N,) the flat indices of those in it, `owners` (N,) the part that each is
    of, from 1, and `areas` (parts + 1,) px. OpenCV counts the same, but goes through the whole picture for it."""

    mask: np.ndarray
    pixels: np.ndarray
    owners: np.ndarray
    areas: np.ndarray

    @classmethod
    def of(cls, mask: np.ndarray, connectivity: int) -> _Components:
        count, labels = cv2.connectedComponents(mask, connectivity=connectivity, ltype=cv2.CV_32S)
        pixels = np.flatnonzero(mask.view(bool))
        owners = labels.ravel()[pixels].astype(np.intp)
        return cls(mask, pixels, owners, np.bincount(owners, minlength=count))


def _edges(things: _Components, colours: np.ndarray, far: np.ndarray) -> np.ndarray | None:
    """(h, w) uint8 where colours change clearly; None where they do so along outlines alone."""
    inner = cv2.erode(things.mask, np.ones((7, 7), np.uint8))
    step = steps(colours)
    deep = np.bincount(things.owners, inner.ravel()[things.pixels], len(things.areas))
    thin = deep < THIN * things.areas
    thin[0] = False
    if thin.any():
        strokes = things.pixels[thin[things.owners]]
        inner.ravel()[strokes] = 1
        rows, columns = np.divmod(strokes, far.shape[1])
        # With what a step at their rim looks at: 1 px of filled colours, filled from 1 px more.
        here = np.s_[
            max(0, rows[0] - 2) : rows[-1] + 3, max(0, int(columns.min()) - 2) : int(columns.max()) + 3
        ]
        own = steps(_filled(colours[here], far[here]))
        step.ravel()[strokes] = own[rows - here[0].start, columns - here[1].start]
    clear: np.ndarray = cv2.threshold(step, EDGE, 1, cv2.THRESH_BINARY)[1]
    return clear if cv2.countNonZero(cv2.bitwise_and(clear, inner)) else None


def _filled(colours: np.ndarray, far: np.ndarray) -> np.ndarray:
    """(h, w, 3) at each pixel the colour that lies furthest from the background within 1 px: a thing's own colour up to its
    outline and a little beyond, so that however thin it is, edges are those between its parts."""
    furthest = cv2.dilate(far, np.ones((3, 3), np.uint8))
    filled = colours.copy()
    height, width = far.shape
    for down in (-1, 0, 1):
        for along in (-1, 0, 1):
            to = np.s_[max(0, -down) : height - max(0, down), max(0, -along) : width - max(0, along)]
            of = np.s_[max(0, down) : height - max(0, -down), max(0, along) : width - max(0, -along)]
            cv2.copyTo(colours[of], cv2.compare(far[of], furthest[to], cv2.CMP_EQ), filled[to])
    return filled


def _parted(
    things: _Components, colours: np.ndarray, far: np.ndarray, least: int, much: float
) -> np.ndarray | None:
    """The mask cut along the clear edges between parts that make up a good share of the thing they belong to; None where
    there is nothing to cut."""
    mask = things.mask
    clear = _edges(things, colours, far)
    if clear is None:
        return None
    parts = _Components.of(cv2.subtract(mask, clear), 4)
    owner = np.zeros(len(parts.areas), np.intp)
    by_pixel = np.zeros(mask.size, np.intp)
    by_pixel[things.pixels] = things.owners
    owner[parts.owners] = by_pixel[parts.pixels]
    large = (parts.areas >= max(least, MUCH_PX)) & (parts.areas >= much * things.areas[owner])
    large[0] = False
    several = np.bincount(owner[large], minlength=len(things.areas)) > 1
    if not several.any():
        return None
    seeds = np.ones(mask.shape, np.uint8)
    seeds.ravel()[parts.pixels[large[parts.owners]]] = 0
    _, nearest = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_CCOMP)
    border = cv2.morphologyEx(nearest.astype(np.float32), cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0
    cut = mask.copy()
    divided = things.pixels[several[things.owners]]
    cut.ravel()[divided[border.ravel()[divided]]] = 0
    return cut


def _measured(
    pixels: np.ndarray,
    which: np.ndarray,
    origin: tuple[int, int],
    crop: np.ndarray,
    far: np.ndarray,
    count: int,
) -> Segments:
    """`count` things of the pixels (N,), flat indices into the crop, each of the thing `which` (N,)."""
    rows = pixels // crop.shape[1]
    columns = pixels - rows * crop.shape[1]

    def total(values: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(which, values, count).astype(np.float64)

    def most(values: np.ndarray) -> np.ndarray:
        out = np.zeros(count, values.dtype)
        np.maximum.at(out, which, values)
        return out

    labels = np.zeros(far.shape, np.int32)
    labels.ravel()[pixels] = which + 1
    area, levels = total(), far.ravel()[pixels].astype(np.float64)
    # Relative to the thing's own distance, so that an outline stays where it is while the thing fades.
    contrast = total(levels) / np.maximum(area, 1)
    covered = np.minimum(1, levels / (WHOLLY * contrast)[which])
    cover = np.zeros(labels.shape, np.float32)
    cover.ravel()[pixels] = covered
    divisor = np.maximum(total(covered), 1e-9)
    cx, cy = total(columns * covered) / divisor, total(rows * covered) / divisor
    dx, dy = columns - cx[which], rows - cy[which]
    xx, yy, xy = (total(product * covered) / divisor for product in (dx * dx, dy * dy, dx * dy))
    spread = np.stack([np.stack([xx, xy], -1), np.stack([xy, yy], -1)], -2)
    seen = crop.reshape(-1, 3).take(pixels, axis=0)
    colour = np.stack([total(seen[:, c]) / np.maximum(area, 1) for c in range(3)], -1)
    centre = np.stack([cx + origin[0], cy + origin[1]], -1)
    height, width = far.shape
    left, top = width - 1 - most(width - 1 - columns), height - 1 - most(height - 1 - rows)
    boxes = np.stack([left, top, most(columns) + 1 - left, most(rows) + 1 - top], -1).astype(np.int32)
    return Segments(labels, cover, origin, area, centre, spread, colour, contrast, boxes)
