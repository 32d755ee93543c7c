"""Pages written on the spot and filmed small."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmark.capture import CaptureResult, capture_page

SIZE = (320, 240)


@dataclass(frozen=True)
class Film:
    frames: NDArray[np.uint8]
    result: CaptureResult

    def places(self) -> NDArray[np.float64]:
        """Left edge of the dark box on white in each frame, to fractions of a pixel by how dark its edges are."""
        darkness = 255.0 - self.frames.mean(axis=(1, 3))
        columns = np.arange(self.frames.shape[2]) + 0.5
        weight = darkness.sum(axis=1)
        height = darkness.max(axis=1)
        return (darkness * columns).sum(axis=1) / weight - weight / height / 2


Shoot = Callable[..., Film]


@pytest.fixture
def write_page(tmp_path: Path) -> Callable[..., Path]:
    """Writes a page (its body, or a whole document) and the files beside it; returns the page."""

    def write(html: str, name: str = "index.html", **files: bytes | str) -> Path:
        folder = tmp_path / "page"
        folder.mkdir(exist_ok=True)
        for key, content in files.items():
            path = folder / key.replace("__", ".")
            if isinstance(content, str):
                content = content.encode()
            path.write_bytes(content)
        if not html.lstrip().startswith("<!doctype"):
            html = f"<!doctype html><meta charset=utf-8><style>body{{margin:0}}</style>{html}"
        path = folder / name
        path.write_text(html)
        return path

    return write


@pytest.fixture
def film() -> Shoot:
    """Captures a page into an array, (T, H, W, 3)."""

    def shoot(page: Path, duration: float | None = 1.0, **options) -> Film:
        frames: list[NDArray[np.uint8]] = []
        result = capture_page(page, duration=duration, **{"on_frame": frames.append, "size": SIZE, **options})
        size = options.get("size", SIZE)
        taken = np.stack(frames) if frames else np.zeros((0, size[1], size[0], 3), np.uint8)
        return Film(taken, result)

    return shoot


@pytest.fixture(scope="session")
def packages() -> Path:
    """node_modules with the published packages that tests film, installed from npm/package-lock.json once."""
    folder = Path(__file__).parent / "npm"
    modules, lock = folder / "node_modules", folder / "package-lock.json"
    stamp = modules / ".diptych-lock"
    with open(folder / ".gitignore") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # test processes side by side install once
        if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
            npm = shutil.which("npm")
            assert npm, (
                "The capture tests film packages from npm; install Node.js with npm (Debian: apt install npm)."
            )
            subprocess.run(
                [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=folder,
                check=True,
                timeout=600,
            )
            stamp.write_bytes(lock.read_bytes())
    return modules
