"""What the things in a clip look like, wherever they stand and however they are turned.

A thing is described by its palette (mean CIELAB colours of its fullest bins), its silhouette and its edges on polar
grids around its centre, and its size. Turning a thing shifts its polar grids in angle, so likeness is the best over
shifts. Things that look alike are kept once per clip, as looks; each moment lists the looks that are to be seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from benchmark.metrics.base import Extractor, Features
from benchmark.metrics.clip import Clip
from benchmark.metrics.extractors.segments import Segments, segment
from benchmark.metrics.looks import Looks
from benchmark.metrics.pixels import largest_channel
from benchmark.metrics.scene import Scene, still

PAD = 4  # px around a thing's box
BIN = 20  # CIELAB units: how wide a palette's bins are
LOWEST, BINS = (0, -7, -7), (6, 14, 14)  # of L* from 0 to 100, a* and b* from −128 to 127
SOME = 9  # moments at which a page that changes is looked at
REACH = 3.0  # radii of a disc of equal area that the polar grid covers


@dataclass(frozen=True)
class ObjectParameters:
    """Pixels are working pixels (half of 1024×768)."""

    rate: float = 12.0  # moments per second
    most_moments: int = 240  # in a long clip moments lie further apart
    threshold: int = 16  # levels from the background
    close: int = 3  # px bridged inside a thing
    least: int = 10  # px of area
    most: int = 28  # things per moment
    most_still: int = 64  # things in a still picture
    angles: int = 48
    rings: int = 12
    colours: int = 8  # per thing
    looks: int = 400  # per clip
    alike: float = 0.97  # from here on two things have one look


class Objects(Extractor):
    name = "objects"
    version = "9"

    def __init__(self, parameters: ObjectParameters | None = None) -> None:
        super().__init__(parameters or ObjectParameters())

    def extract(self, clip: Clip) -> Features:
        """`silhouettes`, `edges` (L, angles, rings) float16; `palettes` (L, colours, 4) L*, a*, b* and share;
        `seen` (F, K, 4) float32 look, linear size as a share of the page's, and place x, y on the page in [0, 1],
        NaN where there are fewer; `still` (S, 4) the same of what stands still on the page of a moving clip;
        `background`, `page` (3,) CIELAB, behind what moves and at the page's border; `moments` (F,) s."""
        film, scene, p = clip.film, clip.steadied, self.parameters
        moments = _moments(len(film), film.rate, p)
        looks = Looks(p.angles, p.rings, p.colours, p.looks, p.alike)
        described: dict[int, np.ndarray] = {}
        for unique in film.index[moments]:
            if unique not in described and scene.kind != "blank":
                described[unique] = _rows(scene.at(unique), film.frames[unique], looks, p)
        standing = np.empty((0, 4))
        if scene.kind == "moving":
            standing = _rows(still(scene.background, scene.page), scene.background, looks, p)
        height, width = film.frames.shape[1:3]
        most = max((len(rows) for rows in described.values()), default=0)
        seen = np.full((len(moments), max(1, most), 4), np.nan, np.float32)
        for place, unique in enumerate(film.index[moments]):
            rows = described.get(unique, np.empty((0, 4)))
            seen[place, : len(rows)] = rows
        x, y, w, h = scene.box
        facts = {
            "kind": scene.kind,
            "aspect": height / width,
            "box": [x / width, y / height, w / width, h / height],
            "crop": [round(value / film.scale, 1) for value in scene.box],
        }
        arrays = {
            **looks.arrays(),
            "seen": seen,
            "still": standing.astype(np.float32),
            "background": lab(_behind(scene, len(film.frames))[None]).mean(axis=(0, 1)).astype(np.float32),
            "page": lab(scene.page[None, None])[0, 0],
            "moments": (moments / film.rate).astype(np.float32),
        }
        return Features(arrays, facts)


def lab(colours: np.ndarray) -> np.ndarray:
    """(…, …, 3) uint8 sRGB as float32 CIELAB."""
    return cv2.cvtColor(np.ascontiguousarray(colours, np.float32) / 255, cv2.COLOR_RGB2LAB)


def _behind(scene: Scene, moments: int) -> np.ndarray:
    """(1, 3) the usual colour behind what moves, which of a page that changes is that of its usual moment."""
    x, y, width, height = scene.box
    some = np.linspace(0, moments - 1, min(moments, SOME)).round().astype(int) if scene.shades else [0]
    behind = [scene.at(unique).background[y : y + height, x : x + width].reshape(-1, 3) for unique in some]
    return np.median([np.median(each, axis=0) for each in behind], axis=0)[None]


def _rows(scene: Scene, picture: np.ndarray, looks: Looks, p: ObjectParameters) -> np.ndarray:
    """(K, 4) look, size and place of each thing in a picture; new looks are added.

    Where nothing moves, what stands before a panel is not told from it by the page behind: it is cut out finely.
    """
    rests = scene.kind == "static"
    things = segment(
        scene,
        picture,
        threshold=p.threshold,
        close=p.close,
        least=p.least,
        most=p.most_still if rests else p.most,
        parted=True,
        finely=rests,
    )
    height, width = picture.shape[:2]
    known = looks.recognise(*_described(picture, things, p))
    return np.column_stack([known, np.sqrt(things.area / (width * height)), things.centre / (width, height)])


def _moments(count: int, rate: float, p: ObjectParameters) -> np.ndarray:
    wanted = min(p.most_moments, max(1, round(count / rate * p.rate)))
    return np.unique(np.linspace(0, count - 1, min(wanted, count)).round().astype(int))


def _described(
    frame: np.ndarray, things: Segments, p: ObjectParameters
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Silhouettes and edges (K, angles, rings) in [0, 1] and palettes (K, colours, 4)."""
    x, y = things.origin
    height, width = things.labels.shape
    crop = frame[y : y + height, x : x + width]
    silhouettes = np.zeros((len(things), p.angles, p.rings), np.float32)
    edges = np.zeros_like(silhouettes)
    for k in range(len(things)):
        left, top, w, h = things.boxes[k]
        here = np.s_[max(0, top - PAD) : top + h + PAD, max(0, left - PAD) : left + w + PAD]
        mask = (things.labels[here] == k + 1).view(np.uint8)
        centre = things.centre[k] - (x, y) - (max(0, left - PAD), max(0, top - PAD))
        silhouettes[k] = _polar(mask.astype(np.float32), centre, things.radius[k], p)
        edges[k] = _polar(_edges(lab(crop[here]), mask), centre, things.radius[k], p)
    return silhouettes, edges, _palettes(crop, things, p.colours)


def _polar(picture: np.ndarray, centre: np.ndarray, radius: float, p: ObjectParameters) -> np.ndarray:
    """(angles, rings) means; sampled four times finer than kept."""
    fine = cv2.warpPolar(
        picture,
        (p.rings * 4, p.angles * 4),
        (float(centre[0]), float(centre[1])),
        REACH * max(float(radius), 1.0),
        cv2.WARP_POLAR_LINEAR | cv2.INTER_LINEAR | cv2.WARP_FILL_OUTLIERS,
    )
    return cv2.resize(fine, (p.rings, p.angles), interpolation=cv2.INTER_AREA)


def _edges(colours: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Strength of colour edges strictly inside a thing: its outline is the silhouette's matter."""
    inner = cv2.erode(mask, np.ones((5, 5), np.uint8))
    smooth = cv2.GaussianBlur(colours, (0, 0), 1.0)
    along, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    strength = np.sqrt(largest_channel(along * along + down * down))
    return np.minimum(strength / 60, 1) * inner


def _palettes(crop: np.ndarray, things: Segments, most: int) -> np.ndarray:
    """(K, most, 4): mean colour and share of each thing's fullest bins; absent ones have no share."""
    palettes = np.zeros((len(things), most, 4), np.float32)
    if not len(things):
        return palettes
    inside = np.flatnonzero(things.labels > 0)
    colours = lab(crop.reshape(-1, 3).take(inside, axis=0)[None])[0]
    # All things' bins in one row, each thing's by b*, then a*, then L*.
    steps = np.floor(colours / BIN).astype(np.intp) - LOWEST
    bins = things.labels.ravel()[inside].astype(np.intp) - 1
    for channel in (2, 1, 0):
        bins = bins * BINS[channel] + steps[:, channel]
    each = math.prod(BINS)
    counts = np.bincount(bins, minlength=len(things) * each)
    filled = np.flatnonzero(counts > 0)
    rank = np.zeros(len(counts), np.intp)
    rank[filled] = np.arange(len(filled))
    sums = np.stack([np.bincount(rank[bins], colours[:, c], len(filled)) for c in range(3)], 1)
    counts = counts[filled]
    means = sums / counts[:, None]
    ends = np.searchsorted(filled, np.arange(len(things) + 1) * each)
    for k in range(len(things)):
        mine = np.s_[ends[k] : ends[k + 1]]
        order = np.argsort(-counts[mine], kind="stable")[:most]
        palettes[k, : len(order), :3] = means[mine][order]
        palettes[k, : len(order), 3] = counts[mine][order] / counts[mine][order].sum()
    return palettes
