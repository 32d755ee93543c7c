"""From a web page to exact frames and a clip. No Django; works from a notebook.

from pathlib import Path
from benchmark.capture import capture_to_clip
capture_to_clip(Path("page/index.html"), Path("master.mp4"), Path("playable.mp4"), Path("poster.webp"))
"""

from __future__ import annotations

from benchmark.capture.browser import Browser, BrowserMissing, find_browser
from benchmark.capture.clip import capture_to_clip
from benchmark.capture.libraries import LibraryStore
from benchmark.capture.page import capture_page
from benchmark.capture.result import (
    STOPPED,
    CaptureRefused,
    CaptureResult,
    ConsoleLine,
    Limits,
    Refused,
    Status,
)
from benchmark.capture.standing import shortcomings

__all__ = [
    "STOPPED",
    "Browser",
    "BrowserMissing",
    "CaptureRefused",
    "CaptureResult",
    "ConsoleLine",
    "LibraryStore",
    "Limits",
    "Refused",
    "Status",
    "capture_page",
    "capture_to_clip",
    "find_browser",
    "shortcomings",
]
