"""Openly synthetic systems: each makes one kind of mistake in every animation, so that a demo has known truths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmark.demo import variation
from benchmark.demo.source import Animation, read_animation, write_variation
from benchmark.demo.variation import Changes, together

Changed = Literal["appearance", "motion", "both", "little"]


@dataclass(frozen=True, slots=True)
class SyntheticSystem:
    """A system made up for the demo; `changes` says which dimension its reconstructions get wrong."""

    name: str
    title: str
    description: str
    changes: Changed
    make: Callable[[Animation], Changes]


SYSTEMS: tuple[SyntheticSystem, ...] = (
    SyntheticSystem(
        "faithful",
        "Faithful (synthetic)",
        "Almost right: 3 % smaller and a slightly other hue.",
        "little",
        together((variation.size, 0.97), (variation.hue, 8)),
    ),
    SyntheticSystem(
        "recoloured",
        "Wrong colours (synthetic)",
        "Every colour's hue turned by 150 degrees; shapes and motion are right.",
        "appearance",
        together((variation.hue, 150), (variation.page_hue, 150)),
    ),
    SyntheticSystem(
        "reshaped",
        "Wrong shapes (synthetic)",
        "Corners and proportions of every shape changed; colours and motion are right.",
        "appearance",
        together((variation.shape, 1)),
    ),
    SyntheticSystem(
        "half-speed",
        "Half speed (synthetic)",
        "Everything takes twice as long; the look is right.",
        "motion",
        together((variation.pace, 2)),
    ),
    SyntheticSystem(
        "linear",
        "Linear easing (synthetic)",
        "The right paths at a constant speed; the look is right.",
        "motion",
        together((variation.easing, 1)),
    ),
    SyntheticSystem(
        "reversed",
        "Reversed path (synthetic)",
        "Every object runs its path backwards; the look is right.",
        "motion",
        together((variation.reversal, 1)),
    ),
    SyntheticSystem(
        "static",
        "Static (synthetic)",
        "The right look, and nothing moves.",
        "motion",
        together((variation.still, 1)),
    ),
)


def write_reconstruction(animation_dir: Path, system: str, out_dir: Path) -> Path:
    """Writes a system's answer to an animation (a folder with metadata.json and src/) and returns its index.html.

    Raises ValueError for a system that is not one of SYSTEMS.
    """
    made = {each.name: each.make for each in SYSTEMS}
    if system not in made:
        raise ValueError(f"There is no synthetic system {system}; there are {', '.join(made)}.")
    animation = read_animation(animation_dir)
    return write_variation(animation, made[system](animation), out_dir)
