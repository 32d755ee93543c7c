"""``python -m benchmark.capture PAGE.html OUT.mp4``: one page to one clip, and what came of it as JSON."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import NoReturn

from benchmark.capture.browser import BrowserMissing
from benchmark.capture.clip import capture_to_clip
from benchmark.capture.libraries import LibraryStore
from benchmark.capture.result import CaptureRefused


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence, without the usage that argparse would put before it."""
        self.exit(2, f"{message[:1].upper()}{message[1:]}; see python -m benchmark.capture --help.\n")


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,9})[xX×](\d{1,9})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write it as 1024x768")
    return int(match[1]), int(match[2])


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds") from None


def main(arguments: list[str] | None = None) -> int:
    parser = _Parser(prog="python -m benchmark.capture", description="Capture a web animation exactly.")
    parser.add_argument("page", type=Path, help="an HTML file, or a folder with index.html")
    parser.add_argument("out", type=Path, help="the clip to write (MP4, H.264 4:4:4, for metrics)")
    parser.add_argument(
        "--duration", type=_seconds, metavar="S", help="seconds; found from the animations by default"
    )
    parser.add_argument(
        "--fps", type=_whole, default=30, help="frames a second, a divisor of 60 (default 30)"
    )
    parser.add_argument("--size", type=_size, default=(1024, 768), metavar="WxH", help="default 1024x768")
    parser.add_argument("--seed", type=_whole, default=0, help="feeds Math.random (default 0)")
    parser.add_argument("--playable", type=Path, metavar="FILE", help="write a copy that every browser plays")
    parser.add_argument(
        "--poster", type=Path, metavar="FILE", help="write the middle frame (.png, .jpg or .webp)"
    )
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # unwinds: no file is left
    try:
        result = capture_to_clip(
            options.page,
            options.out,
            options.playable,
            options.poster,
            fps=options.fps,
            size=options.size,
            duration=options.duration,
            seed=options.seed,
            store=LibraryStore.from_environment(os.environ),
        )
    except (CaptureRefused, BrowserMissing) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"The clip could not be written: {error.strerror}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted; nothing was written.", file=sys.stderr)
        return 128 + signal.SIGINT
    print(json.dumps(result.as_dict()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
