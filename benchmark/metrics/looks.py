"""Looks: what things look like, and how alike two looks are."""

from __future__ import annotations

import numpy as np

SIGMA = 15.0  # CIELAB units: colours this far apart are about half alike
SAME = 5.0  # CIELAB units: colours this close look the same side by side
COLOUR_NOISE = 0.985  # what sampling and coding leave of likeness 1: from here on counts as 1
SHAPE_NOISE = 0.94
EDGE_FLOOR = 0.04  # mean edge strength below which a thing is plain


class Looks:
    """Grows while things are shown to it; alike things get one number."""

    def __init__(self, angles: int, rings: int, colours: int, most: int, alike: float) -> None:
        self.most, self.alike, self.count = most, alike, 0
        self.silhouettes = np.zeros((most, angles, rings), np.float32)
        self.edges = np.zeros((most, angles, rings), np.float32)
        self.palettes = np.zeros((most, colours, 4), np.float32)

    def recognise(self, silhouettes: np.ndarray, edges: np.ndarray, palettes: np.ndarray) -> np.ndarray:
        """(K,) the number of each thing's look, new ones added while there is room."""
        numbers = np.zeros(len(silhouettes), int)
        for k in range(len(silhouettes)):
            thing = silhouettes[k : k + 1], edges[k : k + 1], palettes[k : k + 1]
            known = self.silhouettes[: self.count], self.edges[: self.count], self.palettes[: self.count]
            colour, shape = likeness(thing, known)
            alike = np.minimum(colour, shape)[0]
            if self.count and (alike.max() >= self.alike or self.count == self.most):
                numbers[k] = int(alike.argmax())
                continue
            numbers[k] = self.count
            self.silhouettes[self.count], self.edges[self.count], self.palettes[self.count] = (
                part[0] for part in thing
            )
            self.count += 1
        return numbers

    def arrays(self) -> dict[str, np.ndarray]:
        return {
            "silhouettes": self.silhouettes[: self.count].astype(np.float16),
            "edges": self.edges[: self.count].astype(np.float16),
            "palettes": self.palettes[: self.count],
        }


Described = tuple[np.ndarray, np.ndarray, np.ndarray]


def likeness(a: Described, b: Described) -> tuple[np.ndarray, np.ndarray]:
    """Colour and shape likeness, each (La, Lb) in [0, 1], of (silhouettes, edges, palettes)."""
    return palette_likeness(a[2], b[2]), shape_likeness(a[0], b[0], a[1], b[1])


def palette_likeness(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(La, Lb): the cosine of two palettes (L, colours, 4) under a Gaussian kernel between colours."""
    product = np.einsum("ijkl,ik,jl->ij", _kernel(a[:, None], b[None]), a[..., 3], b[..., 3])
    own_a, own_b = (np.einsum("ikl,ik,il->i", _kernel(p, p), p[..., 3], p[..., 3]) for p in (a, b))
    return np.minimum(1, product / np.sqrt(np.maximum(own_a[:, None] * own_b, 1e-12)) / COLOUR_NOISE)


def _kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(…, k, l) how alike the colours of palettes (…, k, 4) and (…, l, 4) are."""
    apart = np.linalg.norm(a[..., :, None, :3] - b[..., None, :, :3], axis=-1)
    return np.exp(-(np.maximum(0, apart - SAME) ** 2) / (2 * SIGMA**2))


def shape_likeness(sa: np.ndarray, sb: np.ndarray, ea: np.ndarray, eb: np.ndarray) -> np.ndarray:
    """(La, Lb): overlap of silhouettes over union at the best turn, and the cosine of inner edges at that turn.

    All four (L, angles, rings). Rings weigh by their area.
    """
    if not len(sa) or not len(sb):
        return np.zeros((len(sa), len(sb)))
    rings = sa.shape[2]
    area = (np.arange(rings) + 0.5) / rings
    sa, sb = np.asarray(sa, np.float32), np.asarray(sb, np.float32)
    inside = _turned_products(sa * np.sqrt(area), sb * np.sqrt(area))
    square_a, square_b = (sa**2 * area).sum((1, 2)), (sb**2 * area).sum((1, 2))
    union = square_a[:, None, None] + square_b[None, :, None] - inside
    overlap = inside / np.maximum(union, 1e-9)
    ea, eb = np.asarray(ea, np.float32), np.asarray(eb, np.float32)
    strength_a, strength_b = _strength(ea, sa), _strength(eb, sb)
    plain = EDGE_FLOOR**2
    norm = np.sqrt(((ea**2).sum((1, 2))[:, None] + plain) * ((eb**2).sum((1, 2))[None] + plain))
    edges = _turned_products(ea, eb) / norm[:, :, None]
    # A thing without inner edges is like another without, and unlike one with many.
    textured = np.maximum(strength_a[:, None], strength_b)
    alike = np.where(
        textured[..., None] < EDGE_FLOOR,
        1.0,
        edges * (np.minimum(strength_a[:, None], strength_b) / np.maximum(textured, 1e-9))[..., None],
    )
    part = np.minimum(0.4, textured)[..., None]
    total = (1 - part) * np.minimum(1, overlap / SHAPE_NOISE) + part * np.minimum(1, alike / 0.9)
    return total.max(axis=2)


def _strength(edges: np.ndarray, silhouettes: np.ndarray) -> np.ndarray:
    """(L,) mean edge strength over the silhouette."""
    return edges.sum((1, 2)) / np.maximum(silhouettes.sum((1, 2)), 1e-9)


def _turned_products(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(La, Lb, angles): the inner product of a with b turned by each angle."""
    fa, fb = np.fft.rfft(a, axis=1), np.fft.rfft(b, axis=1)
    return np.fft.irfft(np.einsum("ixr,jxr->ijx", fa, fb.conj()), n=a.shape[1], axis=2)
