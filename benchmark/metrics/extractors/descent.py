"""One step downhill: how a picture laid onto another has to move and to be deformed so that less is left apart.

Gauss-Newton with robust weights. The unknowns of a thing are a shift and the deformation times the thing's radius, six
numbers whose rows go with 1, x and y about its centre, in radii, and whose columns go along and down.
"""

from __future__ import annotations

import numpy as np

from benchmark.metrics.extractors.pictures import Patch

UNSEEN = 0.002  # of the outline's strength: a turn that shows less is taken for none
STIFF = 0.02  # of the outline's strength: a long thing's shear that shows less is taken for none, and so rather for a turn
RIDGE = 1e-4 * np.eye(6)  # of the outline's strength: what no pixel tells stays as it is
# A turn among the unknowns, whose rows are 1, x, y and whose columns dx, dy.
TURN = np.array([0, 0, 0, 1, -1, 0]) / np.sqrt(2)
LEVELS = 8.0  # that pixels may be apart and count in full, beside twice what they are in the mean
FARTHEST = 0.4  # of deformation in one step


def left(apart: np.ndarray) -> float:
    """The sum of squares of what is left apart."""
    return float(np.vdot(apart, apart))


def stiffness(spread: np.ndarray) -> np.ndarray:
    """(…, 6, 6) what draws the unknowns of things with these second moments (…, 2, 2) to none: a turn that is not seen;
    and a shear along the axes of a long thing, whose sides cannot tell it from a turn. Things turn more often than they
    shear; they are stretched freely."""
    a, b, d = spread[..., 0, 0], spread[..., 0, 1], spread[..., 1, 1]
    # The direction of the longer axis, doubled, times how much longer it is.
    size = np.maximum(a + d, 1e-9)
    cosine, sine = (a - d) / size, 2 * b / size
    long = np.hypot(cosine, sine)
    shear = np.zeros((*long.shape, 6))
    shear[..., 2], shear[..., 3], shear[..., 4], shear[..., 5] = -sine, cosine, cosine, sine
    strength = np.where(long > 0.01, STIFF / np.maximum(2 * long, 1e-9), 0.0)
    return (
        UNSEEN * np.outer(TURN, TURN) + strength[..., None, None] * shear[..., :, None] * shear[..., None, :]
    )


def shift(patch: Patch, apart: np.ndarray) -> np.ndarray:
    """(2,) in patch px: the step of a patch (N, …) that can but shift, where it is `apart` (N, 4)."""
    weight = _weights(_sizes(apart))
    xx, xy, yy = weight @ patch.products
    ridge = 1e-4 * (xx + yy) + 1e-6
    px, py = -_pulls(patch, apart, weight).sum(axis=0)
    xx, yy = xx + ridge, yy + ridge
    return np.array([yy * px - xy * py, xx * py - xy * px]) / (xx * yy - xy * xy)


def step(
    patch: Patch, apart: np.ndarray, stiff: np.ndarray, already: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The shift (2,) in patch px and the deformation (2, 2) of a patch (N, …) that is `apart` (N, 4) and deformed by
    `already` (2, 2), which `stiff` (6, 6) draws to none."""
    weight = _weights(_sizes(apart))
    moments = patch.outer.T @ (patch.products * weight[:, None])
    pull = patch.basis.T @ _pulls(patch, apart, weight)
    return _solved(moments.reshape(3, 3, 3), pull, stiff, patch.radius * patch.scale, already)


def steps_beside(
    patch: Patch,
    apart: np.ndarray,
    mine: np.ndarray,
    middle: np.ndarray,
    radius: np.ndarray,
    stiff: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """How each of B things in one patch would move by itself: shifts (B, 2) in px and deformations (B, 2, 2).

    `mine` (N, B) is 1 where a pixel is the thing's, else 0; `middle` (B, 2) is where it lies from the patch's centre and
    `radius` (B,) its size, in px; `stiff` (B, 6, 6). The things' sums are taken about the patch's centre, then moved.
    """
    sizes = _sizes(apart)
    typical = sizes @ mine / np.maximum(mine.sum(axis=0), 1)
    weight = _weights(sizes, mine @ typical)
    pulls = _pulls(patch, apart, weight)
    terms = patch.outer[:, :, None] * (patch.products * weight[:, None])[:, None]
    moments = (mine.T @ terms.reshape(len(terms), -1)).reshape(-1, 3, 3, 3)
    pull = (mine.T @ (patch.basis[:, :, None] * pulls[:, None]).reshape(len(pulls), -1)).reshape(-1, 3, 2)
    moved = np.zeros((len(radius), 3, 3))
    moved[:, 0, 0] = 1
    moved[:, 1, 1] = moved[:, 2, 2] = max(patch.radius, 1.0) / radius
    moved[:, 1:, 0] = -middle / radius[:, None]
    moments = np.einsum("kia,kabp,kjb->kijp", moved, moments, moved)
    steps, deform = _solved(moments, moved @ pull, stiff, radius * patch.scale, np.zeros((2, 2)))
    return steps / patch.scale, deform


def _sizes(apart: np.ndarray) -> np.ndarray:
    """(N,) levels that pixels are apart."""
    sizes: np.ndarray = np.sqrt(np.einsum("nc,nc->n", apart, apart))
    return sizes


def _weights(sizes: np.ndarray, typical: np.ndarray | float | None = None) -> np.ndarray:
    """(N,) how much pixels count that are so far apart, beside what is typical: the mean unless given."""
    typical = float(sizes.mean()) if typical is None else typical
    return 1 / (1 + (sizes / (LEVELS + 2 * typical)) ** 2)


def _pulls(patch: Patch, apart: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(N, 2) how much less would be apart for a shift along or down."""
    pulls: np.ndarray = np.einsum("snc,nc->ns", patch.slopes, apart) * weight[:, None]
    return pulls


def _solved(
    moments: np.ndarray, pull: np.ndarray, stiff: np.ndarray, radius: np.ndarray | float, already: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The shifts (…, 2) in patch px and deformations (…, 2, 2) that answer the pull (…, 3, 2), with moments
    (…, 3, 3, 3) of two of the basis and of the slopes' products, for things of a `radius` (…) in patch px."""
    shape = moments.shape[:-3]
    normal = moments[..., [0, 1, 1, 2]].reshape(*shape, 3, 3, 2, 2)
    normal = normal.swapaxes(-3, -2).reshape(*shape, 6, 6).astype(np.float64)
    strength = (normal[..., 0, 0] + normal[..., 1, 1])[..., None, None] / 2 + 1e-6
    held = strength * stiff
    right = -pull.reshape(*shape, 6)
    if already.any():
        right = right - held @ np.concatenate([np.zeros(2), already.T.ravel() * radius])
    solution = np.linalg.solve(normal + held + strength * RIDGE, right[..., None]).reshape(*shape, 3, 2)
    size = np.maximum(radius, 1.0)
    deform = solution[..., 1:, :].swapaxes(-1, -2) / np.asarray(size)[..., None, None]
    return solution[..., 0, :], np.clip(deform, -FARTHEST, FARTHEST)
