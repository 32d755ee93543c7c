"""Datasets as published: which folder is an animation, which a system's answer. No database; reads folders and tables.

Two layouts, as of the Animation2Code benchmark:

    dataset     NAME/metadata.json, NAME/src/index.html (with what it needs), NAME/animation.mp4
    baselines   ground_truth/NAME.mp4, SYSTEM/RUN/NAME/animation_30fps.mp4 (or its source, src/index.html), and a table
                (CSV: name, animation_exists) in the system's or the run's folder
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

GROUND_TRUTH = "ground_truth"
CLIPS = ("animation_30fps.mp4", "animation.mp4")
PAGES = ("src/index.html", "index.html")
YES, NO = {"true", "1", "yes"}, {"false", "0", "no", ""}


class LayoutRefused(ValueError):
    """The folder holds no dataset we know; the text says what was looked for and what to do."""


@dataclass(frozen=True)
class FoundItem:
    """A reference or an answer: its page, its clip, or neither when the system is known to have given none."""

    name: str
    page: Path | None = None
    clip: Path | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    exists: bool = True


@dataclass(frozen=True)
class FoundSystem:
    name: str
    setting: dict[str, str]
    answers: tuple[FoundItem, ...]


@dataclass(frozen=True)
class FoundDataset:
    layout: Literal["dataset", "baselines"]
    references: tuple[FoundItem, ...]
    systems: tuple[FoundSystem, ...]


def read_layout(folder: Path) -> FoundDataset:
    """What lies in `folder`. Raises LayoutRefused for an unknown layout, a broken metadata.json or a faulty table."""
    if not folder.is_dir():
        raise LayoutRefused(f"There is no folder {folder}: give the folder of a dataset.")
    if (folder / GROUND_TRUTH).is_dir():
        return _baselines(folder)
    references = tuple(
        FoundItem(path.name, page=_first(path, PAGES), clip=_first(path, CLIPS), metadata=_metadata(path))
        for path in _folders(folder)
        if _first(path, PAGES) or _first(path, CLIPS)
    )
    if not references:
        raise LayoutRefused(
            f"{folder} holds neither NAME/src/index.html or NAME/animation.mp4, nor ground_truth/NAME.mp4: "
            "give the folder that has the animations directly below it."
        )
    return FoundDataset("dataset", references, ())


def _baselines(folder: Path) -> FoundDataset:
    references = tuple(
        FoundItem(path.stem, clip=path) for path in sorted((folder / GROUND_TRUTH).glob("*.mp4"))
    )
    if not references:
        raise LayoutRefused(f"{folder / GROUND_TRUTH} holds no NAME.mp4: put the references there.")
    known = {item.name for item in references}
    systems = []
    for system in _folders(folder):
        if system.name == GROUND_TRUTH:
            continue
        runs = [run for run in _folders(system) if _answers(run)]
        for run in runs:
            name = system.name if len(runs) == 1 else f"{system.name}-{run.name}"
            tables = [
                *sorted(run.glob("*.csv")),
                *sorted(system.glob("*.csv")),
                folder / f"{system.name}.csv",
            ]
            exists = _table(next((path for path in tables if path.is_file()), None))
            found = {path.name: path for path in _answers(run)}
            names = sorted((set(found) | set(exists)) & known)
            answers = tuple(_answer(name, found.get(name), exists.get(name)) for name in names)
            systems.append(FoundSystem(name[:120], {"run": run.name}, answers))
    return FoundDataset("baselines", references, tuple(systems))


def _answer(name: str, folder: Path | None, exists: bool | None) -> FoundItem:
    if folder is None or exists is False:
        return FoundItem(name, exists=False)
    return FoundItem(name, page=_first(folder, PAGES), clip=_first(folder, CLIPS))


def _answers(run: Path) -> list[Path]:
    return [path for path in _folders(run) if _first(path, CLIPS) or _first(path, PAGES)]


def _table(path: Path | None) -> dict[str, bool]:
    """Name → whether the system gave an animation; empty without a table."""
    if path is None:
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        if not {"name", "animation_exists"} <= set(table.fieldnames or ()):
            raise LayoutRefused(
                f"{path} lacks the columns name and animation_exists: it must say which answers exist."
            )
        told = {}
        for row in table:
            said = (row["animation_exists"] or "").strip().lower()
            if said not in YES | NO:
                raise LayoutRefused(
                    f"Line {table.line_num} of {path} says “{said}” in animation_exists: write true or false."
                )
            told[Path((row["name"] or "").strip()).stem] = said in YES
    return told


def _metadata(folder: Path) -> dict[str, Any]:
    path = folder / "metadata.json"
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text("utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise LayoutRefused(f"{path} is not JSON ({error}): correct or remove it.") from error
    if not isinstance(data, dict):
        raise LayoutRefused(f"{path} must hold one JSON object: correct or remove it.")
    return data


def _first(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
