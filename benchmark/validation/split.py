"""Which animations parameters were chosen on, and which are held out for the claims.

The demonstration's animations are those that were looked at while the metrics were made. Those in the folder beside
this module were written for validation alone, after the methods stood, and nobody looked at what they give before.
"""

from __future__ import annotations

from pathlib import Path

from benchmark.demo.source import ANIMATIONS, Animation, animations, read_animation

FOLDER = Path(__file__).parent / "animations"
CHOSEN_ON = tuple(animation.name for animation in animations())
HELD_OUT = tuple(animation.name for animation in animations(FOLDER))


def animation_named(name: str) -> Animation:
    return read_animation((FOLDER if name in HELD_OUT else ANIMATIONS) / name)
