"""A page that changes its colour as a whole while things move before it, such as a sky from dawn to dusk.

What each moment adds to the page is a surface of second degree per channel, found from the pixels that change: most of them
are the page, and go along with one surface. Pixels that follow it are the page; the others keep to themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

STEP = 8  # px between the places that a surface is found from
PAGE = 0.4  # of the picture that changes: less is no page
FOLLOW = 0.6  # of what changes that goes along with the surface, in nine of ten moments
AGREE = 10  # levels
STRONG = 32  # levels that a page has to change by at some moment, in the middle of what changes
FEW = 9  # moments that rule out most clips
MOMENTS = 16  # at which it is told which pixels follow
CLOSE = 9  # px bridged between pixels that follow


@dataclass(frozen=True)
class Shades:
    """`coefficients` (U, 6, 3) of each frame's surface, in levels over 1, x, y, x², xy, y² from −1 to 1; `follows`
    (h, w) bool where the page is."""

    coefficients: np.ndarray
    follows: np.ndarray

    def at(self, unique: int) -> np.ndarray:
        """(h, w, 3) float32 levels that a frame adds to the page; 0 where there is none."""
        height, width = self.follows.shape
        x, y = np.linspace(-1, 1, width), np.linspace(-1, 1, height)[:, None]
        surface = np.empty((height, width, 3), np.float32)
        for channel, (level, along, down, along2, both, down2) in enumerate(self.coefficients[unique].T):
            surface[..., channel] = (level + along * x + along2 * x * x) + (down + both * x + down2 * y) * y
        surface[~self.follows] = 0
        return surface

    def added(self, picture: np.ndarray, unique: int) -> np.ndarray:
        """A page (h, w, 3) uint8 as it is in a frame."""
        return (picture + self.at(unique)).round().clip(0, 255).astype(np.uint8)

    def taken(self, frame: np.ndarray, unique: int) -> np.ndarray:
        """A frame (h, w, 3) uint8 as it would be, had the page kept its colour."""
        return (frame - self.at(unique)).round().clip(0, 255).astype(np.uint8)


def shades(frames: np.ndarray, changed: np.ndarray) -> Shades | None:
    """What the page does in (U, h, w, 3) uint8 frames that change where `changed` (h, w); None where it keeps its
    colour."""
    if len(frames) < 3 or min(changed.shape) < 4 * STEP or changed.mean() < PAGE:
        return None
    fitted = _Surfaces.of(frames[_spread(len(frames), FEW)], changed)
    if np.median(fitted.share) < FOLLOW:
        return None  # mostly there is no such page, and a few moments tell
    fitted = _Surfaces.of(frames, changed)
    if np.percentile(fitted.share, 10) < FOLLOW or fitted.strength.max() < STRONG:
        return None
    everywhere = Shades(fitted.coefficients, np.ones_like(changed))
    return Shades(fitted.coefficients, changed & _following(frames, everywhere))


@dataclass(frozen=True)
class _Surfaces:
    """How each of U frames lies apart from the first where the picture changes: `coefficients` (U, 6, 3) as of Shades,
    `share` (U,) of what goes along with that, and `strength` (U,) of it, in levels."""

    coefficients: np.ndarray
    share: np.ndarray
    strength: np.ndarray

    @classmethod
    def of(cls, frames: np.ndarray, changed: np.ndarray) -> _Surfaces:
        height, width = changed.shape
        rows, columns = height // STEP, width // STEP
        at = np.ix_(_spread(height, rows), _spread(width, columns))
        where = changed[at].ravel()
        terms = _terms(rows, columns)[where]
        first = frames[0][at].reshape(-1, 3)[where].astype(np.float64)
        found = cls(np.zeros((len(frames), 6, 3)), np.ones(len(frames)), np.zeros(len(frames)))
        for k in range(1, len(frames)):
            found.coefficients[k], found.share[k] = _fitted(
                terms, frames[k][at].reshape(-1, 3)[where] - first
            )
            found.strength[k] = np.median(np.abs(terms @ found.coefficients[k]).max(axis=1))
        return found


def _fitted(terms: np.ndarray, apart: np.ndarray) -> tuple[np.ndarray, float]:
    """(6, 3) the surface that most of `apart` (N, 3) go along with, and the share of them that do."""
    kept = np.ones(len(terms), bool)
    solution = np.zeros((6, 3))
    for _ in range(6):
        chosen = terms[kept]
        solution = np.linalg.solve(chosen.T @ chosen + 1e-6 * np.eye(6), chosen.T @ apart[kept])
        off = np.abs(terms @ solution - apart).max(axis=1)
        kept = off <= max(AGREE, 1.5 * float(np.median(off)))
    return solution, float((off <= AGREE).mean())


def _following(frames: np.ndarray, everywhere: Shades) -> np.ndarray:
    """(h, w) bool: which pixels keep one colour at more moments without the surface than with it."""
    picked = _spread(len(frames), MOMENTS)
    without = np.stack([everywhere.taken(frames[k], k) for k in picked])
    follow = _rest(without) > _rest(frames[picked])
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (CLOSE, CLOSE))
    closed: np.ndarray = cv2.morphologyEx(follow.astype(np.uint8), cv2.MORPH_CLOSE, kernel) > 0
    return closed


def _rest(pictures: np.ndarray) -> np.ndarray:
    """(h, w) the share of moments at which pixels have about their usual colour."""
    usual = np.median(pictures, axis=0).astype(np.int16)
    rest = np.zeros(usual.shape[:2], np.float32)
    for picture in pictures:
        rest += np.abs(picture - usual).max(axis=2) <= AGREE
    return rest / len(pictures)


def _terms(rows: int, columns: int) -> np.ndarray:
    """(rows · columns, 6) of a grid over the picture."""
    y, x = (
        each.ravel()
        for each in np.meshgrid(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing="ij")
    )
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)


def _spread(count: int, most: int) -> np.ndarray:
    """At most so many of `count` numbers from 0, evenly spread, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(most, count)).round().astype(int))
