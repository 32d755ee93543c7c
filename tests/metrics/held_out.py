"""Scenes and perturbations that were drawn after the methods stood, and looked at only to state what they give.

Nothing in the metrics may be changed because of what comes out here. If it must be, on reasons that scenes of
tests/metrics/scenes.py show too, these scenes move there and new ones are drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from tests.metrics.scenes import BACKGROUNDS, SHAPES, SIZE, Pace, Pose, Scene, Style, Thing, swing, wave

ROUND = np.linspace(0, 2 * math.pi, 40, endpoint=False)
SHAPES["heart"] = [
    (
        1.2 * math.sin(t) ** 3,
        -0.075 * (13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)),
    )
    for t in ROUND
]
SHAPES["arrow"] = [
    (-1.5, -0.35),
    (0.2, -0.35),
    (0.2, -0.95),
    (1.5, 0),
    (0.2, 0.95),
    (0.2, 0.35),
    (-1.5, 0.35),
]
SHAPES["leaf"] = [(1.6 * math.cos(t), 0.7 * math.sin(t) * (1 + 0.3 * math.cos(t))) for t in ROUND]


def _on_ellipse(wide: float, high: float, start: float = 0.0) -> Callable[[float, float], Pose]:
    return lambda u, a: Pose(
        wide * a * math.cos(2 * math.pi * u + start), high * a * math.sin(2 * math.pi * u + start)
    )


def _checks() -> np.ndarray:
    width, height = SIZE
    down, along = np.mgrid[:height, :width] // 48
    return np.repeat((228 - 18 * ((down + along) % 2))[..., None], 3, axis=2).astype(np.uint8)


def _glow() -> np.ndarray:
    width, height = SIZE
    down, along = np.mgrid[:height, :width]
    near = np.exp(-((along - width / 2) ** 2 + (down - height / 2) ** 2) / (2 * 150.0**2))[..., None]
    return (np.array([38, 44, 58]) + near * np.array([46, 38, 22])).astype(np.uint8)


BACKGROUNDS |= {"checks": _checks, "glow": _glow}

SCENES = [
    Scene("compasses", (
        Thing("arrow", 52, 0.0, lambda u, a: Pose(-70, 0, 75 * a * wave(u))),
        Thing("arrow", 40, 0.58, lambda u, a: Pose(75, 10, 200 * a * u)),
    ), period=2.4),
    Scene("beat", (
        Thing("heart", 42, 0.97, lambda u, a: Pose(
            0, 0, 0, 1 + 0.35 * a * (swing(u) + 0.5 * swing(2 * u)), 1 + 0.35 * a * (swing(u) + 0.5 * swing(2 * u)))),
    ), period=1.4),
    Scene("leaves", tuple(
        Thing("leaf", 17, 0.22 + 0.05 * k, lambda u, a, k=k: Pose(
            -140 + 70 * k + 26 * a * math.sin(2 * math.pi * u + k), -110 * a + 220 * a * ((u + 0.23 * k) % 1), 40 * a * wave(u)))
        for k in range(5)
    ), period=3.2),
    Scene("title", (
        Thing("text", 34, 0.05, lambda u, a: Pose(-70 * a + 140 * a * u, -50)),
        Thing("disc", 20, 0.5, lambda u, a: Pose(100 * a - 200 * a * u, 60)),
    ), period=1.8, alternate=True),
    Scene("lift", (
        Thing("card", 60, 0.62, lambda u, a: Pose(-80, 0, 0, 0.5, 0.9)),
        Thing("square", 20, 0.12, lambda u, a: Pose(60, 90 * a * wave(u))),
        Thing("square", 20, 0.35, lambda u, a: Pose(125, -90 * a * wave(u))),
    ), period=2.2),
    Scene("lamps", tuple(
        Thing("square", 22, 0.15 + 0.2 * k, lambda u, a, k=k: Pose(
            -105 + 70 * k, 0, alpha=1 - 0.8 * a * swing((u + 0.25 * k) % 1)))
        for k in range(4)
    ), period=1.6),
    Scene("coin", (
        Thing("disc", 44, 0.13, lambda u, a: Pose(
            0, -60 * a * swing(u), 0, 0.55 + 0.45 * math.cos(2 * math.pi * u * a), 1)),
    )),
    Scene("planets", (
        Thing("disc", 34, 0.1, _on_ellipse(12, 12)),
        Thing("disc", 13, 0.6, _on_ellipse(-110, -70)),
        Thing("star", 11, 0.8, _on_ellipse(150, 110, 1)),
    ), period=2.8),
    Scene("snake", tuple(
        Thing("disc", 13, 0.3 + 0.03 * k, lambda u, a, k=k: Pose(
            -130 + 44 * k, 60 * a * math.sin(2 * math.pi * u - 0.7 * k)))
        for k in range(7)
    )),
]  # fmt: skip

LOOKS = {
    "hue": Style(hue=0.55),
    "arrow": Style(shape="arrow", words="Bright idea"),
    "leaf": Style(shape="leaf", words="Yes we do"),
    "heart": Style(shape="heart", words="Long winding road"),
    "small": Style(size=0.75),
    "checks": Style(background="checks"),
    "glow": Style(background="glow"),
    "outline": Style(outline=True, font=cv2.FONT_HERSHEY_DUPLEX),
}
TIMING = {
    "fast": Pace(speed=1.5),
    "slow": Pace(speed=0.65),
    "delay": Pace(delay=0.35),
    "ease in": Pace(easing=1.7),
    "amplitude": Pace(amplitude=0.75),
    "turn": Pace(turn=30),
    "reverse": Pace(reverse=True),
}
LADDERS: dict[str, dict[str, list[Style] | list[Pace]]] = {
    "trajectory": {
        "faster": [Pace(speed=s) for s in (1.1, 1.3, 1.7, 2.3)],
        "slower": [Pace(speed=s) for s in (0.9, 0.7, 0.5, 0.3)],
        "delay": [Pace(delay=s) for s in (0.1, 0.2, 0.35, 0.5)],
        "easing": [Pace(easing=e) for e in (1.25, 1.6, 2.2, 3.0)],
        "amplitude": [Pace(amplitude=a) for a in (0.85, 0.65, 0.45, 0.25)],
        "turn": [Pace(turn=d) for d in (15, 40, 70, 120)],
    },
    "object-appearance": {
        "hue": [Style(hue=h) for h in (0.05, 0.11, 0.2, 0.32)],
        "size": [Style(size=s) for s in (0.9, 0.75, 0.6, 0.45)],
    },
}
