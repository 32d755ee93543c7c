"""A page as files: master, playable copy and poster in one pass."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path

from benchmark.capture.browser import Browser
from benchmark.capture.libraries import LibraryStore
from benchmark.capture.page import Progress, capture_page, check_request
from benchmark.capture.pump import Image
from benchmark.capture.result import CaptureRefused, CaptureResult, Limits
from benchmark.video import Encoder, sha256_file, write_poster

CLIP_ENDINGS = (".mp4",)
POSTER_ENDINGS = (".png", ".jpg", ".webp")


class _NoFrames(Exception):
    """Unwinds the encoders of a clip that never began, so that they leave no file."""


def capture_to_clip(
    source: Path,
    master: Path,
    playable: Path | None = None,
    poster: Path | None = None,
    *,
    fps: int = 30,
    size: tuple[int, int] = (1024, 768),
    duration: float | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    limits: Limits | None = None,
    browser: Browser | None = None,
    store: LibraryStore | None = None,
) -> CaptureResult:
    """Capture ``source`` into ``master`` (4:4:4, for metrics) and, where named, ``playable`` and ``poster``.

    Clips are .mp4 files, the poster (.png, .jpg or .webp) is a frame of about the middle. The result's ``sha256``
    is the master's. Files appear whole or not at all; a page that gave no frame (see the status) leaves none, and
    ``sha256`` is None then. A page stopped on its way leaves the frames it had. Otherwise as `capture_page`.
    """
    check_request(fps, size, duration)
    check_outputs(source, master, playable, poster)
    middle = _Middle()
    result: CaptureResult | None = None
    with contextlib.suppress(_NoFrames), contextlib.ExitStack() as stack:
        encoders = [stack.enter_context(Encoder(master, fps=fps, size=size, kind="master"))]
        if playable is not None:
            encoders.append(stack.enter_context(Encoder(playable, fps=fps, size=size, kind="playable")))

        def on_frame(frame: Image) -> None:
            for encoder in encoders:
                encoder.write(frame)
            middle.see(frame)

        result = capture_page(
            source,
            fps=fps,
            size=size,
            duration=duration,
            seed=seed,
            on_frame=on_frame,
            progress=progress,
            limits=limits,
            browser=browser,
            store=store,
        )
        if not result.frames:
            raise _NoFrames
    assert result is not None
    if not result.frames:
        return result
    if poster is not None and middle.frame is not None:
        write_poster(middle.frame, poster)
    return dataclasses.replace(result, sha256=sha256_file(master))


def check_outputs(source: Path, master: Path, playable: Path | None, poster: Path | None) -> None:
    """Raises `CaptureRefused` where the files asked for can't be written, or would replace each other or the page."""
    taken = {source.resolve(): "the page"}
    for path, endings, name in (
        (master, CLIP_ENDINGS, "the clip"),
        (playable, CLIP_ENDINGS, "the playable copy"),
        (poster, POSTER_ENDINGS, "the poster"),
    ):
        if path is None:
            continue
        check_writable(path)
        if path.resolve() in taken:
            raise CaptureRefused(
                f"{path} is named for {taken[path.resolve()]} and for {name}; give each a file of its own."
            )
        if path.suffix.lower() not in endings:
            raise CaptureRefused(f"{path.name} can't be {name}; let its name end in {' or '.join(endings)}.")
        taken[path.resolve()] = name


def check_writable(path: Path) -> None:
    """Raises `CaptureRefused` where no file can be written at ``path``."""
    if path.is_dir():
        raise CaptureRefused(f"{path} is a folder; name a file to write.")
    if not path.parent.is_dir():
        raise CaptureRefused(f"There is no folder {path.parent} to write {path.name} into; make it first.")
    probe = path.with_name(f".{path.name}.probe")
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CaptureRefused(f"{path} can't be written: {error.strerror}.") from None


class _Middle:
    """About the middle frame of a sequence whose length isn't known, holding no more than `MOST` frames."""

    MOST = 16

    def __init__(self) -> None:
        self._held: list[Image] = []
        self._stride = 1
        self._seen = 0

    def see(self, frame: Image) -> None:
        if self._seen % self._stride == 0:
            self._held.append(frame)
            if len(self._held) > self.MOST:
                self._held = self._held[::2]
                self._stride *= 2
        self._seen += 1

    @property
    def frame(self) -> Image | None:
        return self._held[min(self._seen // 2 // self._stride, len(self._held) - 1)] if self._held else None
