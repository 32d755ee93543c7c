"""How fast the embedded metrics are, on one core and on two.

    python -m bench.metrics

A scene is drawn at 1024×768, 4 s at 30 fps, with several candidates. Promises: at most 2 s per candidate with the
reference's features kept, and 1.8 times as many pairs per second with two processes as with one. Promises are about
seconds on the clock; processor seconds stand beside them for machines that have other things to do. Exits with
status 1 when a promise is broken.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from benchmark.metrics import FeatureCache, score
from benchmark.video.encode import Encoder

SIZE, FPS, SECONDS, CANDIDATES = (1024, 768), 30, 4.0, 4
PROMISED_SECONDS, PROMISED_GAIN = 2.0, 1.8


def draw(path: Path, hue: int, pace: float, seconds: float = SECONDS) -> None:
    """A turning square, an orbiting disc and a line of words that slides."""
    colour = tuple(int(c) for c in cv2.cvtColor(np.uint8([[[hue, 200, 220]]]), cv2.COLOR_HSV2RGB)[0, 0])
    with Encoder(path, fps=FPS, size=SIZE, kind="playable") as encoder:
        for moment in range(round(seconds * FPS)):
            u = moment / FPS * pace / 2
            frame = np.full((SIZE[1], SIZE[0], 3), 245, np.uint8)
            angle = 2 * math.pi * u
            corners = [
                (300 + 130 * math.cos(angle + k * math.pi / 2), 380 + 130 * math.sin(angle + k * math.pi / 2))
                for k in range(4)
            ]
            cv2.fillPoly(frame, [np.array(corners).round().astype(np.int32)], colour, cv2.LINE_AA)
            centre = round(680 + 150 * math.cos(angle)), round(300 + 150 * math.sin(angle))
            cv2.circle(frame, centre, 50, colour[::-1], -1, cv2.LINE_AA)
            cv2.putText(
                frame,
                "sliding words",
                (round(80 + 400 * (u % 1)), 680),
                cv2.FONT_HERSHEY_SIMPLEX,
                2.4,
                (40, 40, 60),
                5,
                cv2.LINE_AA,
            )
            encoder.write(frame)


def one(pair: tuple[Path, Path, Path]) -> dict[str, float | None]:
    cv2.setNumThreads(1)
    reference, candidate, cache = pair
    return {name: got.value for name, got in score(reference, candidate, cache=FeatureCache(cache)).items()}


def main() -> int:
    cv2.setNumThreads(1)
    folder = Path(tempfile.mkdtemp(prefix="bench-metrics-"))
    reference = folder / "reference.mp4"
    draw(reference, 10, 1.0)
    candidates = [folder / f"candidate-{k}.mp4" for k in range(CANDIDATES)]
    for k, path in enumerate(candidates):
        draw(path, 10 + 30 * k, 1.0 + 0.2 * k)
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})  # one core, decoder's threads included
    cache = folder / "one"
    score(reference, reference, cache=FeatureCache(cache))
    clock, processor = time.perf_counter(), time.process_time()
    for path in candidates:
        one((reference, path, cache))
    each, busy = (time.perf_counter() - clock) / CANDIDATES, (time.process_time() - processor) / CANDIDATES
    os.sched_setaffinity(0, cores)
    what = f"embedded pair, per candidate of {SECONDS:.0f} s at {SIZE[0]}×{SIZE[1]}, one core"
    print(f"{what}: {each:.2f} s ({busy:.2f} s of processor)")
    kept = keeping(reference, candidates[:1] * 2, folder / "kept")
    print(f"both clips' features kept: {kept:.2f} s, {each / kept:.1f} times faster")
    gain = parallel_gain(reference, candidates, folder) if len(cores) > 1 else math.nan
    print(f"two processes: {gain:.2f} times the pairs per second of one")
    broken = each > PROMISED_SECONDS or gain < PROMISED_GAIN
    if broken:
        print(
            f"broken: at most {PROMISED_SECONDS} s and at least {PROMISED_GAIN} times are promised",
            file=sys.stderr,
        )
    return int(broken)


def keeping(reference: Path, candidates: list[Path], cache: Path) -> float:
    """Seconds of the last pair, whose features are all kept."""
    spent = 0.0
    for path in candidates:
        clock = time.perf_counter()
        one((reference, path, cache))
        spent = time.perf_counter() - clock
    return spent


def parallel_gain(reference: Path, candidates: list[Path], folder: Path) -> float:
    """How many times faster two processes go through the candidates, each process on one core."""
    seconds = {}
    for workers in (1, 2):
        cache = folder / f"workers-{workers}"
        score(reference, reference, cache=FeatureCache(cache))
        free = multiprocessing.Queue()
        for core in sorted(os.sched_getaffinity(0))[:workers]:
            free.put(core)
        with ProcessPoolExecutor(workers, initializer=take_core, initargs=(free,)) as pool:
            list(pool.map(abs, range(workers)))  # start them before the clock
            clock = time.perf_counter()
            list(pool.map(one, [(reference, path, cache) for path in candidates]))
            seconds[workers] = time.perf_counter() - clock
    return seconds[1] / seconds[2]


def take_core(free: multiprocessing.Queue[int]) -> None:
    os.sched_setaffinity(0, {free.get()})


if __name__ == "__main__":
    raise SystemExit(main())
