"""Points followed from one frame to the next, and the affine field that each thing's points agree on."""

from __future__ import annotations

import cv2
import numpy as np

from benchmark.metrics.clip import Film
from benchmark.metrics.extractors.segments import Segments, shared
from benchmark.metrics.scene import Scene

Motion = tuple[np.ndarray, np.ndarray]

FEW = 6  # points: fewer are checked against the silhouette
CONTRADICTION = 0.06  # of a length per frame between points and silhouette: more than a fading edge makes


class Follower:
    """Prepares each different frame once: one grey value per pixel in the direction in which the clip's colours differ
    most from the background, its local contrast normalised."""

    def __init__(self, film: Film, scene: Scene, points: int, window: int, levels: int, back: float) -> None:
        self.film, self.scene = film, scene
        self.points, self.back = points, back
        self.flow = {"winSize": (window, window), "maxLevel": levels - 1}
        self.criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.02)
        x, y, width, height = scene.box
        self.crop = np.s_[y : y + height, x : x + width]
        self.axis = self._main_colour_axis()
        self._prepared: dict[int, np.ndarray] = {}

    def fields(
        self, first: int, second: int, now: Segments, after: Segments, partner: np.ndarray
    ) -> list[Motion | None]:
        """Each thing's (v, A) from one frame to the other, in px per frame; None where nothing tells."""
        shift = np.zeros((len(now), 2))
        linked = partner >= 0
        shift[linked] = after.centre[partner[linked]] - now.centre[linked]
        whole = _whole(now, after, partner)
        shift[~whole] = 0
        start, owner = self._seeds(first, now)
        end, kept = self._followed(first, second, start, start + shift[owner].astype(np.float32))
        kept &= self._still_on(end, owner, after, partner)
        fields: list[Motion | None] = []
        for k in range(len(now)):
            mine = kept & (owner == k)
            around = start[mine] + np.array(now.origin) - now.centre[k]
            moved = (end - start)[mine].astype(np.float64)
            fitted = _affine(around, moved, now.radius[k]) if len(moved) >= 4 else None
            if whole[k]:
                fields.append(_reconciled(fitted, len(moved), shift[k], now, after, k, int(partner[k])))
            elif fitted is not None:
                fields.append(fitted)
            elif len(moved):
                fields.append((np.median(moved, axis=0), np.zeros((2, 2))))
            else:
                fields.append(None)
        return fields

    def _main_colour_axis(self) -> np.ndarray:
        frames = self.film.frames
        picked = frames[:: max(1, len(frames) // 12)]
        away = picked[(slice(None), *self.crop)].astype(np.float32) - self.scene.background[self.crop]
        away = away[np.abs(away).max(axis=-1) > 16]
        if len(away) < 2:
            return np.full(3, 1 / 3, np.float32)
        _, vectors = np.linalg.eigh(away.T @ away)
        axis = vectors[:, -1].astype(np.float32)
        return axis / np.abs(axis).sum() * (1 if axis.sum() >= 0 else -1)

    def _prepare(self, unique: int) -> np.ndarray:
        if unique not in self._prepared:
            grey = self.film.frames[unique][self.crop].astype(np.float32) @ self.axis
            smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
            mean = cv2.boxFilter(smooth, -1, (31, 31), borderType=cv2.BORDER_REFLECT)
            power = cv2.boxFilter(smooth * smooth, -1, (31, 31), borderType=cv2.BORDER_REFLECT)
            spread = np.sqrt(np.maximum(power - mean * mean, 0)) + 4.0
            image = np.clip(128 + 48 * (smooth - mean) / spread, 0, 255).astype(np.uint8)
            if len(self._prepared) > 1:
                self._prepared.pop(next(iter(self._prepared)))
            self._prepared[unique] = image
        return self._prepared[unique]

    def _seeds(self, unique: int, now: Segments) -> tuple[np.ndarray, np.ndarray]:
        """(N, 2) float32 corners in the crop on or just beside the things, and whose each is."""
        if not len(now):
            return np.empty((0, 2), np.float32), np.empty(0, np.intp)
        owner = cv2.dilate(now.labels.astype(np.float32), np.ones((5, 5), np.uint8)).astype(np.int32)
        image = self._prepare(unique)
        found = cv2.goodFeaturesToTrack(
            image, self.points, 0.02, 5, mask=(owner > 0).astype(np.uint8), blockSize=5
        )
        if found is None:
            return np.empty((0, 2), np.float32), np.empty(0, np.intp)
        found = found.reshape(-1, 2)
        at = found.round().astype(int)
        return found, owner[at[:, 1], at[:, 0]] - 1

    def _followed(
        self, first: int, second: int, start: np.ndarray, guess: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Where each point goes, and whether it comes back when followed in reverse."""
        if not len(start):
            return start, np.zeros(0, bool)
        a, b = self._prepare(first), self._prepare(second)
        flags = cv2.OPTFLOW_USE_INITIAL_FLOW
        end, there, _ = cv2.calcOpticalFlowPyrLK(  # type: ignore[call-overload]  # stubs: no **options, no initial flow
            a, b, start, guess.copy(), **self.flow, criteria=self.criteria, flags=flags
        )
        home, back, _ = cv2.calcOpticalFlowPyrLK(  # type: ignore[call-overload]
            b, a, end, end - (guess - start), **self.flow, criteria=self.criteria, flags=flags
        )
        returned = np.linalg.norm(home - start, axis=1) < self.back
        return end, (there.ravel() == 1) & (back.ravel() == 1) & returned

    def _still_on(
        self, end: np.ndarray, owner: np.ndarray, after: Segments, partner: np.ndarray
    ) -> np.ndarray:
        """Whether each point ends on the thing that its own became, or on any where that is unknown."""
        if not len(end):
            return np.zeros(0, bool)
        there = cv2.dilate(after.labels.astype(np.float32), np.ones((7, 7), np.uint8)).astype(np.int32)
        height, width = there.shape
        at = end.round().astype(int)
        inside = (at[:, 0] >= 0) & (at[:, 0] < width) & (at[:, 1] >= 0) & (at[:, 1] < height)
        at = at.clip(0, [width - 1, height - 1])
        found = there[at[:, 1], at[:, 0]] - 1
        return inside & (found >= 0)


def _affine(around: np.ndarray, moved: np.ndarray, radius: float) -> Motion | None:
    """The affine field through displacements `moved` (N, 2) at places `around` (N, 2) about the centre.

    Iteratively reweighted least squares (Cauchy weights), drawn weakly to no deformation, so that points on one spot
    tell a translation and nothing more. None where fewer than half of the points agree.
    """
    terms = np.column_stack([np.ones(len(around)), around / max(radius, 1.0)])
    prior = np.diag([1e-6, 0.01, 0.01]) * len(around) * 0.25
    weight = np.ones(len(around))
    solution = np.zeros((3, 2))
    for _ in range(4):
        weighted = terms * weight[:, None]
        solution = np.linalg.solve(terms.T @ weighted + prior, weighted.T @ moved)
        error = np.linalg.norm(moved - terms @ solution, axis=1)
        weight = 1 / (1 + (error / 0.5) ** 2)
    speed = float(np.sqrt((moved**2).sum(axis=1).mean()))
    if (error < 0.5 + 0.25 * speed).mean() < 0.5:
        return None
    return solution[0], solution[1:].T / max(radius, 1.0)


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


def _reconciled(
    fitted: Motion | None, points: int, shift: np.ndarray, now: Segments, after: Segments, k: int, j: int
) -> Motion:
    """The points' field, or where they are few or contradict the silhouette, their field corrected to it.

    The correction is the symmetric map that carries the second moments which the points predict to those that are seen:
    the optimal transport between Gaussians. A turn, which moments cannot tell from rest, stays the points'.
    """
    v, matrix = fitted if fitted is not None else (shift, np.zeros((2, 2)))
    if min(now.area[k], after.area[j]) < 30:
        return v, matrix
    turned = np.eye(2) + matrix
    expected = turned @ now.spread[k] @ turned.T + 0.1 * np.eye(2)
    seen = after.spread[j] + 0.1 * np.eye(2)
    root, inverse = _roots(expected)
    middle, _ = _roots(root @ seen @ root)
    correction = inverse @ middle @ inverse
    if points >= FEW and np.abs(correction - np.eye(2)).max() < CONTRADICTION:
        return v, matrix
    return shift, correction @ turned - np.eye(2)


def _roots(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The square root of a symmetric positive 2 × 2 matrix, and the root's inverse."""
    values, vectors = np.linalg.eigh(matrix)
    values = np.sqrt(np.maximum(values, 1e-6))
    return vectors * values @ vectors.T, vectors / values @ vectors.T
