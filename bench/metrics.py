"""How fast the embedded metrics are, in one process and in two.

    python -m bench.metrics

A scene is drawn at 1024×768, 4 s at 30 fps, and candidates whose colours and pace all differ from the reference's: each
has to be looked at in full, and costs about as much as another. Promises: at most 2 s on one core per candidate added to
a reference whose features are kept, and 1.8 times as many pairs per second with two processes as with one.

Cores that are rented by the hour are not all there all the time, and share memory and caches. So one process, two, and
one again go through the same pairs, in turn over some rounds, and beside them so does a control: work of the same kind
that shares no file, lock or cache. Where the control gains less than is promised, the machine is short, not we, and the
promise is held or unsure; so it is where others want the cores too. The seconds are those on the clock, or of processor
where the machine is busy. Exits with status 1 when a promise is broken.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench.machine import Seconds, busy, describe
from benchmark.metrics import FeatureCache, score
from benchmark.video.encode import Encoder

SIZE, FPS, SECONDS = (1024, 768), 30, 4.0
CANDIDATES, ROUNDS = 6, 3
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


@dataclass
class Sittings:
    """What one process took for some jobs, half of them on either core, and two took for the same, round by round."""

    one: list[float] = field(default_factory=list)
    two: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    """Seconds of each job that one process did alone."""

    def round(self, work: Callable[[Any], float], jobs: Sequence[Any], again: Callable[[], None]) -> None:
        """One process, two, and one again, so that what drifts meanwhile meets both alike."""
        first, second = sorted(os.sched_getaffinity(0))[:2]
        half = len(jobs) // 2
        again()
        before, spent = sitting(work, jobs[:half], [first])
        again()
        both, _ = sitting(work, jobs, [first, second])
        again()
        after, spent_after = sitting(work, jobs[half:], [second])
        self.one.append(before + after)
        self.two.append(both)
        self.processor += spent + spent_after

    @property
    def gains(self) -> list[float]:
        return [one / two for one, two in zip(self.one, self.two, strict=True)]

    @property
    def gain(self) -> float:
        """How many times the jobs per second of one process two processes do, the rounds' median."""
        return float(np.median(self.gains)) if self.gains else math.nan

    def __str__(self) -> str:
        return f"{self.gain:.2f} times (rounds: {', '.join(f'{gain:.2f}' for gain in self.gains)})"


def sitting(
    work: Callable[[Any], float], jobs: Sequence[Any], cores: Sequence[int]
) -> tuple[float, list[float]]:
    """Seconds on the clock until all jobs are done by one process per core, each taking the next job when it is ready;
    and what the jobs return."""
    free = multiprocessing.Queue()
    for core in cores:
        free.put(core)
    with ProcessPoolExecutor(len(cores), initializer=take_core, initargs=(free,)) as pool:
        list(pool.map(time.sleep, [0.05] * len(cores)))  # start them before the clock
        clock = time.perf_counter()
        done = list(pool.map(work, jobs))
        return time.perf_counter() - clock, done


def take_core(free: multiprocessing.Queue[int]) -> None:
    os.sched_setaffinity(0, {free.get()})  # the decoder's threads included
    cv2.setNumThreads(1)


def pair(paths: tuple[Path, Path, Path]) -> float:
    """Scores (reference, candidate) with the features kept in a folder; seconds of processor."""
    reference, candidate, cache = paths
    began = time.process_time()
    score(reference, candidate, cache=FeatureCache(cache))
    return time.process_time() - began


def unshared(seed: int) -> float:
    """Work of the metrics' kind on a film of its own in memory: pictures filtered and taken apart, small patches warped
    and solved for; seconds of processor."""
    began = time.process_time()
    rng = np.random.default_rng(seed)
    film = rng.integers(0, 256, (30, SIZE[1] // 2, SIZE[0] // 2, 3), np.uint8)
    for frame in film:
        frame[:] = cv2.GaussianBlur(frame, (0, 0), 6.0)
    behind = film.mean(axis=(0, 1, 2)).astype(np.uint8)
    for frame in film:
        far = cv2.absdiff(frame, np.broadcast_to(behind, frame.shape).copy()).max(axis=2)
        mask = cv2.morphologyEx((far > 8).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
        count, labels, _, _ = cv2.connectedComponentsWithStats(mask)
        rows, columns = np.nonzero(labels)
        np.bincount(labels[rows, columns], columns * far[rows, columns], count)
        for step in range(60):
            move = np.array([[1, 0.01 * step, step], [0, 1, 2 * step]])
            patch = cv2.warpAffine(far, move, (56, 56)).astype(np.float32).reshape(-1, 8)
            np.linalg.solve(patch.T @ patch + np.eye(8), patch.sum(0))
    return time.process_time() - began


def kept(reference: Path, candidate: Path, cache: Path) -> float:
    """Seconds of a pair whose features are all kept."""
    pair((reference, candidate, cache))
    clock = time.perf_counter()
    pair((reference, candidate, cache))
    return time.perf_counter() - clock


def main() -> int:
    cv2.setNumThreads(1)
    print(describe())
    crowded = busy()
    ours, control = Sittings(), Sittings()
    with tempfile.TemporaryDirectory(prefix="bench-metrics-") as scratch:
        folder = Path(scratch)
        reference, known, cache = folder / "reference.mp4", folder / "known", folder / "cache"
        draw(reference, 10, 1.0)
        candidates = [folder / f"candidate-{k}.mp4" for k in range(CANDIDATES)]
        for k, path in enumerate(candidates):
            draw(path, 30 + 20 * k, 1.1 + 0.04 * k)
        score(reference, reference, cache=FeatureCache(known))

        def again() -> None:
            """The reference's features and no candidate's."""
            shutil.rmtree(cache, ignore_errors=True)
            shutil.copytree(known, cache)

        pairs = [(reference, path, cache) for path in candidates]
        if len(os.sched_getaffinity(0)) > 1:
            for _ in range(ROUNDS):
                control.round(unshared, range(CANDIDATES), lambda: None)
                ours.round(pair, pairs, again)
        else:
            again()
            clock, ours.processor = sitting(pair, pairs, sorted(os.sched_getaffinity(0)))
            ours.one.append(clock)
        once = kept(reference, candidates[0], cache)
    each = Seconds(float(np.median(ours.one)) / CANDIDATES, float(np.median(ours.processor)))
    print(f"embedded pair, per added candidate of {SECONDS:.0f} s at {SIZE[0]}×{SIZE[1]}, one core: {each}")
    print(f"both clips' features kept: {once:.2f} s, {each.clock / once:.1f} times faster")
    print(f"two processes do {ours} the pairs per second of one")
    print(f"two processes that share nothing, on this machine just then: {control}")
    return verdict(each, ours.gain, control.gain, crowded or busy())


def verdict(each: Seconds, gain: float, possible: float, crowded: bool) -> int:
    """Says of each promise whether it was held; 1 if one was broken, else 0."""
    doubt = "the machine is busy" if crowded else ""
    seconds = each.processor if crowded else each.clock
    promises = [
        (f"at most {PROMISED_SECONDS:g} s per added candidate", seconds <= PROMISED_SECONDS, doubt),
    ]
    if math.isnan(gain):
        print("There is one core only: what two processes gain was not measured.")
    else:
        if possible < PROMISED_GAIN:
            doubt = f"two processes that share nothing gain {possible:.2f} times here"
        promises.append((f"{PROMISED_GAIN:g} times with two processes", gain >= PROMISED_GAIN, doubt))
    for promise, held, doubt in promises:
        state = "held  " if held else "unsure" if doubt else "BROKEN"
        print(f"{state}  {promise}{f': {doubt}' if doubt and not held else ''}")
    return int(any(not held and not doubt for _, held, doubt in promises))


if __name__ == "__main__":
    sys.exit(main())
