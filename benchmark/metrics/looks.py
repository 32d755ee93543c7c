"""Looks: what things look like, and how alike two looks are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SIGMA = 15.0  # CIELAB units: colours this far apart are a little more than half alike
WIDE = 50.0  # CIELAB units: and those this far apart still a little, so that more of a wrong hue is worse
FAR = 0.3  # of likeness that is lost so late
SAME = 5.0  # CIELAB units: colours this close look the same side by side
COLOUR_NOISE = 0.985  # what sampling and coding leave of likeness 1: from here on counts as 1
SHAPE_NOISE = 0.94
ROWS = 32  # looks that are compared with all others at once, which bounds memory
EDGE_FLOOR = 0.04  # mean edge strength below which a thing is plain


class Looks:
    """Grows while things are shown to it; alike things get one number."""

    def __init__(self, angles: int, rings: int, colours: int, most: int, alike: float) -> None:
        self.most, self.alike, self.count = most, alike, 0
        self.silhouettes = np.zeros((most, angles, rings), np.float32)
        self.edges = np.zeros((most, angles, rings), np.float32)
        self.palettes = np.zeros((most, colours, 4), np.float32)
        self._shapes = Shapes.of(self.silhouettes, self.edges)

    def recognise(self, silhouettes: np.ndarray, edges: np.ndarray, palettes: np.ndarray) -> np.ndarray:
        """(K,) the number of each thing's look, new ones added while there is room."""
        shapes = Shapes.of(silhouettes, edges)
        alike = np.zeros((len(silhouettes), self.most))
        self._compare(alike, shapes, palettes, slice(0, len(silhouettes)), slice(0, self.count))
        numbers = np.zeros(len(silhouettes), int)
        for k in range(len(silhouettes)):
            full = self.count == self.most
            if full and alike[k].max() < self.alike:
                self._compare(alike, shapes, palettes, slice(k, k + 1), slice(0, self.most), wholly=True)
            if full or (self.count and alike[k, : self.count].max() >= self.alike):
                numbers[k] = int(alike[k, : self.count].argmax())
                continue
            numbers[k] = self.count
            self.silhouettes[self.count], self.edges[self.count] = silhouettes[k], edges[k]
            self.palettes[self.count] = palettes[k]
            self._shapes.put(self.count, shapes[k])
            self.count += 1
            self._compare(
                alike, shapes, palettes, slice(k + 1, len(silhouettes)), slice(self.count - 1, self.count)
            )
        return numbers

    def _compare(
        self,
        alike: np.ndarray,
        shapes: Shapes,
        palettes: np.ndarray,
        things: slice,
        known: slice,
        wholly: bool = False,
    ) -> None:
        """Writes how alike some things and some known looks are into `alike` (K, most), the lesser of colour and shape.
        Unless `wholly`, shapes are left out, as 0, where the colours alone make two things different looks."""
        colour = palette_likeness(palettes[things], self.palettes[known])
        i, j = np.nonzero(np.ones_like(colour) if wholly else colour >= self.alike)
        shape = np.zeros(colour.shape)
        mine, its = shapes[things][i], self._shapes[known][j]
        inside = np.einsum("pxr,pxr->px", mine.inside, its.inside.conj())
        edges = np.einsum("pxr,pxr->px", mine.edges, its.edges.conj())
        shape[i, j] = _shape_likeness(mine, its, inside, edges, self.silhouettes.shape[1])
        alike[things, known] = np.minimum(colour, shape)

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
    square = np.maximum(0, apart - SAME) ** 2 / 2
    return (1 - FAR) * np.exp(-square / SIGMA**2) + FAR * np.exp(-square / WIDE**2)


@dataclass(frozen=True)
class Shapes:
    """What of L shapes their likeness takes. `inside` and `edges` (L, frequencies, rings) are spectra over the angle of
    silhouettes, each ring by the root of its area, and of inner edges; `area` and `energy` (L,) the sums of their
    squares; `strength` (L,) mean edge strength over the silhouette."""

    inside: np.ndarray
    edges: np.ndarray
    area: np.ndarray
    energy: np.ndarray
    strength: np.ndarray

    @classmethod
    def of(cls, silhouettes: np.ndarray, edges: np.ndarray) -> Shapes:
        """Of silhouettes and edges (L, angles, rings)."""
        silhouettes, edges = np.asarray(silhouettes, np.float32), np.asarray(edges, np.float32)
        rings = silhouettes.shape[2]
        area = (np.arange(rings) + 0.5) / rings
        return cls(
            inside=np.fft.rfft(silhouettes * np.sqrt(area), axis=1),
            edges=np.fft.rfft(edges, axis=1),
            area=(silhouettes**2 * area).sum((1, 2)),
            energy=(edges**2).sum((1, 2)),
            strength=edges.sum((1, 2)) / np.maximum(silhouettes.sum((1, 2)), 1e-9),
        )

    def __getitem__(self, which: int | slice | np.ndarray | tuple[slice | None, ...] | None) -> Shapes:
        return Shapes(
            self.inside[which], self.edges[which], self.area[which], self.energy[which], self.strength[which]
        )

    def put(self, place: int, one: Shapes) -> None:
        self.inside[place], self.edges[place] = one.inside, one.edges
        self.area[place], self.energy[place], self.strength[place] = one.area, one.energy, one.strength


def shape_likeness(sa: np.ndarray, sb: np.ndarray, ea: np.ndarray, eb: np.ndarray) -> np.ndarray:
    """(La, Lb): overlap of silhouettes over union at the best turn, and the cosine of inner edges at that turn.

    All four (L, angles, rings). Rings weigh by their area.
    """
    if not len(sa) or not len(sb):
        return np.zeros((len(sa), len(sb)))
    first, b = Shapes.of(sa, ea), Shapes.of(sb, eb)
    found = np.empty((len(sa), len(sb)))
    for start in range(0, len(sa), ROWS):
        rows = slice(start, start + ROWS)
        a = first[rows]
        inside = np.einsum("ixr,jxr->ijx", a.inside, b.inside.conj())
        edges = np.einsum("ixr,jxr->ijx", a.edges, b.edges.conj())
        found[rows] = _shape_likeness(a[:, None], b[None], inside, edges, sa.shape[1])
    return found


def _shape_likeness(a: Shapes, b: Shapes, inside: np.ndarray, edges: np.ndarray, angles: int) -> np.ndarray:
    """(…,) of shapes (…,), whose spectra's products over the rings are `inside` and `edges` (…, frequencies): their
    transforms are the products of a with b turned by each angle."""
    shared = np.fft.irfft(inside, n=angles, axis=-1)
    overlap = shared / np.maximum((a.area + b.area)[..., None] - shared, 1e-9)
    norm = np.sqrt((a.energy + EDGE_FLOOR**2) * (b.energy + EDGE_FLOOR**2))
    along = np.fft.irfft(edges, n=angles, axis=-1) / norm[..., None]
    # A thing without inner edges is like another without, and unlike one with many.
    textured = np.maximum(a.strength, b.strength)
    evenly = np.minimum(a.strength, b.strength) / np.maximum(textured, 1e-9)
    alike = np.where(textured[..., None] < EDGE_FLOOR, 1.0, along * evenly[..., None])
    part = np.minimum(0.4, textured)[..., None]
    total = (1 - part) * np.minimum(1, overlap / SHAPE_NOISE) + part * np.minimum(1, alike / 0.9)
    return total.max(axis=-1)
