from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmark.demo.source import Animation, animations, properties, rewritten, write_variation
from benchmark.validation.split import CHOSEN_ON, HELD_OUT, animation_named

ALL = pytest.mark.parametrize(
    "animation",
    [animation_named(name) for name in CHOSEN_ON + HELD_OUT],
    ids=lambda animation: animation.name,
)


def test_there_are_enough_animations_of_many_kinds() -> None:
    kinds = " ".join(animation.kind for animation in animations())
    assert len(animations()) >= 14
    for technique in (
        "CSS keyframes", "steps", "delays", "transitions", "Web Animations", "canvas", "requestAnimationFrame", "SMIL",
        "timers", "3-D", "text", "loader", "several objects", "morphing", "particles", "gradient",
    ):  # fmt: skip
        assert technique in kinds, technique


@ALL
def test_it_is_short_and_ours(animation: Animation) -> None:
    assert 2 <= animation.duration <= 4
    assert 0 <= animation.still < animation.duration
    assert animation.licence == "GPL-3.0-or-later"
    assert animation.title


@ALL
def test_it_asks_for_nothing_from_elsewhere(animation: Animation) -> None:
    for path in (animation.folder / "src").iterdir():
        text = path.read_text("utf-8")
        assert not re.search(r"https?:|//\w|@import|\burl\(|fetch\(|XMLHttp|WebSocket", text), path
    assert sorted(path.name for path in (animation.folder / "src").iterdir()) == [
        "index.html",
        "script.js",
        "style.css",
    ]


@ALL
def test_every_property_is_used(animation: Animation) -> None:
    source = animation.folder / "src"
    style = (source / "style.css").read_text()
    body = style[style.index("}", style.index(":root")) :] + (source / "index.html").read_text()
    script = (source / "script.js").read_text()
    for name in animation.properties:
        numbered = re.sub(r"-\d$", "-${", name)  # read(`--colour-${n}`)
        assert f"var({name}" in body + script or f'"{name}"' in script or numbered in script, name


@ALL
def test_it_has_a_cycle_that_fits_its_duration(animation: Animation) -> None:
    assert animation.properties["--cycle"] == f"{animation.duration:g}s"


@ALL
def test_what_is_named_wrong_is_a_property_of_it(animation: Animation) -> None:
    for kind, values in animation.wrong.items():
        assert kind in ("shape", "font", "path")
        assert values.keys() <= animation.properties.keys()
        assert all(animation.properties[name] != value for name, value in values.items())
    assert "shape" in animation.wrong


def test_a_style_sheet_is_changed_in_its_root_rule_alone() -> None:
    style = ":root {\n  --size: 3px;\n  --ease: cubic-bezier(0, 0, 1, 1);\n}\n.dot {\n  --size: 9px;\n}\n"
    assert properties(style) == {"--size": "3px", "--ease": "cubic-bezier(0, 0, 1, 1)"}
    assert rewritten(style, {"--size": "5px"}) == style.replace("3px", "5px")
    assert rewritten(style, {}) == style


def test_an_unknown_property_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no property --sizes"):
        write_variation(animations()[0], {"--sizes": "3px"}, tmp_path)


def test_a_style_sheet_without_properties_is_refused() -> None:
    with pytest.raises(ValueError, match="no :root rule"):
        properties("body { margin: 0 }")


@ALL
def test_its_description_is_plain_json(animation: Animation) -> None:
    data = json.loads((animation.folder / "metadata.json").read_text())
    assert {"title", "kind", "licence", "author", "duration"} <= data.keys()
