"""Animations drawn for the tests, whose looks and timing are perturbed apart from each other, by level.

A scene is things with poses over a phase in [0, 1). `Style` changes only what things look like, `Pace` only
how they move. Parameters of the metrics were chosen on these scenes; those they are judged by are in held_out.py.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from benchmark.video.encode import Encoder

SIZE = (512, 384)
FPS = 30
SECONDS = 3.0


@dataclass(frozen=True)
class Style:
    hue: float = 0.0  # turns of the colour wheel
    shape: str | None = None
    size: float = 1.0
    background: str = "light"  # one of BACKGROUNDS
    outline: bool = False
    words: str | None = None
    font: int = cv2.FONT_HERSHEY_SIMPLEX


@dataclass(frozen=True)
class Pace:
    speed: float = 1.0
    delay: float = 0.0  # s
    easing: float = 1.0  # exponent of progress
    reverse: bool = False
    amplitude: float = 1.0
    turn: float = 0.0  # degrees by which paths are turned about the middle
    still: bool = False
    dropped: int = 0  # so many things do not move
    shift: tuple[float, float] = (0.0, 0.0)  # px on the page


PLAIN, STEADY = Style(), Pace()


@dataclass(frozen=True)
class Pose:
    x: float = 0.0  # px from the middle
    y: float = 0.0
    angle: float = 0.0  # degrees
    wide: float = 1.0
    high: float = 1.0
    alpha: float = 1.0
    hue: float = 0.0


@dataclass(frozen=True)
class Thing:
    shape: str
    size: float  # px
    hue: float
    pose: Callable[[float, float], Pose]  # of phase and amplitude


@dataclass(frozen=True)
class Scene:
    name: str
    things: tuple[Thing, ...]
    period: float = 2.0
    alternate: bool = False


SHAPES: dict[str, list[tuple[float, float]]] = {
    "square": [(-1, -1), (1, -1), (1, 1), (-1, 1)],
    "bar": [(-1.6, -0.4), (1.6, -0.4), (1.6, 0.4), (-1.6, 0.4)],
    "triangle": [(0, -1.3), (1.2, 0.9), (-1.2, 0.9)],
    "star": [
        (math.sin(k * math.pi / 5) * reach, -math.cos(k * math.pi / 5) * reach)
        for k in range(10)
        for reach in [0.6 if k % 2 else 1.4]
    ],
    "disc": [(math.cos(k * math.pi / 24) * 1.13, math.sin(k * math.pi / 24) * 1.13) for k in range(48)],
    "card": [(-1.5, -1), (1.5, -1), (1.5, 1), (-1.5, 1)],
    "hexagon": [(math.cos(k * math.pi / 3) * 1.2, math.sin(k * math.pi / 3) * 1.2) for k in range(6)],
    "arc": [(math.cos(a) * 1.4, math.sin(a) * 1.4) for a in np.linspace(0, 1.6, 16)]
    + [(math.cos(a) * 1.05, math.sin(a) * 1.05) for a in np.linspace(1.6, 0, 16)],
    "plus": [
        (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4),
        (0.4, 1.2), (-0.4, 1.2), (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4),
    ],
}  # fmt: skip
SHAPES["gear"] = [
    (math.cos(2 * math.pi * (k + part) / 9) * reach, math.sin(2 * math.pi * (k + part) / 9) * reach)
    for k in range(9)
    for part, reach in ((0, 1.3), (0.3, 1.3), (0.4, 0.95), (0.9, 0.95))
]
SHAPES["drop"] = [(0, -1.7)] + [
    (math.cos(a), math.sin(a) + 0.2) for a in np.linspace(-0.45, math.pi + 0.45, 24)
]
SHAPES["pill"] = [(math.cos(a) * 0.6 + 0.9, math.sin(a) * 0.6) for a in np.linspace(-1.57, 1.57, 14)] + [
    (math.cos(a) * 0.6 - 0.9, math.sin(a) * 0.6) for a in np.linspace(1.57, 4.71, 14)
]


def wave(u: float) -> float:
    return math.sin(2 * math.pi * u)


def swing(u: float) -> float:
    """0 → 1 → 0."""
    return 0.5 - 0.5 * math.cos(2 * math.pi * u)


def _orbit(radius: float, start: float = 0.0) -> Callable[[float, float], Pose]:
    def pose(u: float, a: float) -> Pose:
        angle = 2 * math.pi * (u + start)
        return Pose(radius * a * math.cos(angle), radius * a * math.sin(angle))

    return pose


def _particle(k: int) -> Callable[[float, float], Pose]:
    rng = np.random.default_rng(100 + k)
    angle, reach, start = rng.uniform(0, 2 * math.pi), rng.uniform(60, 150), rng.uniform(0, 1)

    def pose(u: float, a: float) -> Pose:
        v = (u + start) % 1
        return Pose(math.cos(angle) * reach * v * a, math.sin(angle) * reach * v * a, alpha=1 - 0.7 * v)

    return pose


CHOSEN_ON = [
    Scene("slide", (Thing("square", 28, 0.6, lambda u, a: Pose(-150 * a + 300 * a * u)),), alternate=True),
    Scene("spin", (Thing("square", 50, 0.05, lambda u, a: Pose(angle=360 * u * a)),)),
    Scene(
        "orbit",
        (Thing("disc", 18, 0.35, _orbit(90)), Thing("square", 30, 0.0, lambda u, a: Pose(angle=90 * u * a))),
    ),
    Scene(
        "bounce",
        tuple(
            Thing(
                "disc",
                16,
                0.1 + 0.2 * k,
                lambda u, a, k=k: Pose(60 * (k - 1), -70 * a * swing((u + 0.12 * k) % 1)),
            )  # type: ignore[misc]
            for k in range(3)
        ),
        period=1.0,
    ),
    Scene(
        "pulse",
        (
            Thing(
                "disc", 40, 0.9, lambda u, a: Pose(wide=1 + 0.6 * a * swing(u), high=1 + 0.6 * a * swing(u))
            ),
        ),
    ),
    Scene("fade", (Thing("star", 50, 0.15, lambda u, a: Pose(alpha=1 - 0.95 * a * swing(u))),)),
    Scene("ring", (Thing("arc", 40, 0.55, lambda u, a: Pose(angle=360 * u * a)),), period=1.0),
    Scene(
        "pendulum",
        (
            Thing(
                "bar",
                40,
                0.75,
                lambda u, a: Pose(
                    80 * math.sin(0.9 * a * wave(u)), 80 * math.cos(0.9 * a * wave(u)), -50 * a * wave(u)
                ),
            ),
        ),
    ),
    Scene(
        "flip",
        (
            Thing("card", 38, 0.0, lambda u, a: Pose(-100, 0, wide=1 - a + a * math.cos(math.pi * 2 * u))),
            Thing(
                "card",
                38,
                0.5,
                lambda u, a: Pose(100, 0, high=1 - a + a * math.cos(math.pi * 2 * (u + 0.25))),
            ),
        ),
    ),
    Scene("words", (Thing("text", 30, 0.62, lambda u, a: Pose(0, -90 * a + 180 * a * u)),), alternate=True),
    Scene(
        "crossing",
        (
            Thing("disc", 24, 0.0, lambda u, a: Pose(-140 * a + 280 * a * u, -10)),
            Thing("square", 24, 0.4, lambda u, a: Pose(140 * a - 280 * a * u, 10)),
        ),
        alternate=True,
    ),
    Scene("particles", tuple(Thing("disc", 5, k / 20, _particle(k)) for k in range(20))),
    Scene("colours", (Thing("hexagon", 60, 0.0, lambda u, a: Pose(hue=0.5 * a * swing(u))),)),
    Scene(
        "bars",
        tuple(
            Thing(
                "square",
                14,
                0.58,
                lambda u, a, k=k: Pose(-80 + 40 * k, 0, high=1 + 2.2 * a * swing((u + 0.15 * k) % 1)),
            )  # type: ignore[misc]
            for k in range(5)
        ),
        period=1.2,
    ),
    Scene(
        "travel",
        (
            Thing("triangle", 26, 0.12, lambda u, a: Pose(-130 * a + 260 * a * u, 50, 360 * u * a)),
            Thing("plus", 30, 0.8, lambda u, a: Pose(0, -70, -180 * u * a)),
        ),
        period=3.0,
    ),
    Scene(
        "dots",
        tuple(
            Thing(
                "disc",
                9,
                0.6,
                lambda u, a, k=k: replace(_orbit(60, k / 10)(0, 1), alpha=1 - 0.85 * a * ((u + k / 10) % 1)),
            )  # type: ignore[misc]
            for k in range(10)
        ),
        period=1.0,
    ),
]
SEEN_LATER = [
    Scene("seesaw", (
        Thing("bar", 62, 0.08, lambda u, a: Pose(0, 20, -18 * a * wave(u))),
        Thing("disc", 17, 0.55, lambda u, a: Pose(
            75 * a * wave(u), -22 + 75 * a * wave(u) * math.sin(math.radians(18 * a * wave(u))))),
    )),
    Scene("gears", (
        Thing("gear", 44, 0.1, lambda u, a: Pose(-62, 0, 120 * a * u)),
        Thing("gear", 30, 0.62, lambda u, a: Pose(58, -20, -180 * a * u)),
    ), alternate=True),
    Scene("breathe", (
        Thing("star", 34, 0.78, lambda u, a: Pose(
            0, 0, 72 * u * a, 1 + 0.7 * a * swing(u), 1 + 0.7 * a * swing(u))),
    )),
    Scene("caption", (
        Thing("text", 26, 0.93, lambda u, a: Pose(-90 * a * math.cos(2 * math.pi * u), 40 * a * wave(u))),
    ), period=2.6),
    Scene("rain", tuple(
        Thing("pill", 9, 0.56, lambda u, a, k=k: Pose(
            -150 + 33 * k, a * (-130 + 260 * ((u + 0.37 * k) % 1)), 90))
        for k in range(10)
    ), period=1.6),
    Scene("signal", tuple(
        Thing("disc", 30, 0.0, lambda u, a, k=k: Pose(
            0, -80 + 80 * k, hue=0.33 * a * swing((u + k / 3) % 1)))
        for k in range(3)
    )),
    Scene("tumble", (
        Thing("card", 42, 0.48, lambda u, a: Pose(
            -60 + 120 * a * u, 0, 40 * a * wave(u), 1, 0.6 + 0.4 * math.cos(2 * math.pi * u * a))),
    ), alternate=True),
    Scene("hopper", (
        Thing("drop", 26, 0.02, lambda u, a: Pose(
            -120 * a + 240 * a * u, -80 * a * abs(math.sin(2 * math.pi * u)), 0,
            1 - 0.2 * a * math.cos(4 * math.pi * u), 1 + 0.2 * a * math.cos(4 * math.pi * u))),
        Thing("square", 22, 0.35, lambda u, a: Pose(120 - 30 * a * wave(u), 70)),
    ), period=2.4, alternate=True),
    Scene("train", tuple(
        Thing("card", 15, 0.7 + 0.06 * k, lambda u, a, k=k: Pose(
            160 * math.sin(2 * math.pi * u - 0.42 * k) * a, 60 * math.sin(4 * math.pi * u - 0.84 * k) * a))
        for k in range(4)
    ), period=3.0),
]  # fmt: skip
SCENES = {scene.name: scene for scene in CHOSEN_ON + SEEN_LATER}


def frames(
    scene: Scene, style: Style = PLAIN, pace: Pace = STEADY, seconds: float = SECONDS, fps: float = FPS
) -> Iterator[np.ndarray]:
    background = BACKGROUNDS[style.background]()
    for moment in range(round(seconds * fps)):
        picture = background.copy()
        for number, thing in enumerate(scene.things):
            frozen = pace.still or number >= len(scene.things) - pace.dropped
            pose = thing.pose(_phase(scene, pace, 0.0 if frozen else moment / fps), pace.amplitude)
            _draw(picture, thing, pose, style, pace)
        yield picture


def write(
    path: Path,
    scene: Scene,
    style: Style = PLAIN,
    pace: Pace = STEADY,
    seconds: float = SECONDS,
    fps: float = FPS,
) -> Path:
    return write_frames(path, frames(scene, style, pace, seconds, fps), fps)


def write_frames(path: Path, pictures: Iterator[np.ndarray], fps: float = FPS) -> Path:
    first = next(pictures)
    with Encoder(path, fps=fps, size=(first.shape[1], first.shape[0]), kind="playable") as encoder:
        encoder.write(first)
        for picture in pictures:
            encoder.write(picture)
    return path


def _phase(scene: Scene, pace: Pace, second: float) -> float:
    rounds = max(0.0, second - pace.delay) * pace.speed / scene.period
    u = rounds % 1
    if scene.alternate:
        u = 1 - abs((rounds % 2) - 1)
    u = u**pace.easing
    return (1 - u) if pace.reverse else u


def _gradient() -> np.ndarray:
    width, height = SIZE
    ramp = np.linspace(0, 1, width)[None, :, None] * (1, 1, 1) + np.linspace(0, 0.5, height)[:, None, None]
    return (np.array([235, 225, 250]) - 55 * ramp * (1, 0.5, 0.2)).clip(0, 255).astype(np.uint8)


def _photo() -> np.ndarray:
    width, height = SIZE
    rng = np.random.default_rng(5)
    coarse = rng.uniform(150, 235, (12, 16, 3)).astype(np.float32)
    fine = rng.normal(0, 10, (height // 2, width // 2, 1)).astype(np.float32)
    picture = cv2.resize(coarse, SIZE, interpolation=cv2.INTER_CUBIC) + cv2.resize(fine, SIZE)[..., None]
    return picture.clip(0, 255).astype(np.uint8)


def _plain(level: int) -> np.ndarray:
    return np.full((SIZE[1], SIZE[0], 3), level, np.uint8)


BACKGROUNDS: dict[str, Callable[[], np.ndarray]] = {
    "light": lambda: _plain(245),
    "dark": lambda: _plain(24),
    "gradient": _gradient,
    "photo": _photo,
}


def _draw(picture: np.ndarray, thing: Thing, pose: Pose, style: Style, pace: Pace) -> None:
    turn = math.radians(pace.turn)
    x = pose.x * math.cos(turn) - pose.y * math.sin(turn) + SIZE[0] / 2 + pace.shift[0]
    y = pose.x * math.sin(turn) + pose.y * math.cos(turn) + SIZE[1] / 2 + pace.shift[1]
    rgb = [255 * c for c in colorsys.hsv_to_rgb((thing.hue + style.hue + pose.hue) % 1, 0.8, 0.85)]
    mask = np.zeros(picture.shape[:2], np.uint8)
    size = thing.size * style.size
    if thing.shape == "text":
        _write(mask, style.words or "Hello motion", x, y, size, style.font)
    else:
        corners = np.array(SHAPES[style.shape or thing.shape]) * (pose.wide, pose.high) * size
        angle = math.radians(pose.angle)
        rotation = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        points = ((corners @ rotation + (x, y)) * 256).round().astype(np.int32)
        if style.outline:
            cv2.polylines(mask, [points], True, 255, max(2, round(size / 6)), cv2.LINE_AA, shift=8)
        else:
            cv2.fillPoly(mask, [points], 255, cv2.LINE_AA, shift=8)
    left, top, width, height = cv2.boundingRect(mask)
    here = np.s_[top : top + height, left : left + width]
    alpha = (mask[here].astype(np.float32) / 255 * pose.alpha)[..., None]
    picture[here] = (picture[here] * (1 - alpha) + np.array(rgb, np.float32) * alpha).round().astype(np.uint8)


def _write(mask: np.ndarray, words: str, x: float, y: float, size: float, font: int) -> None:
    scale = size / 22
    (width, height), _ = cv2.getTextSize(words, font, scale, 2)
    big = np.zeros((mask.shape[0] * 2, mask.shape[1] * 2), np.uint8)
    at = round(2 * (x - width / 2)), round(2 * (y + height / 2))
    cv2.putText(big, words, at, font, scale * 2, 255, 4, cv2.LINE_AA)
    mask[:] = cv2.resize(big, (mask.shape[1], mask.shape[0]), interpolation=cv2.INTER_AREA)
