"""How many pairs a minute the paper's pair scores on a GPU, what it costs there naively, and what bfloat16 changes.

    python -m bench.gpu [--cotracker FOLDER] [--seconds 4] [--pairs 12]

Clips of 1024×768 at 30 fps of which every frame is different; the reference's features are kept. One process, then several
that share the GPU, because decoding and finding the scene is the processor's work; beside it the embedded pair, which needs no
GPU, on one core and on all. Weights as in bench.models: published ones where both have been fetched, else random ones of
the real size, which cost the same. On the clock. Without a GPU nothing is measured and that is said; `--cpu` runs it
all the same, to see that it works. Exits with status 1 when bfloat16's value is more than .01 from full precision's.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import torch

from bench.machine import describe
from bench.metrics import FPS, SIZE, draw
from bench.models import BETTER, PROMISED_NEARNESS, REAL_WIDTH, carried, make, naive
from benchmark.metrics import Clip, FeatureCache, Features, Metric, registry, score, weights
from benchmark.metrics.torch_tools import best_device
from tests.models import made_weights

T = TypeVar("T")
SHARING = (1, 4, 8)  # processes on one GPU
STARTING = 300.0  # s: a worker that has not loaded its models by then has failed


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What `work` gives and its seconds on the clock, those that the GPU still needs included."""
    began = time.perf_counter()
    found = work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return found, time.perf_counter() - began


def extract(metric: Metric, path: Path) -> Features:
    return metric.extractor.extract(Clip.open(path))


def read(path: Path) -> None:
    """The processor's part: decoding, and where the clip moves."""
    _ = Clip.open(path).scene


def alone(name: str, reference: Path, candidate: Path) -> float:
    """Prints what one pair costs in one process, ours and naively; returns how far apart the two values are."""
    ours, theirs = BETTER[name](), naive(BETTER[name]())
    full = BETTER[name]()
    full.extractor.parameters = replace(full.extractor.parameters, bf16=False)
    _, first = timed(lambda: extract(ours, reference))
    kept, again = timed(lambda: extract(ours, reference))
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    features, spent = timed(lambda: extract(ours, candidate))
    memory = torch.cuda.max_memory_allocated() / 1e9 if torch.cuda.is_available() else 0.0
    value, comparing = timed(lambda: ours.compare(kept, features).value)
    print(
        f"{name}: {again:.2f} s for the reference (the first time, loading included, {first:.1f} s), "
        f"{spent:.2f} s for a candidate, {comparing:.3f} s to compare; {memory:.1f} GB of the GPU's memory",
        flush=True,
    )
    exact, exactly = timed(lambda: (extract(full, reference), extract(full, candidate)))
    print(f"  full precision: {exactly / 2:.2f} s a clip; {apart(features, exact[1])}", flush=True)
    pair, slowly = timed(lambda: (extract(theirs, reference), extract(theirs, candidate)))
    slow_value = theirs.compare(*pair).value
    print(f"  naive: {slowly:.2f} s, {slowly / (spent + comparing):.1f} times ours", flush=True)
    if value is None and slow_value is None:
        slow_value, value = carried(ours, (kept, features), exact)
        print("  random tracks have no value; carried over to known motion:")
    print(f"  value {slow_value} naively and {value}", flush=True)
    return abs(value - slow_value) if value is not None and slow_value is not None else float("inf")


def apart(ours: Features, exact: Features) -> str:
    if "embeddings" in ours.arrays:
        cosines = (ours["embeddings"] * exact["embeddings"]).sum(axis=1)
        return f"bfloat16's embeddings have cosines of {cosines.min():.5f} at least with it"
    far = np.linalg.norm(ours["tracks"] - exact["tracks"], axis=-1)
    return f"bfloat16's tracks lie {far.mean():.4f} px from it on average, {far.max():.4f} at most"


def take_part(root: Path, pair: tuple[Path, Path], names: list[str], ready: Barrier) -> None:
    """A worker's start: its models loaded and warm before the clock runs."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    made_weights.WIDTH = REAL_WIDTH
    weights.use_root(root)
    score(*pair, metrics=names)
    ready.wait()


def one(pair: tuple[Path, Path, Path, list[str]]) -> dict[str, float | None]:
    reference, candidate, cache, names = pair
    found = score(reference, candidate, metrics=names, cache=FeatureCache(cache))
    return {name: got.value for name, got in found.items()}


def together(root: Path, names: list[str], clips: list[Path], folder: Path, processes: int) -> float:
    """Pairs a minute of so many processes on the one GPU: each clip but the first against it."""
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(processes + 1, timeout=STARTING)
    reference, *candidates = clips
    cache = folder / f"cache-{'-'.join(names)}-{processes}"
    with ProcessPoolExecutor(
        processes, context, initializer=take_part, initargs=(root, clips[:2], names, ready)
    ) as pool:
        starting = [pool.submit(abs, 0) for _ in range(processes)]
        ready.wait()
        for start in starting:
            start.result()
        pool.submit(one, (reference, reference, cache, names)).result()
        began = time.perf_counter()
        list(pool.map(one, [(reference, candidate, cache, names) for candidate in candidates]))
        return len(candidates) / (time.perf_counter() - began) * 60


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.gpu", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cotracker", type=Path, metavar="FOLDER", help="a checkout of CoTracker3's code")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long the clips are")
    parser.add_argument("--pairs", type=int, default=12, help="candidates of each throughput")
    parser.add_argument("--sharing", type=int, nargs="*", default=SHARING, help="processes on the GPU")
    parser.add_argument("--cpu", action="store_true", help="run without a GPU, to see that it works")
    chosen = parser.parse_args()
    if best_device() == "cpu" and not chosen.cpu:
        print("There is no GPU here: pairs per minute on one were not measured.")
        return 0
    root = Path(tempfile.mkdtemp(prefix="bench-gpu-"))
    cores = os.cpu_count() or 1
    clips = [root / f"{k}.mp4" for k in range(max(chosen.pairs, 2 * cores) + 1)]
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        rows = [(path, (13 * k) % 180, 1 + 0.05 * k, chosen.seconds) for k, path in enumerate(clips)]
        list(pool.map(draw, *zip(*rows, strict=True)))
    print(describe().partition(";")[0], end="; ")
    print(torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU", end="; ")
    print(f"PyTorch {torch.__version__}; clips of {round(chosen.seconds * FPS)} frames, {SIZE[0]}×{SIZE[1]}")
    _, reading = timed(lambda: read(clips[1]))
    print(f"decoding a clip and finding its scene: {reading:.2f} s of one process", flush=True)
    published, made, broken = weights.weights_root(), [], False
    here = {name: weights.present(name, published) for name in BETTER}
    use = published if all(here.values()) else root
    print("published weights" if use == published else "random weights of the real size")
    for name in BETTER:
        if use == root and not make(name, root, chosen.cotracker):
            print(f"{name}: left out, its code is not here; see --cotracker")
            continue
        weights.use_root(use)
        made.append(BETTER[name].name)
        broken |= alone(name, *clips[:2]) > PROMISED_NEARNESS
    for names in [*([name] for name in made), *([made] if len(made) > 1 else [])]:
        for processes in chosen.sharing:
            rate = together(use, names, clips[: chosen.pairs + 1], root, processes)
            print(f"{' and '.join(names)}, {processes} at once: {rate:.0f} pairs a minute", flush=True)
    names = list(registry.embedded())
    for processes in sorted({1, cores}):
        some = clips if processes > 1 else clips[: chosen.pairs + 1]
        rate = together(use, names, some, root, processes)
        print(
            f"{' and '.join(names)}, without the GPU, {processes} at once: {rate:.0f} pairs a minute",
            flush=True,
        )
    shutil.rmtree(root)
    if broken:
        print(f"broken: values within {PROMISED_NEARNESS} are promised", file=sys.stderr)
    return int(broken)


if __name__ == "__main__":
    raise SystemExit(main())
