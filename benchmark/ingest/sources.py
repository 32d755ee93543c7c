"""Bringing pages under DIPTYCH_DATA/sources, where captures read them."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from django.conf import settings

from benchmark.models import Animation, Outcome, Reconstruction


def folder_digest(folder: Path) -> str:
    """sha256 over the names and contents of all files below, in a fixed order."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        for part in (path.relative_to(folder).as_posix().encode(), path.read_bytes()):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def keep_source(folder: Path) -> str:
    """Copy a page's folder to an address made of its content; returns `source` as the models store it.

    The same content lies there once, and what a clip was captured from never changes under it.
    """
    digest = folder_digest(folder)
    target = Path(settings.DATA) / "sources" / digest[:2] / digest
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{digest}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(folder, partial)
        partial.rename(target)
    return f"{digest[:2]}/{digest}/index.html"


def set_source(item: Animation | Reconstruction, folder: Path, *, duration: float | None = None) -> bool:
    """Point an item at that page. True when this changed what has to be captured; its clip is then out of date."""
    source = keep_source(folder)
    if item.source == source and item.duration == duration:
        return False
    item.source, item.duration = source, duration
    item.outcome, item.outcome_detail, item.clip = Outcome.PENDING, {}, None
    item.save()
    return True
