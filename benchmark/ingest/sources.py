"""Pages waiting to be captured: each with its folder, copied to the address of its content."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from pathlib import Path

from django.conf import settings

from benchmark.models import Animation, Outcome, Reconstruction

MOST_BYTES = 200_000_000
MOST_FILES = 5_000


class SourceRefused(ValueError):
    """A page that cannot be kept; one sentence says why and what to do."""


def keep_page(page: Path) -> str:
    """Copy the folder of `page` into DIPTYCH_DATA/sources and return the copy's path for `Captured.source`.

    The copy lies under the hash of all its files, so that the same page is kept once, and another content is another
    address: whoever captures it can tell that it changed. Raises SourceRefused for what is no page, too large, or
    holds links.
    """
    if not page.is_file():
        raise SourceRefused(f"There is no page {page}: give the path of an HTML file.")
    folder = page.parent
    files = _files(folder)
    digest = hashlib.sha256()
    for path in files:
        relative = path.relative_to(folder).as_posix()
        digest.update(f"{relative}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    key = digest.hexdigest()
    root = Path(settings.DATA) / "sources"
    target = root / key[:2] / key
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.parent / f".{uuid.uuid4().hex}"
        try:
            for path in files:
                copy = aside / path.relative_to(folder)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
            os.rename(aside, target)
        except OSError:
            if not target.is_dir():  # else another process kept the same page at the same time
                raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return (target / page.name).relative_to(root).as_posix()


def set_source(
    item: Animation | Reconstruction, folder: Path, *, duration: float | None = None, page: str = "index.html"
) -> bool:
    """Give an animation or reconstruction the page below `folder` to be captured from; True when it had another one.

    Another page, or another duration, means that the present clip is not of it: the clip goes from the row (its files
    stay, studies may show them) and the outcome is pending again. Whoever calls this asks for the capture.
    """
    source = keep_page(folder / page)
    if (item.source, item.duration) == (source, duration):
        return False
    item.source, item.duration = source, duration
    item.clip, item.outcome, item.outcome_detail = None, Outcome.PENDING, {}
    item.save(update_fields=["source", "duration", "clip", "outcome", "outcome_detail"])
    return True


def _files(folder: Path) -> list[Path]:
    found, size = [], 0
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise SourceRefused(
                f"{path} is a link: replace it with the file itself, so that the page is whole."
            )
        if path.is_file():
            found.append(path)
            size += path.stat().st_size
        if len(found) > MOST_FILES or size > MOST_BYTES:
            raise SourceRefused(
                f"{folder} holds more than {MOST_FILES} files or {MOST_BYTES // 1_000_000} MB: "
                "keep a page alone in its folder."
            )
    return found
