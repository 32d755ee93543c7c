"""What an added candidate costs by the paper's pair, beside the naive way: every frame alone, in full precision, and the
reference looked at again.

    python -m bench.models [--cotracker FOLDER]

Weights that have been fetched are used; else DreamSim's own loader reads random ones of the real size, which cost the
same. CoTracker3's code may not be shipped: without fetched weights, `--cotracker` names a checkout of it, and its
network runs with random weights; without either it is left out, and that is said. Promises: at least 3 times less work for
an added candidate, and the same value within .01. Work is processor seconds of one thread, so that machines with other
things to do say the same. Exits with status 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from bench.machine import describe
from bench.metrics import FPS, SIZE, draw
from benchmark.metrics import Clip, Features, Metric, cotracker, dreamsim, weights
from tests.models import made_weights

SECONDS = 1.0
REAL_WIDTH = 768  # of DreamSim's transformer
PROMISED_GAIN, PROMISED_NEARNESS = 3.0, 0.01
BETTER = {"dreamsim": dreamsim.DreamSimSingle, "cotracker3": cotracker.CoTracker}


def naive(metric: Metric) -> Metric:
    p = metric.extractor.parameters
    if isinstance(p, dreamsim.DreamSimParameters):
        metric.extractor.parameters = replace(p, rate=1000.0, batch=1, bf16=False)
    else:
        metric.extractor.parameters = replace(p, bf16=False)
    return metric


def make(name: str, root: Path, code: Path | None) -> bool:
    """Random weights of the real size; False where the network's code is not at hand."""
    if name == "dreamsim":
        made_weights.WIDTH = REAL_WIDTH
        made_weights.make(root / name, ensemble=False)
        return True
    if code is None:
        return False
    shutil.copytree(code, root / name / "source", ignore=shutil.ignore_patterns(".git"))
    network = torch.hub.load(
        str(root / name / "source"), "cotracker3_offline", source="local", pretrained=False
    )
    torch.save(network.model.state_dict(), root / name / "scaled_offline.pth")
    return True


def extract(metric: Metric, path: Path) -> tuple[Features, float]:
    """A clip's features and the processor seconds they took, decoding included."""
    began = time.process_time()
    return metric.extractor.extract(Clip.open(path)), time.process_time() - began


def compare(metric: Metric, a: Features, b: Features) -> tuple[float | None, float]:
    began = time.process_time()
    return metric.compare(a, b).value, time.process_time() - began


def carried(
    metric: Metric, ours: tuple[Features, Features], theirs: tuple[Features, Features]
) -> list[float | None]:
    """The value of two motions known beforehand, and with what our way displaces tracks by added to them.

    A network with random weights follows nothing, so that its own tracks have no value to compare; what rounding displaces
    its tracks by is real.
    """
    pairs = []
    for displaced in (False, True):
        clips = []
        for radius, a, b in zip((60, 45), ours, theirs, strict=True):
            count, moments = a["visible"].shape
            turn = np.linspace(0, 2 * np.pi, moments)[None, :, None] + np.linspace(0, 1, count)[:, None, None]
            tracks = 200 + radius * np.concatenate([np.cos(turn), np.sin(turn)], -1)
            if displaced:
                tracks = tracks + a["tracks"] - b["tracks"]
            seen = np.ones((count, moments), bool)
            clips.append(Features({"tracks": tracks.astype(np.float32), "visible": seen}, a.facts))
        pairs.append(metric.compare(*clips).value)
    return pairs


def measure(name: str, reference: Path, candidate: Path) -> tuple[float, float, float | None, float | None]:
    """Processor seconds of an added candidate, naive and ours, and both values."""
    ours, theirs = BETTER[name](), naive(BETTER[name]())
    kept, first = extract(ours, reference)
    features, spent = extract(ours, candidate)
    value, comparing = compare(ours, kept, features)
    print(f"  reference once {first:.1f} s, candidate {spent:.1f} s, comparing {comparing:.3f} s", flush=True)
    again, naive_first = extract(theirs, reference)
    naive_features, naive_spent = extract(theirs, candidate)
    naive_value, naive_comparing = compare(theirs, again, naive_features)
    print(f"  naive: reference {naive_first:.1f} s, candidate {naive_spent:.1f} s", flush=True)
    if value is None and naive_value is None:
        apart = np.linalg.norm(features["tracks"] - naive_features["tracks"], axis=-1)
        print(
            f"  tracks lie {apart.mean():.4f} px apart, {apart.max():.4f} at most; carried over to known motion:"
        )
        naive_value, value = carried(ours, (kept, features), (again, naive_features))
    return naive_first + naive_spent + naive_comparing, spent + comparing, naive_value, value


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.models", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--cotracker", type=Path, metavar="FOLDER", help="a checkout of CoTracker3's code")
    parser.add_argument("--only", choices=BETTER, action="append", help="leave the others out")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long the clips are")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    root = Path(tempfile.mkdtemp(prefix="bench-models-"))
    reference, candidate = root / "reference.mp4", root / "candidate.mp4"
    draw(reference, 10, 1.0, chosen.seconds)
    draw(candidate, 100, 1.3, chosen.seconds)
    frames = round(chosen.seconds * FPS)
    print(describe().partition(";")[0] + "; judged by processor seconds of one thread")
    print(f"clips of {frames} frames at {SIZE[0]}×{SIZE[1]}, {cotracker.best_device()}, one thread")
    published, spent, spared, broken = weights.weights_root(), 0.0, 0.0, False
    for name in chosen.only or BETTER:
        real = weights.present(name, published)
        if not real and not make(name, root, chosen.cotracker):
            print(f"{name}: left out, its code is not here; see --cotracker")
            continue
        weights.use_root(published if real else root)
        print(f"{name}, {'its published weights' if real else 'random weights of the real size'}", flush=True)
        slow, fast, naive_value, value = measure(name, reference, candidate)
        spent, spared = spent + slow, spared + fast
        apart = (
            abs(value - naive_value) if None not in (value, naive_value) else float(value is not naive_value)
        )
        print(f"{name}: {slow:.1f} s naive, {fast:.1f} s here, {slow / fast:.1f} times less; ", end="")
        print(f"value {naive_value} and {value}, {apart:.4f} apart", flush=True)
        broken |= apart > PROMISED_NEARNESS
    print(f"together: {spent:.1f} s naive, {spared:.1f} s here, {spent / spared:.1f} times less")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")
    shutil.rmtree(root)
    broken |= spent / spared < PROMISED_GAIN
    if broken:
        print(
            f"broken: {PROMISED_GAIN} times less work and {PROMISED_NEARNESS} are promised", file=sys.stderr
        )
    return int(broken)


if __name__ == "__main__":
    raise SystemExit(main())
