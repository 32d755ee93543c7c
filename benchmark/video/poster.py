"""The still that stands for a clip until it plays."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def write_poster(frame: NDArray[np.uint8], path: Path | str) -> Path:
    """Writes a frame (H, W, 3) uint8 RGB as .png, .jpg or .webp by the path's ending, whole or not at all."""
    path = Path(path)
    part = path.with_name(f".{uuid.uuid4().hex}{path.suffix}")
    try:
        Image.fromarray(frame).save(part, quality=88)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path
