"""The demonstration dataset: real pages through the real pipeline, by openly synthetic systems."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmark.demo.systems import SYSTEMS, SyntheticSystem, write_reconstruction
from benchmark.ingest.sources import set_source
from benchmark.jobs.capturing import enqueue_capture
from benchmark.models import Animation, Dataset, Reconstruction, System

DEMO = Path(__file__).resolve().parent.parent / "demo"


def load_demo(say: Callable[[str], None], animations: int | None = None) -> Dataset:
    """Rows, sources and capture jobs of the demonstration dataset, or of its first ``animations``; what has its clip already
    is left alone."""
    dataset, _ = Dataset.objects.get_or_create(
        slug="demo",
        defaults={
            "title": "Demonstration animations",
            "description": "Animations of Diptych's own, and reconstructions that rules made from their source: "
            "no model took part.",
            "licence": "GPL-3.0-or-later",
            "simulated": True,
        },
    )
    systems = {
        system.name: System.objects.update_or_create(
            dataset=dataset,
            name=system.name,
            defaults={
                "title": system.title,
                "description": system.description,
                "synthetic": True,
                "setting": _changes(system),
            },
        )[0]
        for system in SYSTEMS
    }
    folders = sorted(path for path in (DEMO / "animations").iterdir() if (path / "metadata.json").is_file())
    for folder in folders[:animations]:
        metadata = json.loads((folder / "metadata.json").read_text())
        animation, _ = Animation.objects.get_or_create(
            dataset=dataset, name=folder.name, defaults={"title": metadata["title"], "metadata": metadata}
        )
        _capture_if_needed(animation, folder / "src", metadata.get("duration"))
        for name, system in systems.items():
            reconstruction, _ = Reconstruction.objects.get_or_create(animation=animation, system=system)
            with tempfile.TemporaryDirectory() as scratch:
                page = write_reconstruction(folder, name, Path(scratch) / "page")
                _capture_if_needed(reconstruction, page.parent, metadata.get("duration"))
    n = dataset.animations.count()
    say(f"{n} animation{'' if n == 1 else 's'}, {len(systems)} synthetic systems")
    return dataset


def _changes(system: SyntheticSystem) -> dict[str, object]:
    """What the report's perturbation matrix goes by: a system that gets one dimension wrong, and only that one."""
    if system.changes not in ("appearance", "motion"):
        return {}
    return {"changes": {"change": system.name, "dimension": system.changes, "strength": 1}}


def _capture_if_needed(item: Animation | Reconstruction, folder: Path, duration: float | None) -> None:
    set_source(item, folder, duration=duration)
    if item.clip_id is None:
        enqueue_capture(item)
