"""What can be changed in an animation's custom properties, each by an amount; looks and motion never mixed.

Every function takes an animation and returns the properties to change. An empty mapping means that the
animation has nothing of the kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from benchmark.demo.colours import towards_opposite, turned
from benchmark.demo.source import Animation

Changes = dict[str, str]

AMPLITUDES = ("--travel", "--swell", "--dip", "--bulge")
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_TIME = re.compile(r"(-?[\d.]+)s")
_NUMBER = re.compile(r"(?P<number>-?[\d.]+)(?P<unit>[a-z%]*)")
_BEZIER = re.compile(r"cubic-bezier\((.+)\)")
_STEPS = re.compile(r"steps\((\d+)\)")
_STRAIGHT = (1 / 3, 1 / 3, 2 / 3, 2 / 3)  # the control points of a curve that is the diagonal
_FONTS = (
    'Georgia, "DejaVu Serif", "Liberation Serif", serif',
    'ui-monospace, "DejaVu Sans Mono", "Liberation Mono", monospace',
)


def hue(animation: Animation, degrees: float) -> Changes:
    """Turns the hue of everything but the page."""
    return {
        name: turned(value, degrees)
        for name, value in animation.properties.items()
        if _COLOUR.fullmatch(value) and not name.startswith("--page")
    }


def page_hue(animation: Animation, degrees: float) -> Changes:
    """Turns the hue of the page."""
    return {
        name: turned(value, degrees)
        for name, value in animation.properties.items()
        if _COLOUR.fullmatch(value) and name.startswith("--page")
    }


def background(animation: Animation, share: float) -> Changes:
    """Mixes the page with its opposite: a dark page becomes light, a warm one cold."""
    return {
        name: towards_opposite(value, share)
        for name, value in animation.properties.items()
        if _COLOUR.fullmatch(value) and name.startswith("--page")
    }


def size(animation: Animation, factor: float) -> Changes:
    """Makes the objects larger or smaller about their centres; their paths stay."""
    return _scaled(animation, ("--size",), factor)


def shape(animation: Animation, share: float) -> Changes:
    """Goes a share of the way to the wrong shape, 1 being all of it."""
    return _towards(animation, "shape", share)


def font(animation: Animation, share: float) -> Changes:
    """Wider spacing, from a half on another family too, from three quarters on a typewriter's."""
    changes = _towards(animation, "font", share)
    if changes and share >= 0.5:
        changes["--font"] = _FONTS[share >= 0.75]
    return changes


def pace(animation: Animation, factor: float) -> Changes:
    """Multiplies every time: 2 is half the speed."""
    return {
        name: f"{float(match[1]) * factor:.6g}s"
        for name, value in animation.properties.items()
        if (match := _TIME.fullmatch(value)) and name not in ("--delay", "--at")
    }


def delay(animation: Animation, share: float) -> Changes:
    """Starts everything later by a share of the cycle."""
    return {"--delay": f"{share * _seconds(animation, '--cycle'):.6g}s"}


def easing(animation: Animation, share: float) -> Changes:
    """Goes a share of the way from each timing function to the linear one."""
    changes = {}
    for name, value in animation.properties.items():
        if curve := _BEZIER.fullmatch(value):
            points = [float(point) for point in curve[1].split(",")]
            mixed = (point + share * (aim - point) for point, aim in zip(points, _STRAIGHT, strict=True))
            changes[name] = f"cubic-bezier({', '.join(f'{point:.4g}' for point in mixed)})"
        elif steps := _STEPS.fullmatch(value):
            changes[name] = "linear" if share >= 1 else f"steps({round(int(steps[1]) / (1 - share))})"
    return changes


def reversal(animation: Animation, _: float = 1) -> Changes:
    """Each object runs its own path backwards."""
    return {"--direction": "reverse"}


def path(animation: Animation, share: float) -> Changes:
    """Turns the paths a share of the way to their wrong bearing; the objects keep their look."""
    return _towards(animation, "path", share)


def amplitude(animation: Animation, factor: float) -> Changes:
    """Multiplies how far things move, turn their size or bend."""
    return _scaled(animation, AMPLITUDES, factor)


def stagger(animation: Animation, factor: float) -> Changes:
    """Multiplies the time between one object's start and the next one's: 0 is all together."""
    return _scaled(animation, ("--stagger",), factor)


def order(animation: Animation, share: float) -> Changes:
    """Exchanges neighbours' turns until a share of all pairs stands the other way round; 1 is the reverse.

    Fewer than five objects have too few pairs for levels that differ.
    """
    turns = [int(turn) for turn in animation.properties.get("--order", "").split()]
    if len(turns) < 5:
        return {}
    # By place, not by turn: turns may begin in any order, and some may be shared.
    places = list(range(len(turns)))
    left = round(share * len(turns) * (len(turns) - 1) / 2)
    while left:
        for k in range(len(places) - 1):
            if left and places[k] < places[k + 1]:
                places[k], places[k + 1] = places[k + 1], places[k]
                left -= 1
    return {"--order": " ".join(str(turns[place]) for place in places)}


def still(animation: Animation, _: float = 1) -> Changes:
    """Nothing moves: the moment that shows the animation well."""
    return {"--play": "paused", "--at": f"{animation.still:g}s"}


def together(*parts: tuple[Callable[[Animation, float], Changes], float]) -> Callable[[Animation], Changes]:
    """Several changes at once, each with its amount."""

    def changes(animation: Animation) -> Changes:
        return {name: value for part, amount in parts for name, value in part(animation, amount).items()}

    return changes


def _seconds(animation: Animation, name: str) -> float:
    match = _TIME.fullmatch(animation.properties[name])
    if match is None:
        raise ValueError(f"{animation.name}: {name} is not a time in seconds.")
    return float(match[1])


def _scaled(animation: Animation, names: tuple[str, ...], factor: float) -> Changes:
    """The named properties times a factor, where the animation has them and they are not 0."""
    found = {name: value for name, value in animation.properties.items() if name in names}
    return {name: _number(value, factor) for name, value in found.items()}


def _towards(animation: Animation, kind: str, share: float) -> Changes:
    """The properties that metadata names under a kind, a share of the way to their wrong values."""
    wrong: Mapping[str, str] = animation.wrong.get(kind, {})
    changes = {}
    for name, value in wrong.items():
        match = _NUMBER.fullmatch(value)
        if match is None:
            raise ValueError(f"{animation.name}: {value!r} is no number with a unit.")
        aim, share_left = float(match["number"]) * share, 1 - share
        changes[name] = _number(animation.properties[name], share_left, aim)
    return changes


def _number(value: str, factor: float, shift: float = 0) -> str:
    """The value with its number multiplied and shifted, its unit kept."""
    match = _NUMBER.fullmatch(value)
    if match is None:
        raise ValueError(f"{value!r} is no number with a unit.")
    return f"{float(match['number']) * factor + shift:.6g}{match['unit']}"
