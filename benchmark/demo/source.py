"""The demo animations as source: their description, and the custom properties that all of them are written with.

Every animation keeps what a designer would turn a knob for in the first `:root` rule of src/style.css, and
its script reads the same properties. A variation of an animation is a copy of its source with other values
there. The names mean the same in all of them:

looks: --page… backgrounds, --colour-N and other colours, --font and --spacing, --size, --round and --stretch of shapes
motion: --cycle, --delay, --stagger (times), --order (whose turn comes when), --ease, --direction, --travel, --swell,
    --dip and --bulge (amplitudes), --bearing (the way a path points), --play and --at (the moment shown first)

An animation has only those it needs; metadata.json adds under "wrong" the values that a thoroughly wrong
shape, font or path would have.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ANIMATIONS = Path(__file__).parent / "animations"
PRACTICE = Path(__file__).parent / "practice"

_ROOT = re.compile(r":root\s*\{(?P<body>[^}]*)\}")
_PROPERTY = re.compile(r"(?P<name>--[\w-]+)\s*:\s*(?P<value>[^;]+);")


@dataclass(frozen=True, slots=True)
class Animation:
    """One demo animation: `duration` and `still` in seconds, `still` being a moment that shows it well.

    `wrong` maps "shape", "font" and "path" to the values custom properties have at their most wrong.
    """

    name: str
    folder: Path
    title: str
    kind: str
    licence: str
    duration: float
    still: float
    wrong: Mapping[str, Mapping[str, str]]
    objects: tuple[str, int] | None  # the selector of objects that can be left out, and how many there are

    @property
    def page(self) -> Path:
        """The page a browser opens."""
        return self.folder / "src" / "index.html"

    @property
    def properties(self) -> dict[str, str]:
        """The custom properties it is written with, in their order."""
        return properties((self.folder / "src" / "style.css").read_text("utf-8"))


def animations(folder: Path = ANIMATIONS) -> tuple[Animation, ...]:
    """Every animation of a folder, by name."""
    return tuple(read_animation(path.parent) for path in sorted(folder.glob("*/metadata.json")))


def read_animation(folder: Path) -> Animation:
    """Reads metadata.json of an animation's folder."""
    data = json.loads((folder / "metadata.json").read_text("utf-8"))
    return Animation(
        name=folder.name,
        folder=folder,
        title=data["title"],
        kind=data["kind"],
        licence=data["licence"],
        duration=data["duration"],
        still=data["still"],
        wrong=data.get("wrong", {}),
        objects=(data["objects"]["selector"], data["objects"]["count"]) if "objects" in data else None,
    )


def properties(style: str) -> dict[str, str]:
    """The custom properties of a style sheet's first :root rule; raises ValueError without one."""
    root = _ROOT.search(style)
    if root is None:
        raise ValueError("The style sheet has no :root rule with custom properties.")
    return {match["name"]: match["value"].strip() for match in _PROPERTY.finditer(root["body"])}


def rewritten(style: str, changes: Mapping[str, str]) -> str:
    """The style sheet with other values in its first :root rule; raises ValueError for an unknown property."""
    unknown = changes.keys() - properties(style).keys()
    if unknown:
        raise ValueError(f"The style sheet has no property {', '.join(sorted(unknown))} to change.")

    def changed(match: re.Match[str]) -> str:
        return f"{match['name']}: {changes.get(match['name'], match['value'])};"

    root = _ROOT.search(style)
    assert root is not None
    start, end = root.span("body")
    return style[:start] + _PROPERTY.sub(changed, root["body"]) + style[end:]


def write_variation(animation: Animation, changes: Mapping[str, str], out_dir: Path, rules: str = "") -> Path:
    """Copies the source into `out_dir` with other values and `rules` after its style; returns its index.html."""
    style = rewritten((animation.folder / "src" / "style.css").read_text("utf-8"), changes)
    shutil.copytree(animation.folder / "src", out_dir, dirs_exist_ok=True)
    (out_dir / "style.css").write_text(style + rules, "utf-8")
    return out_dir / "index.html"
