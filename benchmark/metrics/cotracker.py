"""`cotracker3-chamfer`, the temporal metric of Animation2Code: CoTracker3's tracks matched in Chamfer's manner.

Code and weights of CoTracker3 (Karaev et al. 2024) are CC-BY-NC: fetched at the user's wish, never shipped. The
paper says "direction- and speed-aware correlation, aggregated with Chamfer-style matching"; read literally that
breaks, so the formulation is the one of benchmark/metrics/track_matching.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmark.metrics import weights
from benchmark.metrics.base import Extractor, Features, Metric, Result
from benchmark.metrics.clip import Clip
from benchmark.metrics.scene import Scene
from benchmark.metrics.torch_tools import (
    best_device,
    lower_precision,
    missing_package,
    precision,
    untouched_randomness,
)
from benchmark.metrics.track_matching import TrackParameters, match_tracks


@dataclass(frozen=True)
class CoTrackerParameters:
    span: int = 120  # frames tracked at a time: what bounds memory; tracks begin anew in each span
    seeds: int = 3  # frames per span at which points are laid out
    points: int = 100  # per seed frame
    bf16: bool = True  # where the device computes in it


class CoTrackerTracks(Extractor):
    name = "cotracker3"
    version = "4"

    def __init__(self, parameters: CoTrackerParameters | None = None) -> None:
        super().__init__(parameters or CoTrackerParameters())

    def extract(self, clip: Clip) -> Features:
        """`tracks` (N, T, 2) float32 working px, `visible` (N, T) bool; nothing is visible outside a track's span."""
        film, scene, p = clip.film, clip.scene, self.parameters
        total = len(film)
        spans = [(start, min(start + p.span, total)) for start in range(0, total, p.span)]
        if (
            len(spans) > 1 and spans[-1][1] - spans[-1][0] < 16
        ):  # too few to track: let the span before take them
            spans[-2:] = [(spans[-2][0], total)]
        found = []
        for start, end in spans if scene.kind == "moving" else ():
            queries = _queries(film.frames, film.index[start:end], scene, p)
            if len(queries):
                found.append((start, end, *track(film.frames[film.index[start:end]], queries, p)))
        count = sum(len(tracks) for _, _, tracks, _ in found)
        tracks, visible = np.zeros((count, total, 2), np.float32), np.zeros((count, total), bool)
        row = 0
        for start, end, places, seen in found:
            tracks[row : row + len(places), start:end] = places
            visible[row : row + len(places), start:end] = seen
            row += len(places)
        facts = {
            "kind": scene.kind,
            "box": list(scene.box),
            "rate": film.rate,
            "scale": film.scale,
            "precision": precision(best_device(), p.bf16),
        }
        return Features({"tracks": tracks, "visible": visible}, facts)


def _queries(frames: np.ndarray, index: np.ndarray, scene: Scene, p: CoTrackerParameters) -> np.ndarray:
    """(N, 3) float32 (frame of the span, x, y): points spread over what is in front of the background."""
    rows = []
    for k in np.unique(np.linspace(0, len(index) - 1, p.seeds + 1).astype(int)[:-1]):
        front = (scene.distance(frames[index[k]]) > 20).astype(np.uint8)
        if front.sum() > 400:
            front = np.asarray(cv2.erode(front, np.ones((3, 3), np.uint8)), np.uint8)
        y, x = np.nonzero(front)
        if not len(x):
            continue
        pace = max(1, int(np.sqrt(len(x) / p.points)))
        on_grid = (x % pace == 0) & (y % pace == 0)
        chosen = np.nonzero(on_grid)[0] if on_grid.any() else np.arange(len(x))
        chosen = chosen[np.linspace(0, len(chosen) - 1, min(p.points, len(chosen))).astype(int)]
        rows.append(np.column_stack([np.full(len(chosen), k), x[chosen], y[chosen]]))
    return np.concatenate(rows).astype(np.float32) if rows else np.empty((0, 3), np.float32)


FRAMES_AT_ONCE = 8
_loaded: dict[tuple[str, str], Any] = {}


def load(folder: Path, device: str) -> Any:
    """CoTracker3 (offline) from `folder`: `source/` at the pinned revision and `scaled_offline.pth`."""
    import torch

    key = str(folder), device
    if key not in _loaded:
        with untouched_randomness():
            network = torch.hub.load(
                str(folder / "source"), "cotracker3_offline", source="local", pretrained=False
            )
            state = torch.load(folder / "scaled_offline.pth", map_location="cpu", weights_only=True)
            network.model.load_state_dict(state)
            # Its convolutions take all frames at once unless told otherwise, 8 GB for three seconds; the result is the same.
            network.model.forward = partial(network.model.forward, fmaps_chunk_size=FRAMES_AT_ONCE)
        _loaded.clear()
        _loaded[key] = network.to(device).eval()
    return _loaded[key]


def track(
    frames: np.ndarray, queries: np.ndarray, p: CoTrackerParameters, network: Any = None
) -> tuple[np.ndarray, np.ndarray]:
    """(N, T, 2) float32 px and (N, T) bool for (T, H, W, 3) uint8 frames and (N, 3) queries (frame, x, y)."""
    import torch

    device = best_device()
    network = network or load(weights.folder_of("cotracker3"), device)
    video = torch.from_numpy(np.ascontiguousarray(frames)).to(device).permute(0, 3, 1, 2)[None].float()
    wanted = torch.from_numpy(queries).to(device)[None]
    with torch.inference_mode(), lower_precision(device, p.bf16):
        tracks, visible = network(video, queries=wanted, backward_tracking=True)
    return (
        tracks[0].float().cpu().numpy().transpose(1, 0, 2),
        visible[0].cpu().numpy().astype(bool).T,
    )


class CoTracker(Metric):
    name = "cotracker3-chamfer"
    version = "4"
    dimension = "motion"
    description = (
        "Animation2Code's temporal similarity: CoTracker3 tracks, direction and speed, Chamfer matching."
    )
    licence = "CC-BY-NC 4.0 (CoTracker3's code and weights)"
    needs_weights = True

    def __init__(self, parameters: TrackParameters | None = None) -> None:
        super().__init__(parameters or TrackParameters())
        self.extractor = CoTrackerTracks()

    def available(self) -> str | None:
        if sentence := missing_package(self.name, "torch"):
            return f"{sentence}, then: python manage.py models fetch cotracker3"
        return None if weights.present("cotracker3") else weights.missing("cotracker3")

    def compare(self, reference: Features, candidate: Features) -> Result:
        return match_tracks(reference, candidate, self.parameters)
