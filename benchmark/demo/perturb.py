"""Graded perturbations of an animation's source, each of one dimension: the ground truth that metrics are validated on.

A level is 1 for the slightest up to `len(levels)` for the gravest. What a level means is the perturbation's
amount.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmark.demo import variation
from benchmark.demo.source import Animation, read_animation, write_variation
from benchmark.demo.variation import Changes


@dataclass(frozen=True, slots=True)
class Perturbation:
    """A way to get an animation wrong: `levels` are the amounts given to `make`, from slight to grave.

    `dimension` is the only one that a right metric may notice; "both" for an object left out, which is seen
    in either.
    """

    name: str
    title: str
    dimension: Literal["appearance", "motion", "both"]
    levels: tuple[float, ...]
    make: Callable[[Animation, float], Changes]


def _dropped(animation: Animation, share: float) -> Changes:
    count = animation.properties.get("--count")
    return {"--count": str(round(int(count) * (1 - share)))} if count else {}


PERTURBATIONS: dict[str, Perturbation] = {
    each.name: each
    for each in (
        Perturbation("colours", "Hue turned by degrees", "appearance", (25, 60, 100, 150), variation.hue),
        Perturbation("fonts", "Other type", "appearance", (0.25, 0.5, 0.75, 1), variation.font),
        Perturbation("sizes", "Objects smaller", "appearance", (0.9, 0.78, 0.64, 0.5), variation.size),
        Perturbation("shapes", "Other shapes", "appearance", (0.25, 0.5, 0.75, 1), variation.shape),
        Perturbation("backgrounds", "Other page", "appearance", (0.15, 0.4, 0.7, 1), variation.background),
        Perturbation("slower", "Times multiplied", "motion", (1.15, 1.4, 1.7, 2), variation.pace),
        Perturbation("faster", "Times multiplied", "motion", (0.87, 0.72, 0.6, 0.5), variation.pace),
        Perturbation(
            "delay", "Later by a share of the cycle", "motion", (0.05, 0.1, 0.18, 0.3), variation.delay
        ),
        Perturbation("easing", "Towards linear", "motion", (0.25, 0.5, 0.75, 1), variation.easing),
        Perturbation("direction", "Reversed", "motion", (1,), variation.reversal),
        Perturbation("path", "Other bearing", "motion", (0.25, 0.5, 0.75, 1), variation.path),
        Perturbation("amplitude", "Less far", "motion", (0.85, 0.65, 0.45, 0.25), variation.amplitude),
        Perturbation("order", "Pairs exchanged", "motion", (0.15, 0.4, 0.7, 1), variation.order),
        Perturbation("stagger", "Less stagger", "motion", (0.75, 0.5, 0.25, 0), variation.stagger),
        Perturbation("dropped", "Objects left out", "both", (0.25, 0.5, 0.75), _dropped),
        Perturbation("static", "Nothing moves", "motion", (1,), variation.still),
    )
}


def applies(animation: Animation, perturbation: str) -> bool:
    """Whether the animation has what the perturbation changes: type, a stagger, a path with a bearing, …"""
    made = _named(perturbation)
    if perturbation == "dropped" and animation.objects:
        return True
    return bool(made.make(animation, made.levels[-1]))


def write_perturbed(animation_dir: Path, perturbation: str, level: int, out_dir: Path) -> Path:
    """Writes the animation perturbed at a level, from 1, and returns its index.html.

    Raises ValueError for an unknown perturbation, a level it does not have, or an animation it does not apply
    to.
    """
    made, animation = _named(perturbation), read_animation(animation_dir)
    if not 1 <= level <= len(made.levels):
        raise ValueError(f"{perturbation} has the levels 1 to {len(made.levels)}, not {level}.")
    if not applies(animation, perturbation):
        raise ValueError(f"{animation.name} has nothing that {perturbation} could change.")
    amount = made.levels[level - 1]
    rules = _hidden(animation, amount) if perturbation == "dropped" else ""
    return write_variation(animation, made.make(animation, amount), out_dir, rules)


def _hidden(animation: Animation, share: float) -> str:
    """The rule that leaves a share of the objects out, the first ones, and never all."""
    if animation.objects is None:
        return ""
    selector, count = animation.objects
    gone = min(count - 1, max(1, round(share * count)))
    own = selector.split()[-1]
    return f"\n{selector}:nth-child(-n + {gone} of {own}) {{\n  visibility: hidden;\n}}\n"


def _named(perturbation: str) -> Perturbation:
    if perturbation not in PERTURBATIONS:
        raise ValueError(f"There is no perturbation {perturbation}; there are {', '.join(PERTURBATIONS)}.")
    return PERTURBATIONS[perturbation]
