"""What a first command on a fresh checkout needs: a data folder and a signing key of its own."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def data_folder() -> Path:
    """The folder for database, clips, caches and queue: DIPTYCH_DATA, else `data/` in the checkout."""
    return Path(os.environ.get("DIPTYCH_DATA") or Path(__file__).resolve().parent.parent / "data").resolve()


def prepare() -> None:
    """Make the data folder and keep a random signing key in it, unless DIPTYCH_SECRET_KEY gives one.

    Called by manage.py alone: a server process started without a key must fail, not invent one.
    """
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    if os.environ.get("DIPTYCH_SECRET_KEY"):
        return
    try:
        handle = os.open(folder / "secret-key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
