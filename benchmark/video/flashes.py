"""Flashes that may provoke a seizure, by WCAG 2.2 success criterion 2.3.1.

Definitions (https://www.w3.org/TR/WCAG22/#dfn-general-flash-and-red-flash-thresholds): a general flash is a
pair of opposing changes in relative luminance of 10 % or more of the maximum where the darker state is below
0.80; a red flash is a pair of opposing changes involving a saturated red, R/(R+G+B) ≥ 0.8 in one of the two
states, with a distance above 0.2 in the CIE 1976 u'v' diagram. They count where they happen together on more
than a quarter of any 341×256 rectangle of a page shown at 1024×768, which we take as a third of the clip
along both sides. More than three in any one second exceed the threshold.

Frames are averaged into cells of about 10 pixels first: the criterion exempts fine, balanced patterns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

ALLOWED = 3  # flashes in any one second
AREA = 0.25  # of the rectangle
LUMINANCE_STEP = 0.1
DARKER_BELOW = 0.8
RED_SHARE = 0.8
RED_STEP = 0.2
TOGETHER = 1 / 15  # s: changes of neighbouring cells within this time are one change
GRID = (96, 72)  # cells along width and height; a rectangle is a third of both

Floats = NDArray[np.float32]
_LINEAR = np.where(
    (_level := np.arange(256) / 255) <= 0.04045, _level / 12.92, ((_level + 0.055) / 1.055) ** 2.4
).astype(np.float32)
_TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], dtype=np.float32
)


@dataclass(frozen=True, slots=True)
class FlashReport:
    """The worst second of a clip.

    `flashes_per_second_max`: most flashes in any one second, in halves (a single change is half a flash);
    `area`: the largest share of a rectangle that changed at once in that second, 0 to 1; `exceeds`: whether
    WCAG 2.3.1 is broken; `at_s`: where that second begins, None without any flash; `kind` of the flashes
    counted.
    """

    flashes_per_second_max: float
    area: float
    exceeds: bool
    at_s: float | None
    kind: Literal["general", "red"] | None


def scan_flashes(frames: Iterable[NDArray[np.uint8]], fps: float) -> FlashReport:
    """Reads frames (H, W, 3) uint8 RGB once, in bounded memory, at `fps` frames a second."""
    general, red = _Swings(fps), _RedSwings(fps)
    for frame in frames:
        colours = _LINEAR[_cells(frame)]
        xyz = colours @ _TO_XYZ.T
        general.add(xyz[..., 1])
        red.add(colours, xyz)
    reports = [general.report("general"), red.report("red")]
    return max(reports, key=lambda report: (report.exceeds, report.flashes_per_second_max, report.area))


def _cells(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The frame averaged into the grid; halving first, which is quick, takes a third of the time."""
    while frame.shape[0] >= 4 * GRID[1] and frame.shape[1] >= 4 * GRID[0]:
        height, width = frame.shape[0] // 2, frame.shape[1] // 2
        even = frame[: 2 * height, : 2 * width]
        frame = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return cv2.resize(frame, GRID, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


class _Turns:
    """Counts alternating changes in every rectangle, from the cells that rose and fell in each frame."""

    def __init__(self, fps: float) -> None:
        self.fps = fps
        self.frame = -1
        width, height = GRID
        self.rectangle = width // 3, height // 3
        self.risen = np.full((height, width), -np.inf, np.float32)  # frame of each cell's last rise
        self.fallen = np.full((height, width), -np.inf, np.float32)
        self.direction = np.zeros(
            (height, width), np.int8
        )  # of the last change of the rectangle around a cell
        self.changes: list[tuple[int, NDArray[np.bool_], Floats]] = []  # of the last second
        self.worst = (0.0, 0.0, 0.0)  # flashes, area, frame

    def add_changes(self, rose: NDArray[np.bool_], fell: NDArray[np.bool_]) -> None:
        self.frame += 1
        # A cell's last change counts alone: a rise that is still recent when the fall begins is over.
        self.risen[rose], self.risen[fell] = self.frame, -np.inf
        self.fallen[fell], self.fallen[rose] = self.frame, -np.inf
        changed = np.zeros(self.direction.shape, bool)
        shares = np.zeros(self.direction.shape, np.float32)
        if rose.any() or fell.any():
            for sign, when in ((1, self.risen), (-1, self.fallen)):
                recent = (when > self.frame - max(1.0, TOGETHER * self.fps)).astype(np.float32)
                share = cv2.boxFilter(recent, -1, self.rectangle, borderType=cv2.BORDER_CONSTANT)
                turned = (share > AREA) & (self.direction != sign)
                self.direction[turned] = sign
                changed |= turned
                shares[turned] = share[turned]
        second = round(self.fps)
        self.changes = [entry for entry in self.changes if entry[0] > self.frame - second]
        if changed.any():
            self.changes.append((self.frame, changed, shares))
            flashes = sum(entry[1].astype(np.int16) for entry in self.changes) / 2
            most = float(np.max(flashes))
            where = flashes == most
            area = max(float(entry[2][where].max()) for entry in self.changes)
            self.worst = max(self.worst, (most, area, -float(self.changes[0][0])))

    def report(self, kind: Literal["general", "red"]) -> FlashReport:
        flashes, area, frame = self.worst
        if flashes == 0:
            return FlashReport(0.0, 0.0, False, None, None)
        return FlashReport(flashes, min(area, 1.0), flashes > ALLOWED, -frame / self.fps, kind)


class _Swings(_Turns):
    """General flashes: each cell's luminance against the extremes since its last change."""

    def __init__(self, fps: float) -> None:
        super().__init__(fps)
        self.low: Floats | None = None
        self.high: Floats | None = None

    def add(self, luminance: Floats) -> None:
        if self.low is None or self.high is None:
            self.low, self.high = luminance.copy(), luminance.copy()
        rose = (luminance - self.low >= LUMINANCE_STEP) & (self.low < DARKER_BELOW)
        fell = (self.high - luminance >= LUMINANCE_STEP) & (luminance < DARKER_BELOW)
        self.low = np.where(rose | fell, luminance, np.minimum(self.low, luminance))
        self.high = np.where(rose | fell, luminance, np.maximum(self.high, luminance))
        self.add_changes(rose, fell)


class _RedSwings(_Turns):
    """Red flashes: each cell into a saturated red and out of it."""

    def __init__(self, fps: float) -> None:
        super().__init__(fps)
        self.anchor: Floats | None = None
        self.anchor_red: NDArray[np.bool_] | None = None

    def add(self, colours: Floats, xyz: Floats) -> None:
        total = colours.sum(-1)
        red = (colours[..., 0] >= RED_SHARE * total) & (total > 0.02)  # black has no hue
        place = _chromaticity(xyz)
        if self.anchor is None or self.anchor_red is None:
            self.anchor, self.anchor_red = place, red
        far = np.linalg.norm(place - self.anchor, axis=-1) > RED_STEP
        rose, fell = far & red & ~self.anchor_red, far & ~red & self.anchor_red
        moved = rose | fell
        self.anchor = np.where(moved[..., None], place, self.anchor)
        self.anchor_red = np.where(moved, red, self.anchor_red)
        self.add_changes(rose, fell)


def _chromaticity(xyz: Floats) -> Floats:
    """u', v' of the CIE 1976 diagram, (H, W, 2); black stands at the white point."""
    x, y, z = xyz[..., 0], xyz[..., 1], xyz[..., 2]
    total = x + 15 * y + 3 * z
    dark = total < 0.02
    safe = np.where(dark, 1, total)
    return np.stack([np.where(dark, 0.1978, 4 * x / safe), np.where(dark, 0.4683, 9 * y / safe)], -1).astype(
        np.float32
    )
