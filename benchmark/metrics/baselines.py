"""Baselines: simple or well-known measures to hold the metrics against. They mix looks and motion, and say so.

MS-SSIM and GMSD rank a clip with the right motion and wrong looks above one with the right looks and wrong motion, in
appearance; that is why they are baselines.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from benchmark.metrics.base import Extractor, Features, Metric, Result
from benchmark.metrics.clip import Clip
from benchmark.metrics.pixels import largest_channel
from benchmark.metrics.warping import warp

WEIGHTS = np.array(
    [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
)  # Wang, Simoncelli and Bovik 2003, the five scales


@dataclass(frozen=True)
class ThumbnailParameters:
    rate: float = 5.0  # moments per second
    most_moments: int = 60
    size: int = 176  # px along each side: MS-SSIM needs its window of 11 at a sixteenth of it


class Thumbnails(Extractor):
    """The moving crop, squashed to a square, some moments per second."""

    name = "thumbnails"
    version = "3"

    def __init__(self, parameters: ThumbnailParameters | None = None) -> None:
        super().__init__(parameters or ThumbnailParameters())

    def extract(self, clip: Clip) -> Features:
        """`crops` (F, size, size, 3) uint8 sRGB; `moments` (F,) s; `energy` (M,) mean change in levels per moment of
        1/30 s or more, over the whole page, `rate` of them per second."""
        film, scene, p = clip.film, clip.scene, self.parameters
        wanted = min(p.most_moments, max(1, round(len(film) / film.rate * p.rate)), len(film))
        moments = np.unique(np.linspace(0, len(film) - 1, wanted).round().astype(int))
        x, y, width, height = scene.box
        crops = [
            cv2.resize(
                film.frames[u][y : y + height, x : x + width], (p.size, p.size), interpolation=cv2.INTER_AREA
            )
            for u in film.index[moments]
        ]
        steps = zip(film.index[:-1], film.index[1:], strict=True)
        energy = [
            0.0 if a == b else float(largest_channel(cv2.absdiff(film.frames[a], film.frames[b])).mean())
            for a, b in steps
        ]
        if scene.kind != "moving":
            energy = [0.0] * len(energy)  # what coding does to a still picture is no motion
        arrays = {
            "crops": np.array(crops),
            "moments": (moments / film.rate).astype(np.float32),
            "energy": np.array(energy, np.float32),
        }
        return Features(arrays, {"kind": scene.kind, "rate": film.rate})


class Baseline(Metric):
    version = "3"
    baseline = True
    dimension = "appearance"

    def __init__(self) -> None:
        super().__init__()
        self.extractor = Thumbnails()

    def compare(self, reference: Features, candidate: Features) -> Result:
        kinds = [features.facts["kind"] for features in (reference, candidate)]
        if kinds == ["blank", "blank"]:
            return Result(None, "Both clips are blank, so there is nothing to compare.")
        return self.compare_shown(reference, candidate)

    def compare_shown(self, reference: Features, candidate: Features) -> Result:
        """The value for two clips of which at least one shows something."""
        alignment = warp(self.similarity(reference["crops"], candidate["crops"]))
        return Result(min(1.0, max(0.0, alignment.value)), None, {"frames": len(alignment.path)})

    def similarity(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """(F, G) in [0, 1] for (F, s, s, 3) and (G, s, s, 3) uint8."""
        raise NotImplementedError


class MultiScaleSSIM(Baseline):
    name = "ms-ssim-dtw"
    description = "Multi-scale structural similarity of the moving crops, warped in time (Wang et al. 2003)."

    def similarity(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        first, second = [[_pyramid(_grey(f)) for f in frames] for frames in (a, b)]
        return np.array([[_ms_ssim(x, y) for y in second] for x in first])


class GradientDeviation(Baseline):
    name = "gmsd-dtw"
    description = "1 − GMSD/0.35 of the moving crops, warped in time (gradients; Xue et al. 2014)."

    def similarity(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        first, second = [np.array([_gradient(_grey(f)) for f in frames]) for frames in (a, b)]
        constant = 170.0  # for levels of 0–255
        rows = []
        for x in first:
            likeness = (2 * x * second + constant) / (x * x + second * second + constant)
            rows.append(1 - likeness.std(axis=(1, 2)) / 0.35)
        return np.clip(rows, 0, 1)


class PixelError(Baseline):
    name = "pixel-dtw"
    description = "One minus the mean absolute difference of the moving crops' pixels, warped in time."

    def similarity(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        flat = b.reshape(len(b), -1).astype(np.int16)
        return np.array([1 - np.abs(flat - x.reshape(-1)).mean(axis=1) / 255 for x in a.astype(np.int16)])


class Histogram(Baseline):
    name = "histogram-dtw"
    description = "Intersection of the moving crops' colour histograms (4 bins per channel), warped in time."

    def similarity(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        first, second = [np.array([_histogram(f) for f in frames]) for frames in (a, b)]
        return np.minimum(first[:, None], second[None]).sum(axis=2)


class MotionEnergy(Baseline):
    name = "motion-energy"
    dimension = "motion"
    description = "Likeness of how much of the page changes at each moment: Σ min / Σ max of the two curves."

    def compare_shown(self, reference: Features, candidate: Features) -> Result:
        rate = 15.0
        a, b = (_curve(features, rate) for features in (reference, candidate))
        length = max(len(a), len(b))
        a, b = np.pad(a, (0, length - len(a))), np.pad(b, (0, length - len(b)))
        most = np.maximum(a, b).sum()
        if most == 0:
            return Result(1.0, diagnostics={"note": "Nothing changes in either clip."})
        return Result(float(np.minimum(a, b).sum() / most))


def _grey(frame: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)


def _blur(picture: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(picture, (11, 11), 1.5)


def _pyramid(grey: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Per scale the picture, its local mean and its local variance."""
    levels = []
    for scale in range(len(WEIGHTS)):
        if scale:
            grey = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        mean = _blur(grey)
        levels.append((grey, mean, _blur(grey * grey) - mean * mean))
    return levels


def _ms_ssim(
    a: list[tuple[np.ndarray, np.ndarray, np.ndarray]], b: list[tuple[np.ndarray, np.ndarray, np.ndarray]]
) -> float:
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    value = 1.0
    for scale, ((x, mx, vx), (y, my, vy)) in enumerate(zip(a, b, strict=True)):
        covariance = _blur(x * y) - mx * my
        part = (2 * covariance + c2) / (vx + vy + c2)
        if scale == len(WEIGHTS) - 1:
            part = part * (2 * mx * my + c1) / (mx * mx + my * my + c1)
        value *= max(float(part.mean()), 0.0) ** WEIGHTS[scale]
    return value


def _gradient(grey: np.ndarray) -> np.ndarray:
    """Prewitt gradient magnitude at half resolution, as the paper has it."""
    half = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    kernel = np.array([[1, 0, -1]] * 3, np.float32) / 3
    return np.sqrt(cv2.filter2D(half, -1, kernel) ** 2 + cv2.filter2D(half, -1, kernel.T) ** 2)


def _histogram(frame: np.ndarray) -> np.ndarray:
    bins = (frame // 64).reshape(-1, 3).astype(int) @ np.array([1, 4, 16])
    return np.bincount(bins, minlength=64) / len(bins)


def _curve(features: Features, rate: float) -> np.ndarray:
    """(M,) levels per second on an even grid of `rate` per second."""
    energy, own = features["energy"].astype(np.float64), features.facts["rate"]
    total = np.concatenate([[0.0], np.cumsum(energy)])
    grid = np.arange(0, len(energy) / own + 1e-9, 1 / rate)
    return np.diff(np.interp(grid, np.arange(len(total)) / own, total)) * rate
