"""Colours turned and mixed in OKLab, where equal steps look equal (B. Ottosson, A perceptual color space, 2020)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def turned(colour: str, degrees: float) -> str:
    """A #rrggbb colour with its hue turned, lightness and chroma kept as far as sRGB reaches."""
    lightness, a, b = _oklab(colour)
    hue, chroma = math.atan2(b, a) + math.radians(degrees), math.hypot(a, b)
    while chroma > 0.001 and not _fits(lightness, chroma, hue):
        chroma *= 0.97
    return _hex(np.array([lightness, chroma * math.cos(hue), chroma * math.sin(hue)]))


def towards_opposite(colour: str, share: float) -> str:
    """A #rrggbb colour mixed by `share`, 0 to 1, with the one of opposite lightness and hue."""
    lightness, a, b = _oklab(colour)
    return _hex(np.array([lightness, a, b]) * (1 - share) + np.array([1.05 - lightness, -a, -b]) * share)


def _oklab(colour: str) -> NDArray[np.float64]:
    encoded = np.array([int(colour[index : index + 2], 16) for index in (1, 3, 5)]) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ linear))


def _linear(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.solve(_TO_LMS, np.linalg.solve(_TO_LAB, lab) ** 3))


def _fits(lightness: float, chroma: float, hue: float) -> bool:
    linear = _linear(np.array([lightness, chroma * math.cos(hue), chroma * math.sin(hue)]))
    return bool(linear.min() >= -0.001 and linear.max() <= 1.001)


def _hex(lab: NDArray[np.float64]) -> str:
    linear = np.clip(_linear(lab), 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * level):02x}" for level in encoded)
