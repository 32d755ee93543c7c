from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from benchmark.demo.perturb import PERTURBATIONS, applies, write_perturbed
from benchmark.demo.source import ANIMATIONS, Animation, animations, properties, rewritten
from benchmark.validation.split import CHOSEN_ON, HELD_OUT, SEEN, UNSEEN, animation_named
from tests.demo_content.grid import captured, difference

LOOKS = (
    "--page",
    "--colour",
    "--font",
    "--spacing",
    "--size",
    "--round",
    "--stretch",
    "--suit",
    "--hill",
    "--post",
    "--gap",
    "--tooth",
    "--mark",
)
MOTION = (
    "--cycle", "--delay", "--stagger", "--order", "--ease", "--fade", "--direction", "--travel", "--swell", "--dip",
    "--bulge", "--bearing", "--play", "--at",
)  # fmt: skip
ALL = (*animations(), *animations(SEEN), *animations(UNSEEN))
CASES = [
    pytest.param(animation, name, id=f"{animation.name}-{name}")
    for animation in ALL
    for name in PERTURBATIONS
    if applies(animation, name)
]


def test_every_animation_is_on_one_side_of_the_split() -> None:
    names = [each.name for each in ALL]
    assert len(set(names)) == len(names), "no name hides another"
    assert [animation_named(name).name for name in CHOSEN_ON + HELD_OUT] == names


def test_a_held_out_animation_is_in_neither_set_that_was_chosen_on() -> None:
    assert HELD_OUT
    assert tuple(each.name for each in animations(UNSEEN)) == HELD_OUT
    sources = {path.read_bytes() for folder in (ANIMATIONS, SEEN) for path in folder.glob("*/src/style.css")}
    for name in HELD_OUT:
        assert name not in CHOSEN_ON
        assert not (ANIMATIONS / name).exists()
        assert not (SEEN / name).exists()
        assert (UNSEEN / name / "src" / "style.css").read_bytes() not in sources, (
            "nor is it one under another name"
        )


def test_every_perturbation_applies_on_both_sides_of_the_split() -> None:
    for name in PERTURBATIONS:
        for side in (CHOSEN_ON, HELD_OUT):
            assert any(applies(animation_named(one), name) for one in side), name


@pytest.mark.parametrize(("animation", "name"), CASES)
def test_every_level_changes_its_own_dimension_alone(animation: Animation, name: str, tmp_path: Path) -> None:
    perturbation, original = PERTURBATIONS[name], animation.properties
    styles = set()
    for level in range(1, len(perturbation.levels) + 1):
        page = write_perturbed(animation.folder, name, level, tmp_path / str(level))
        style = (page.parent / "style.css").read_text()
        changed = [key for key, value in properties(style).items() if original[key] != value]
        if perturbation.dimension == "appearance":
            assert changed
            assert all(key.startswith(LOOKS) for key in changed)
        elif perturbation.dimension == "motion":
            assert changed
            assert all(key.startswith(MOTION) for key in changed)
        styles.add(style)
    assert len(styles) == len(perturbation.levels), "no two levels are the same"


@pytest.mark.parametrize("animation", ALL, ids=lambda animation: animation.name)
def test_the_gravest_level_is_seen(animation: Animation, tmp_path: Path) -> None:
    """In captured pixels, within the first 1.2 s."""
    gravest = {
        name: partial(write_perturbed, animation.folder, name, len(perturbation.levels))
        for name, perturbation in PERTURBATIONS.items()
        if applies(animation, name)
    }
    grid = captured(animation, gravest, tmp_path, seconds=1.2, fps=5)
    reference = grid.clips["reference"]
    unseen = [name for name in gravest if difference(grid.clips[name], reference) < 0.05]
    assert unseen == []


def test_a_dropped_object_leaves_some(tmp_path: Path) -> None:
    page = write_perturbed(ANIMATIONS / "orbit", "dropped", 3, tmp_path / "orbit")
    assert ".orbit:nth-child(-n + 3 of .orbit)" in (page.parent / "style.css").read_text()
    page = write_perturbed(ANIMATIONS / "confetti", "dropped", 1, tmp_path / "confetti")
    assert "--count: 48;" in (page.parent / "style.css").read_text()


def test_easing_ends_at_linear(tmp_path: Path) -> None:
    write_perturbed(ANIMATIONS / "orbit", "easing", 4, tmp_path / "orbit")
    curve = properties((tmp_path / "orbit" / "style.css").read_text())["--ease"]
    assert curve == "cubic-bezier(0.3333, 0.3333, 0.6667, 0.6667)"
    write_perturbed(ANIMATIONS / "ticking", "easing", 4, tmp_path / "ticking")
    assert properties((tmp_path / "ticking" / "style.css").read_text())["--ease"] == "linear"


def test_order_ends_reversed(tmp_path: Path) -> None:
    write_perturbed(ANIMATIONS / "rolling", "order", 4, tmp_path)
    assert properties((tmp_path / "style.css").read_text())["--order"] == "7 6 5 4 3 2 1 0"


@pytest.mark.parametrize("turns", ["2 0 4 1 3", "0 0 0 1 1 1"], ids=["in no order", "some at once"])
def test_order_ends_reversed_wherever_it_begins(turns: str, tmp_path: Path) -> None:
    source = tmp_path / "rolling"
    shutil.copytree(ANIMATIONS / "rolling", source)
    style = source / "src" / "style.css"
    style.write_text(rewritten(style.read_text(), {"--order": turns}))
    write_perturbed(source, "order", 4, tmp_path / "out")
    ended = properties((tmp_path / "out" / "style.css").read_text())["--order"]
    assert ended.split() == turns.split()[::-1]


@pytest.mark.parametrize(
    ("animation", "name", "level", "sentence"),
    [
        ("orbit", "sparkle", 1, "no perturbation sparkle"),
        ("orbit", "colours", 5, "levels 1 to 4"),
        ("orbit", "colours", 0, "levels 1 to 4"),
        ("orbit", "fonts", 1, "nothing that fonts could change"),
    ],
)
def test_what_cannot_be_perturbed_is_refused(
    animation: str, name: str, level: int, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=sentence):
        write_perturbed(ANIMATIONS / animation, name, level, tmp_path / "out")
