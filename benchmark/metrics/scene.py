"""Where a clip moves, and what it moves in front of.

Only what changes counts: pixels whose values range over more than RANGE levels, gathered into regions. What lies behind
a region is its clean plate, grown inwards from the ring around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from benchmark.metrics.clean_plate import (
    AGREE,
    AGREEING,
    FEW,
    PLAIN,
    RANGE,
    STEP,
    clean_plate,
    common,
    even,
)
from benchmark.metrics.pixels import largest_channel, steps
from benchmark.metrics.shades import PAGE, Shades, shades

LEAST = 6  # px: fewer that change are noise
GATHER = 9  # px: changing pixels closer than this belong to one region
RING = 6  # px: how wide the ring around a region is
BORDER = 0.2  # of a still piece's rim that is the moving region's
USUAL = 0.05  # of the ring: a colour that the page has there
COMES = 0.3  # of what shows a still piece's colour that shows the page, too: else it is the page's own
SPARSE = 3  # px of which one is looked at for that
SAMPLES = 48  # moments looked at where the background must be found behind the objects

OUTLINE = 14  # levels within 5 px: less is no outline
WIDE = 31  # quarter px: what is half as wide is removed by the median
LEVELS = (28, 40, 56, 80, 112)  # distances from the page's colour at which outlines are looked for

KERNEL = np.ones((3, 3), np.uint8)


@dataclass(frozen=True)
class Scene:
    """`kind` is "moving", "static" or "blank". `box` is (x, y, width, height) in working pixels of what moves (or,
    in a static clip, of what is there), margin included. `background` (h, w, 3) uint8; `region` (h, w) bool where
    objects may be; `page` (3,) uint8 the colour at the page's border; `shades` what moments add to the background, where the
    page changes its colour as a whole and that is told from what moves before it."""

    kind: str
    box: tuple[int, int, int, int]
    background: np.ndarray
    region: np.ndarray
    page: np.ndarray
    shades: Shades | None = None

    def at(self, unique: int) -> Scene:
        """The scene as it is in one of the frames, by its number among the different ones."""
        if self.shades is None:
            return self
        return replace(self, background=self.shades.added(self.background, unique), shades=None)

    @cached_property
    def allowed(self) -> np.ndarray:
        """(h, w) uint8: 255 where objects may be, else 0."""
        return self.region * np.uint8(255)

    def distance(self, frame: np.ndarray) -> np.ndarray:
        """(h, w) uint8: the largest channel's distance from the background, 0 outside the region."""
        far = largest_channel(cv2.absdiff(frame, self.background))
        far[~self.region] = 0
        return far


def understand(frames: np.ndarray) -> Scene:
    """The scene of (U, h, w, 3) uint8 frames."""
    changed = _changed(frames)
    page = border_colour(
        frames[0] if len(frames) == 1 else np.median(frames[:: max(1, len(frames) // 9)], axis=0)
    )
    if changed.sum() >= LEAST:
        return _moving(frames[_spread(len(frames))], changed, page)
    return still(frames[0], page)


def steadied(frames: np.ndarray, scene: Scene) -> Scene:
    """The scene of the same frames, in which a page that changes its colour as a whole is background and only what moves
    before it counts; the scene itself where there is no such page, or nothing before it."""
    if scene.kind != "moving" or scene.region.mean() < PAGE:
        return scene
    shade = shades(frames, _changed(frames))
    if shade is None:
        return scene
    changed = _changed(shade.taken(frame, unique) for unique, frame in enumerate(frames))
    if changed.sum() < LEAST:
        return scene
    picked = np.stack([shade.taken(frames[unique], unique) for unique in _spread(len(frames))])
    return replace(_moving(picked, changed, scene.page), shades=shade)


def _moving(picked: np.ndarray, changed: np.ndarray, page: np.ndarray) -> Scene:
    regions = _gathered(changed | _still_pieces(picked, _gathered(changed)))
    return Scene("moving", _box(changed), _background(picked, regions, page), regions > 0, page)


def still(picture: np.ndarray, page: np.ndarray) -> Scene:
    """The scene of one (h, w, 3) picture before a page of the colour `page`: static, or blank."""
    background = _behind_still(picture, page)
    differs = (largest_channel(cv2.absdiff(picture, background)) > RANGE).astype(np.uint8)
    content = cv2.morphologyEx(differs, cv2.MORPH_CLOSE, KERNEL) > 0
    if content.sum() < LEAST:
        height, width = content.shape
        return Scene("blank", (0, 0, width, height), background, np.zeros_like(content), page)
    return Scene("static", _box(content), background, cv2.dilate(content.astype(np.uint8), KERNEL) > 0, page)


def _behind_still(frame: np.ndarray, page: np.ndarray) -> np.ndarray:
    """The background of a still picture: the colour at its border, and in place of what has no outline, such as a glow
    or a gradient, the picture without its small things; what is large and outlined against the glow stands before it."""
    plane = _plane(frame, page)
    background = plane.copy()
    apart = largest_channel(cv2.absdiff(frame, background))
    around = np.ones((5, 5), np.uint8)
    step = largest_channel(cv2.subtract(cv2.dilate(frame, around), cv2.erode(frame, around)))
    _, soft = _by_outline((apart > RANGE).astype(np.uint8), step)
    if not soft.any():
        return background
    small = cv2.resize(frame, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    without = cv2.resize(cv2.medianBlur(small, WIDE), frame.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    background[soft] = without[soft]
    for level in LEVELS:
        crisp, soft = _by_outline((soft & (apart > level)).astype(np.uint8), step, least=(2 * WIDE) ** 2)
        background[crisp] = plane[crisp]
    return background


def _plane(picture: np.ndarray, page: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8: the even or evenly graded colour that the picture's border agrees on, else `page`."""
    border = np.ones(picture.shape[:2], bool)
    border[RING:-RING, RING:-RING] = False
    plane = even(picture, border)
    agrees = largest_channel(cv2.absdiff(picture, plane))[border] <= AGREE
    return plane if agrees.mean() >= AGREEING else np.broadcast_to(page, picture.shape)


def _by_outline(mask: np.ndarray, step: np.ndarray, least: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The parts of a mask with a clear outline and at least `least` px, and the parts without, each (h, w) bool."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    rim = np.nonzero(mask & (cv2.erode(mask, KERNEL) == 0))
    owner, steps = labels[rim], step[rim]
    clear = np.zeros(count, bool)
    for k in np.unique(owner):  # what fills the picture has no rim, and so no outline
        clear[k] = np.median(steps[owner == k]) >= OUTLINE
    large = stats[:, cv2.CC_STAT_AREA] >= least
    return (clear & large)[labels], (mask > 0) & ~clear[labels]


def border_colour(frame: np.ndarray) -> np.ndarray:
    """(3,) uint8: the median of the outermost pixels."""
    edge = np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]])
    return np.median(edge, axis=0).astype(np.uint8)


def _changed(frames: Iterable[np.ndarray]) -> np.ndarray:
    others = iter(frames)
    low = next(others).copy()
    high = low.copy()
    for frame in others:
        np.minimum(low, frame, out=low)
        np.maximum(high, frame, out=high)
    changed = (largest_channel(high - low) > RANGE).astype(np.uint8)
    # Two by two: a dot of four clip pixels survives, a speck of coding noise does not.
    return cv2.morphologyEx(changed, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)) > 0


def _box(mask: np.ndarray) -> tuple[int, int, int, int]:
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    margin = max(4, round(0.05 * max(width, height)))
    left, top = max(0, x - margin), max(0, y - margin)
    right, bottom = min(mask.shape[1], x + width + margin), min(mask.shape[0], y + height + margin)
    return left, top, right - left, bottom - top


def _gathered(changed: np.ndarray) -> np.ndarray:
    """(h, w) int32: 0 outside, else the number of the region, holes filled."""
    grown = cv2.dilate(
        changed.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (GATHER, GATHER))
    )
    outlines, _ = cv2.findContours(grown, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    regions = np.zeros(changed.shape, np.int32)
    for number, outline in enumerate(outlines, start=1):
        cv2.drawContours(regions, [outline], -1, number, cv2.FILLED)
    return regions


def _spread(count: int) -> np.ndarray:
    return np.unique(np.linspace(0, count - 1, min(SAMPLES, count)).round().astype(int))


def _around(
    regions: np.ndarray, number: int, margin: float
) -> tuple[tuple[slice, slice], np.ndarray, np.ndarray]:
    """The surroundings of a region `margin` times its size wide, where it is within them, and the ring around it."""
    x, y, width, height = cv2.boundingRect((regions == number).astype(np.uint8))
    beyond = RING + round(margin * max(width, height))
    here = np.s_[max(0, y - beyond) : y + height + beyond, max(0, x - beyond) : x + width + beyond]
    inside = regions[here] == number
    near = cv2.dilate(inside.astype(np.uint8), np.ones((2 * RING + 1, 2 * RING + 1), np.uint8)) > 0
    return here, inside, near & (regions[here] == 0)


def _background(samples: np.ndarray, regions: np.ndarray, page: np.ndarray) -> np.ndarray:
    background = samples[0].copy()
    for number in range(1, int(regions.max()) + 1):
        here, inside, ring = _around(regions, number, 0)
        behind = clean_plate(samples[(slice(None), *here)], inside, ring, page)
        background[here][inside] = behind[inside]
    return background


def _still_pieces(samples: np.ndarray, regions: np.ndarray) -> np.ndarray:
    """(h, w) bool: what never changes and yet is a moving thing's, such as the middle of a bar whose ends grow.

    A connected piece beside a region, no larger than the region, of whose rim a good part is the region's and goes on
    inside it in the same colour, which comes and goes there.
    """
    found = np.zeros(regions.shape, bool)
    for number in range(1, int(regions.max()) + 1):
        here, inside, ring = _around(regions, number, 1)
        if ring.sum() < FEW:
            continue
        labels, areas = _pieces(samples[0][here], ring, regions[here] == 0)
        usual = common(samples[0][here][ring]) >= USUAL * ring.sum()
        for k in np.unique(labels[ring & (labels > 0)]):
            piece = labels == k
            if LEAST <= areas[k] <= inside.sum() and _goes_on(
                samples[(slice(None), *here)], usual, piece, inside
            ):
                found[here] |= piece
    return found


def _pieces(picture: np.ndarray, ring: np.ndarray, outside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The connected pieces of what lies outside the regions, as numbers (h, w), and their areas: what stands out from
    the page where that is even, and else what has one colour."""
    apart = largest_channel(cv2.absdiff(picture, even(picture, ring)))
    if (apart[ring] <= AGREE).mean() >= AGREEING:
        mask, connectivity = outside & (apart > RANGE), 8
    else:
        mask, connectivity = outside & (steps(picture) <= PLAIN[0]), 4
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=connectivity)
    return labels, stats[:, cv2.CC_STAT_AREA]


def _goes_on(samples: np.ndarray, usual: np.ndarray, piece: np.ndarray, inside: np.ndarray) -> bool:
    """`usual` (16, 16, 16) bool: whether the page has colours of these 16 levels beside the region."""
    rim = (cv2.dilate(piece.astype(np.uint8), KERNEL) > 0) & ~piece
    if (rim & inside).sum() < BORDER * rim.sum():
        return False
    colour = np.median(samples[0][piece], axis=0)

    def alike(seen: np.ndarray) -> np.ndarray:
        near: np.ndarray = np.abs(seen.astype(np.int16) - colour).max(axis=2) <= 2 * AGREE
        return near

    beyond = (
        cv2.dilate(piece.astype(np.uint8), np.ones((2 * STEP + 3, 2 * STEP + 3), np.uint8)) > 0
    ) & inside
    if alike(samples[:, beyond]).any(axis=0).mean() < 0.5:
        return False
    seen = samples[:, inside][:, ::SPARSE]
    mine = alike(seen)
    page = usual[tuple(np.moveaxis(seen >> 4, -1, 0))] & ~mine
    comes = mine.any(axis=0)
    return bool((comes & page.any(axis=0)).sum() >= COMES * comes.sum())
