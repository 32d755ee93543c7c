"""Animations drawn for the tests, whose looks and timing are perturbed apart from each other, by level.

A scene is things with poses over a phase in [0, 1). `Style` changes only what things look like, `Pace` only
how they move. Parameters of the metrics were chosen on the scenes in CHOSEN_ON; those in HELD_OUT were not looked
at for it.
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
    background: str = "light"  # light, dark, gradient, photo
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
]

HELD_OUT = [
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
SCENES = {scene.name: scene for scene in CHOSEN_ON + HELD_OUT}


def frames(
    scene: Scene, style: Style = PLAIN, pace: Pace = STEADY, seconds: float = SECONDS, fps: float = FPS
) -> Iterator[np.ndarray]:
    background = _background(style.background)
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


def _background(kind: str) -> np.ndarray:
    width, height = SIZE
    if kind == "gradient":
        ramp = (
            np.linspace(0, 1, width)[None, :, None] * (1, 1, 1) + np.linspace(0, 0.5, height)[:, None, None]
        )
        return (np.array([235, 225, 250]) - 55 * ramp * (1, 0.5, 0.2)).clip(0, 255).astype(np.uint8)
    if kind == "photo":
        rng = np.random.default_rng(5)
        coarse = rng.uniform(150, 235, (12, 16, 3)).astype(np.float32)
        fine = rng.normal(0, 10, (height // 2, width // 2, 1)).astype(np.float32)
        picture = cv2.resize(coarse, SIZE, interpolation=cv2.INTER_CUBIC) + cv2.resize(fine, SIZE)[..., None]
        return picture.clip(0, 255).astype(np.uint8)
    return np.full((height, width, 3), {"light": 245, "dark": 24}[kind], np.uint8)


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


LOOKS: dict[str, list[Style]] = {
    "colour": [Style(hue=h) for h in (0.08, 0.2, 0.45)],
    "shape": [
        Style(shape="hexagon", words="Hello there"),
        Style(shape="triangle", words="Other text"),
        Style(shape="plus", words="Quite other"),
    ],
    "size": [Style(size=s) for s in (0.85, 0.7, 0.55)],
    "dark": [Style(background="dark")],
    "gradient": [Style(background="gradient")],
    "photo": [Style(background="photo")],
    "outline": [Style(outline=True, font=cv2.FONT_HERSHEY_TRIPLEX)],
    "all": [Style(hue=0.3, shape="triangle", size=0.8, background="dark", words="Other text")],
}  # fmt: skip
TIMING: dict[str, list[Pace]] = {
    "speed": [Pace(speed=s) for s in (1.25, 1.6, 2.2)],
    "slow": [Pace(speed=s) for s in (0.8, 0.6, 0.4)],
    "delay": [Pace(delay=s) for s in (0.25, 0.5, 1.0)],
    "easing": [Pace(easing=e) for e in (1.3, 1.8, 3.0)],
    "amplitude": [Pace(amplitude=a) for a in (0.75, 0.5, 0.25)],
    "turn": [Pace(turn=d) for d in (25, 60, 110)],
    "reverse": [Pace(reverse=True)],
    "static": [Pace(still=True)],
}
