"""Which animations parameters were chosen on, and which are held out for the claims.

The demonstration's animations and those in chosen_on/ were looked at while the metrics were made: chosen_on/ was
held out once, until what it gave was seen. Those in held_out/ were written for validation alone, by others who had not
seen the methods; claims are made on their first scores (docs/metrics.md). Whoever changes a metric after looking at what
they give moves them to chosen_on/ and takes new ones for the next claim.
"""

from __future__ import annotations

from pathlib import Path

from benchmark.demo.source import ANIMATIONS, Animation, animations, read_animation

SEEN = Path(__file__).parent / "chosen_on"
UNSEEN = Path(__file__).parent / "held_out"
_FOLDERS = {
    animation.name: animation.folder
    for folder in (ANIMATIONS, SEEN, UNSEEN)
    for animation in animations(folder)
}
CHOSEN_ON = tuple(name for name, folder in _FOLDERS.items() if folder.parent != UNSEEN)
HELD_OUT = tuple(name for name, folder in _FOLDERS.items() if folder.parent == UNSEEN)


def animation_named(name: str) -> Animation:
    """The animation of that name, from whichever side; raises KeyError where there is none."""
    return read_animation(_FOLDERS[name])
