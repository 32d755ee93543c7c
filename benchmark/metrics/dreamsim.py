"""`dreamsim-dtw`, the appearance metric of Animation2Code: DreamSim embeddings of the moving crop, warped in time.

DreamSim (Fu et al. 2023) comes from its own package through its own loader; one model per process. The paper
gives no more than that; our choices are the parameters below.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.metrics import weights
from benchmark.metrics.base import Extractor, Features, Metric, Result
from benchmark.metrics.clip import Clip
from benchmark.metrics.torch_tools import (
    best_device,
    declare_torchvision_operators,
    lower_precision,
    missing_package,
    precision,
    untouched_randomness,
)
from benchmark.metrics.warping import warp
from benchmark.video.decode import iter_frames


@dataclass(frozen=True)
class DreamSimParameters:
    model: str = "dino_vitb16"  # or "ensemble"
    rate: float = 10.0  # frames per second embedded
    bf16: bool = True  # where the device computes in it
    batch: int = 16  # frames at a time: what bounds memory


class DreamSimEmbeddings(Extractor):
    name = "dreamsim"
    version = "3"

    def extract(self, clip: Clip) -> Features:
        """`embeddings` (F, D) float32 of unit length, mean removed; `moments` (F,) s. Equal crops are embedded once."""
        p = self.parameters
        scene, film = clip.scene, clip.film
        step = max(1, round(clip.info.fps / p.rate))
        rows: list[np.ndarray] = []
        known: dict[bytes, int] = {}
        index: list[int] = []
        waiting: list[np.ndarray] = []
        for picture in _crops(clip, scene.box, film.scale, step):
            key = hashlib.blake2b(picture.tobytes(), digest_size=16).digest()
            if key not in known:
                known[key] = len(known)
                waiting.append(picture)
            index.append(known[key])
            if len(waiting) == p.batch:
                rows.append(embed(np.array(waiting), p))
                waiting = []
        if waiting:
            rows.append(embed(np.array(waiting), p))
        embeddings = np.concatenate(rows)[index]
        moments = np.arange(len(index), dtype=np.float32) * step / clip.info.fps
        facts = {
            "kind": scene.kind,
            "crop": [round(v / film.scale, 1) for v in scene.box],
            "embedded": len(known),
            "precision": precision(best_device(), p.bf16),
        }
        return Features({"embeddings": embeddings, "moments": moments}, facts)


def _crops(clip: Clip, box: tuple[int, int, int, int], scale: float, step: int) -> Iterator[np.ndarray]:
    """224 × 224 crops as DreamSim wants them: bicubic, squashed to a square, uint8."""
    from PIL import Image

    x, y, width, height = (round(value / scale) for value in box)
    for frame in iter_frames(clip.path, step=step):
        crop = Image.fromarray(frame[y : y + height, x : x + width])
        yield np.asarray(crop.resize((224, 224), Image.Resampling.BICUBIC))


_loaded: dict[tuple[str, str, str], Any] = {}


def load(model: str, folder: Path, device: str) -> Any:
    """The package's own model with its own weights from `folder`; one is kept per process."""
    key = model, str(folder), device
    if key not in _loaded:
        declare_torchvision_operators()
        with untouched_randomness(), redirect_stdout(io.StringIO()):  # it prints where it looked
            from dreamsim import dreamsim

            network, _ = dreamsim(pretrained=True, device=device, cache_dir=str(folder), dreamsim_type=model)
        _loaded.clear()
        _loaded[key] = network.eval()
    return _loaded[key]


def embed(pictures: np.ndarray, p: DreamSimParameters, folder: Path | None = None) -> np.ndarray:
    """(F, D) float32 embeddings of unit length for (F, 224, 224, 3) uint8."""
    import torch

    device = best_device()
    name = "dreamsim-ensemble" if p.model == "ensemble" else "dreamsim"
    network = load(p.model, folder or weights.folder_of(name), device)
    images = torch.from_numpy(pictures).to(device).permute(0, 3, 1, 2).float() / 255
    with torch.inference_mode(), lower_precision(device, p.bf16):
        embedded = network.embed(images).float().reshape(len(pictures), -1)
    # Removing the mean and normalising again in full precision undoes what bfloat16 did to the length.
    embedded = embedded - embedded.mean(dim=1, keepdim=True)
    return (embedded / embedded.norm(dim=1, keepdim=True)).cpu().numpy()


class DreamSimSingle(Metric):
    name = "dreamsim-dtw"
    version = "3"
    dimension = "appearance"
    description = (
        "Animation2Code's appearance: DreamSim (DINO ViT-B/16) of the moving crop, aligned by time warping."
    )
    licence = "MIT"
    needs_weights = True
    weights_name = "dreamsim"
    model = "dino_vitb16"

    def __init__(self) -> None:
        super().__init__()
        self.extractor = DreamSimEmbeddings(DreamSimParameters(model=self.model))

    def available(self) -> str | None:
        if sentence := missing_package(self.name, "torch", "torchvision", "dreamsim"):
            return f"{sentence}, then: python manage.py models fetch {self.weights_name}"
        return None if weights.present(self.weights_name) else weights.missing(self.weights_name)

    def compare(self, reference: Features, candidate: Features) -> Result:
        kinds = reference.facts["kind"], candidate.facts["kind"]
        if kinds == ("blank", "blank"):
            return Result(None, "Both clips are blank, so there is nothing to compare.")
        if "blank" in kinds:
            note = f"The reference is {kinds[0]} and the candidate is {kinds[1]}."
            return Result(0.0, diagnostics={"note": note})
        a, b = (f["embeddings"].astype(np.float64) for f in (reference, candidate))
        alignment = warp(np.clip(a @ b.T, 0, 1))
        times = reference["moments"], candidate["moments"]
        diagnostics = {
            "crop": {"reference": reference.facts["crop"], "candidate": candidate.facts["crop"]},
            "warping": [
                [round(float(times[0][i]), 3), round(float(times[1][j]), 3)] for i, j in alignment.path
            ],
            "per_frame": {
                "reference": [round(float(v), 4) for v in alignment.first],
                "candidate": [round(float(v), 4) for v in alignment.second],
            },
        }
        return Result(min(1.0, alignment.value), None, diagnostics)


class DreamSimEnsemble(DreamSimSingle):
    name = "dreamsim-ensemble-dtw"
    description = "As dreamsim-dtw with the ensemble of DINO, CLIP and OpenCLIP, DreamSim's default."
    weights_name = "dreamsim-ensemble"
    model = "ensemble"
