"""Clips at the edge of what a metric may be given."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.metrics.scenes import SCENES, Pace, write, write_frames


def odd_clips(folder: Path) -> dict[str, Path]:
    tiny = [np.full((16, 24, 3), 30, np.uint8) for _ in range(10)]
    for moment, picture in enumerate(tiny):
        picture[4:10, moment : moment + 8] = 220
    page = np.full((60, 90, 3), 245, np.uint8)
    return {
        "moving": write(folder / "moving.mp4", SCENES["slide"], seconds=0.5),
        "static": write(folder / "static.mp4", SCENES["slide"], pace=Pace(still=True), seconds=0.5),
        "coarse": write(folder / "coarse.mp4", SCENES["slide"], seconds=1.0, fps=12),
        "blank": write_frames(folder / "blank.mp4", iter([page] * 8)),
        "one frame": write_frames(folder / "one.mp4", iter([page])),
        "tiny": write_frames(folder / "tiny.mp4", iter(tiny)),
    }
