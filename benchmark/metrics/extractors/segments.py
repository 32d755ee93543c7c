"""The connected things in front of the background of one frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from benchmark.metrics.scene import Scene, largest_channel


@dataclass(frozen=True)
class Segments:
    """K things, largest first. `labels` (h, w) int32 in the frame's crop: 0 outside, k + 1 on thing k; `origin` (x, y)
    of the crop in the frame. `area` (K,) px; `centre` (K, 2) px in the frame; `spread` (K, 2, 2) px², the second
    central moments; `colour` (K, 3) mean sRGB; `boxes` (K, 4) x, y, width, height in the crop."""

    labels: np.ndarray
    origin: tuple[int, int]
    area: np.ndarray
    centre: np.ndarray
    spread: np.ndarray
    colour: np.ndarray
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
    scene: Scene, frame: np.ndarray, *, threshold: int, close: int, least: int, most: int
) -> Segments:
    """Things of at least `least` px whose pixels differ from the background by more than `threshold` levels, at most
    `most` of them; gaps under `close` px are bridged."""
    x, y, width, height = scene.box
    crop = np.s_[y : y + height, x : x + width]
    far = largest_channel(cv2.absdiff(frame[crop], scene.background[crop]))
    far[~scene.region[crop]] = 0
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (close, close))
    mask = cv2.morphologyEx((far > threshold).astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    areas = stats[1:, cv2.CC_STAT_AREA]
    order = np.argsort(-areas, kind="stable")[:most]
    order = order[areas[order] >= least]
    rename = np.zeros(count, np.int32)
    rename[order + 1] = np.arange(1, len(order) + 1)
    labels = rename[labels]
    return _measured(labels, (x, y), frame[crop], stats[order + 1, :4], len(order))


def _measured(
    labels: np.ndarray, origin: tuple[int, int], crop: np.ndarray, boxes: np.ndarray, count: int
) -> Segments:
    rows, columns = np.nonzero(labels)
    which = labels[rows, columns] - 1

    def total(values: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(which, values, count).astype(np.float64)

    area = total()
    divisor = np.maximum(area, 1)
    cx, cy = total(columns) / divisor, total(rows) / divisor
    dx, dy = columns - cx[which], rows - cy[which]
    xx, yy, xy = total(dx * dx) / divisor, total(dy * dy) / divisor, total(dx * dy) / divisor
    spread = np.stack([np.stack([xx, xy], -1), np.stack([xy, yy], -1)], -2)
    pixels = crop[rows, columns].astype(np.float64)
    colour = np.stack([total(pixels[:, c]) / divisor for c in range(3)], -1)
    centre = np.stack([cx + origin[0], cy + origin[1]], -1)
    return Segments(labels, origin, area, centre, spread, colour, boxes)
