"""Making the observations: perturb the source, capture it by the real pipeline, score it. Resumable."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path

from benchmark.capture import capture_to_clip
from benchmark.demo.perturb import PERTURBATIONS, applies, write_perturbed
from benchmark.metrics import FeatureCache, registry, score, weights
from benchmark.processes import side_by_side
from benchmark.validation.observations import Observation, Store, of_versions_here
from benchmark.validation.split import CHOSEN_ON, HELD_OUT, animation_named

Progress = Callable[[int, int, str], None]


class ValidationRefused(ValueError):
    """What was asked for does not exist; the text says what does."""


@dataclass(frozen=True)
class Task:
    animation: str
    perturbation: str
    level: int


def tasks(animations: Sequence[str] | None = None, perturbations: Sequence[str] | None = None) -> list[Task]:
    """Every level of every perturbation of every animation it applies to. ValidationRefused for unknown names."""
    chosen = _known(animations, (*HELD_OUT, *CHOSEN_ON), "animation")
    ways = _known(perturbations, tuple(PERTURBATIONS), "perturbation")
    found = []
    for name in chosen:
        animation = animation_named(name)
        for way in ways:
            if applies(animation, way):
                found += [Task(name, way, level + 1) for level in range(len(PERTURBATIONS[way].levels))]
    return found


def observe(
    folder: Path,
    metrics: Sequence[str] | None = None,
    *,
    wanted: Sequence[Task] | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> list[Observation]:
    """All observations of the wanted tasks; those that `folder` has for the same metric versions are not made again.

    Clips are kept in `folder` under the hash of their source, features beside them. `progress(done, of, words)` after
    each task. Raises MetricRefused for a metric that cannot be used.
    """
    names = tuple(registry.usable(name).name for name in (metrics or registry.embedded()))
    wanted = tasks() if wanted is None else wanted
    store = Store(folder)
    present = {
        (one.animation, one.perturbation, one.level, one.metric, one.version, one.parameters_digest)
        for one in store.read()
    }
    waiting = [
        (task, missing)
        for task in wanted
        if (missing := tuple(name for name in names if (*_key(task), name, *_version(name)) not in present))
    ]
    if waiting:
        with side_by_side(workers, weights.use_root, weights.weights_root()) as pool:
            running = {pool.submit(observe_one, folder, task, missing): task for task, missing in waiting}
            for done, future in enumerate(as_completed(running), start=1):
                store.add(future.result())
                if progress:
                    task = running[future]
                    progress(done, len(waiting), f"{task.animation}, {task.perturbation} {task.level}")
    keys = {_key(task) for task in wanted}
    return [
        one
        for one in of_versions_here(store.read())
        if (one.animation, one.perturbation, one.level) in keys and one.metric in names
    ]


def observe_one(folder: Path, task: Task, metrics: Sequence[str]) -> list[Observation]:
    """Capture one perturbed animation and score it against the untouched one."""
    animation = animation_named(task.animation)
    reference = _clip(folder, animation.page.parent, animation.duration)
    with tempfile.TemporaryDirectory(prefix="diptych-validation-") as scratch:
        page = write_perturbed(animation.folder, task.perturbation, task.level, Path(scratch) / "page")
        candidate = _clip(folder, page.parent, animation.duration)
    scores = score(reference, candidate, metrics=list(metrics), cache=FeatureCache(folder / "features"))
    way = PERTURBATIONS[task.perturbation]
    return [
        Observation(
            task.animation,
            task.perturbation,
            way.dimension,
            task.level,
            len(way.levels),
            name,
            found.version,
            found.parameters_digest,
            found.dimension,
            found.value,
            reference.stem,
            candidate.stem,
        )
        for name, found in scores.items()
    ]


def _clip(folder: Path, source: Path, duration: float) -> Path:
    """The captured clip of a page's folder: kept under the hash of the source, captured when it is not there."""
    digest = hashlib.sha256(f"{duration}\0".encode())
    for path in sorted(source.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(source).as_posix().encode() + b"\0" + path.read_bytes())
    target = folder / "clips" / f"{digest.hexdigest()}.mp4"
    if target.is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=".capture-"))
    try:
        result = capture_to_clip(source / "index.html", aside / "master.mp4", duration=duration)
        if not result.frames:
            raise RuntimeError(f"The page in {source} gave no frame: {result.reason}")
        os.replace(aside / "master.mp4", target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def _key(task: Task) -> tuple[str, str, int]:
    return task.animation, task.perturbation, task.level


def _version(name: str) -> tuple[str, str]:
    metric = registry.get(name)
    return metric.version, metric.digest


def _known(asked: Sequence[str] | None, there: tuple[str, ...], what: str) -> tuple[str, ...]:
    if unknown := [name for name in asked or () if name not in there]:
        raise ValidationRefused(
            f"There is no {what} named {unknown[0]}: choose among {', '.join(sorted(there))}."
        )
    return tuple(asked) if asked else there
