"""How far apart colours are: by as much as the channel that differs most."""

from __future__ import annotations

import cv2
import numpy as np

AROUND = np.ones((3, 3), np.uint8)


def largest_channel(picture: np.ndarray) -> np.ndarray:
    """(h, w) the largest of three channels; numpy's own reduction over so short an axis is ten times slower."""
    red, green, blue = cv2.split(picture)
    return cv2.max(cv2.max(red, green), blue)


def steps(picture: np.ndarray) -> np.ndarray:
    """(h, w) uint8 levels between the pixels around each of (h, w, 3) uint8."""
    return largest_channel(cv2.subtract(cv2.dilate(picture, AROUND), cv2.erode(picture, AROUND)))


def apart(colours: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(…,) uint8 levels between (…, 3) uint8 colours."""
    levels = np.maximum(colours, others) - np.minimum(colours, others)
    return np.maximum(np.maximum(levels[..., 0], levels[..., 1]), levels[..., 2])
