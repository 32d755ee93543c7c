"""The connected things in front of the background of one frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from benchmark.metrics.scene import Scene, largest_channel

WHOLLY = 0.75  # of a thing's mean distance from the background: from there on a pixel is wholly the thing's

EDGE = 24  # levels within 3 px: more parts two things
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

    @property
    def radius(self) -> np.ndarray:
        """(K,) px: that of a disc of equal area."""
        return np.sqrt(self.area / np.pi)

    @property
    def reach(self) -> np.ndarray:
        """(K,) px: how far a thing extends from its centre; exact for a square, a little more than that for a disc."""
        return 2.45 * np.sqrt(np.linalg.eigvalsh(self.spread)[:, 1])


def shared(now: Segments, after: Segments) -> np.ndarray:
    """(K, J) px that each thing of one frame shares with each of the next, same crop."""
    joint = now.labels.astype(np.int64) * (len(after) + 1) + after.labels
    counts = np.bincount(joint.ravel(), minlength=(len(now) + 1) * (len(after) + 1))
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
) -> Segments:
    """Things of at least `least` px whose pixels differ from the background by more than `threshold` levels, at most
    `most` of them; gaps under `close` px are bridged. `parted` tells touching things of different colours apart, and
    with them the plain parts of one."""
    x, y, width, height = scene.box
    crop = np.s_[y : y + height, x : x + width]
    far = largest_channel(cv2.absdiff(frame[crop], scene.background[crop]))
    far[~scene.region[crop]] = 0
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (close, close))
    mask = cv2.morphologyEx((far > threshold).astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    if parted:
        mask = _parted(mask, frame[crop], least)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    areas = stats[1:, cv2.CC_STAT_AREA]
    order = np.argsort(-areas, kind="stable")[:most]
    order = order[areas[order] >= least]
    rename = np.zeros(count, np.int32)
    rename[order + 1] = np.arange(1, len(order) + 1)
    labels = rename[labels]
    return _measured(labels, (x, y), frame[crop], far, stats[order + 1, :4], len(order))


def _parted(mask: np.ndarray, crop: np.ndarray, least: int) -> np.ndarray:
    """The mask cut along the clear edges between parts that make up a good share of the thing they belong to."""
    around = np.ones((3, 3), np.uint8)
    step = largest_channel(cv2.subtract(cv2.dilate(crop, around), cv2.erode(crop, around)))
    inner = cv2.erode(mask, np.ones((7, 7), np.uint8)) > 0
    if not (step[inner] > EDGE).any():
        return mask
    plain = (mask & (step <= EDGE)).astype(np.uint8)
    _, things, whole, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(plain, connectivity=4)
    rows, columns = np.nonzero(plain)
    owner = np.zeros(count, np.int32)
    owner[parts[rows, columns]] = things[rows, columns]
    area = stats[:, cv2.CC_STAT_AREA]
    large = (area >= max(least, MUCH_PX)) & (area >= MUCH * whole[owner, cv2.CC_STAT_AREA])
    large[0] = False
    several = np.bincount(owner[large], minlength=len(whole)) > 1
    if not several.any():
        return mask
    seeds = large[parts]
    _, nearest = cv2.distanceTransformWithLabels(
        (~seeds).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_CCOMP
    )
    border = cv2.morphologyEx(nearest.astype(np.float32), cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0
    return mask & ~(border & several[things])


def _measured(
    labels: np.ndarray,
    origin: tuple[int, int],
    crop: np.ndarray,
    far: np.ndarray,
    boxes: np.ndarray,
    count: int,
) -> Segments:
    rows, columns = np.nonzero(labels)
    which = labels[rows, columns] - 1

    def total(values: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(which, values, count).astype(np.float64)

    area, levels = total(), far[rows, columns].astype(np.float64)
    # Relative to the thing's own distance, so that an outline stays where it is while the thing fades.
    contrast = total(levels) / np.maximum(area, 1)
    covered = np.minimum(1, levels / (WHOLLY * contrast)[which])
    cover = np.zeros(labels.shape, np.float32)
    cover[rows, columns] = covered
    divisor = np.maximum(total(covered), 1e-9)
    cx, cy = total(columns * covered) / divisor, total(rows * covered) / divisor
    dx, dy = columns - cx[which], rows - cy[which]
    xx, yy, xy = (total(product * covered) / divisor for product in (dx * dx, dy * dy, dx * dy))
    spread = np.stack([np.stack([xx, xy], -1), np.stack([xy, yy], -1)], -2)
    pixels = crop[rows, columns].astype(np.float64)
    colour = np.stack([total(pixels[:, c]) / np.maximum(area, 1) for c in range(3)], -1)
    centre = np.stack([cx + origin[0], cy + origin[1]], -1)
    return Segments(labels, cover, origin, area, centre, spread, colour, contrast, boxes)
