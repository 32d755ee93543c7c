"""DreamSim's real loader and embedding code, with weights made on the spot."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from benchmark.metrics import Clip, FeatureCache, dreamsim, registry, score, torch_tools, weights
from tests.metrics.scenes import SCENES, Pace, Style, write
from tests.models.made_weights import make, narrow
from tests.models.odd_clips import odd_clips


@pytest.fixture(scope="module", autouse=True)
def made(tmp_path_factory):
    """A data folder whose weights were made here, and DreamSim's other backbones as narrow as ours."""
    patch = pytest.MonkeyPatch()
    root = tmp_path_factory.mktemp("data")
    patch.setattr(weights, "_root", root / "weights")
    for loader in ("load_clip_as_dino", "load_open_clip_as_dino"):
        patch.setattr(f"dreamsim.feature_extraction.{loader}.vit_base", narrow)
    hub = torch.hub.get_dir()
    folder = make(root / "weights" / "dreamsim")
    torch.hub.set_dir(hub)
    (root / "weights" / "dreamsim-ensemble").symlink_to(folder, target_is_directory=True)
    yield folder
    patch.undo()
    dreamsim._loaded.clear()


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    scene = SCENES["travel"]
    return {
        "reference": write(folder / "reference.mp4", scene, seconds=0.8),
        "other": write(folder / "other.mp4", scene, Style(hue=0.4, background="dark"), seconds=0.8),
        "static": write(folder / "static.mp4", scene, pace=Pace(still=True), seconds=0.8),
    }


def pictures(count=5):
    return np.random.default_rng(1).integers(0, 255, (count, 224, 224, 3), dtype=np.uint8)


@pytest.mark.parametrize("model", ["dino_vitb16", "ensemble"])
def test_embeddings_are_unit_vectors_without_mean(model):
    embedded = dreamsim.embed(pictures(), dreamsim.DreamSimParameters(model=model, bf16=False))
    assert embedded.shape[0] == 5
    assert np.allclose(np.linalg.norm(embedded, axis=1), 1, atol=1e-5)
    assert np.allclose(embedded.mean(axis=1), 0, atol=1e-5)


def test_embedding_one_by_one_or_together_is_the_same():
    p = dreamsim.DreamSimParameters(bf16=False)
    together = dreamsim.embed(pictures(), p)
    alone = np.concatenate([dreamsim.embed(picture[None], p) for picture in pictures()])
    assert ((together * alone).sum(axis=1) > 1 - 1e-5).all()


def test_half_precision_agrees_with_full(monkeypatch):
    monkeypatch.setattr(torch_tools, "computes_bfloat16", lambda device: True)
    full = dreamsim.embed(pictures(), dreamsim.DreamSimParameters(bf16=False))
    half = dreamsim.embed(pictures(), dreamsim.DreamSimParameters(bf16=True))
    assert not np.array_equal(full, half)
    assert ((full * half).sum(axis=1) > 0.99).all()


def test_a_device_that_would_imitate_bfloat16_stays_in_full_precision(monkeypatch, clips):
    monkeypatch.setattr(torch_tools, "computes_bfloat16", lambda device: False)
    full = dreamsim.embed(pictures(), dreamsim.DreamSimParameters(bf16=False))
    assert np.array_equal(full, dreamsim.embed(pictures(), dreamsim.DreamSimParameters(bf16=True)))
    features = dreamsim.DreamSimSingle().extractor.extract(Clip.open(clips["reference"]))
    assert features.facts["precision"] == "float32"


def test_it_embeds_as_the_package_does(made):
    picture = pictures(1)
    device = torch_tools.best_device()
    network = dreamsim.load("dino_vitb16", made, device)
    with torch.inference_mode():
        images = torch.from_numpy(picture).to(device).permute(0, 3, 1, 2).float() / 255
        theirs = network.embed(images).cpu().numpy()
    assert np.allclose(theirs, dreamsim.embed(picture, dreamsim.DreamSimParameters(bf16=False)), atol=1e-5)


def test_loading_leaves_the_generator_and_the_hub_folder_alone(made):
    dreamsim._loaded.clear()
    torch.manual_seed(11)
    expected, hub = torch.rand(3), torch.hub.get_dir()
    torch.manual_seed(11)
    dreamsim.load("dino_vitb16", made, "cpu")
    assert torch.equal(torch.rand(3), expected)
    assert torch.hub.get_dir() == hub


@pytest.mark.parametrize("name", ["dreamsim-dtw", "dreamsim-ensemble-dtw"])
def test_it_scores_clips(clips, name, tmp_path):
    assert registry.get(name).available() is None
    cache = FeatureCache(tmp_path)
    same = score(clips["reference"], clips["reference"], [name], cache=cache)[name]
    other = score(clips["reference"], clips["other"], [name], cache=cache)[name]
    assert same.value == 1.0
    assert 0 <= other.value < 1
    assert other.diagnostics["warping"][0] == [0.0, 0.0]


def test_every_odd_clip_has_a_value_or_a_reason(tmp_path):
    odd, cache = odd_clips(tmp_path), FeatureCache(tmp_path / "features")
    found = {
        name: score(odd["moving"], path, ["dreamsim-dtw"], cache=cache)["dreamsim-dtw"]
        for name, path in odd.items()
    }
    assert found["moving"].value == 1.0
    assert found["blank"].value == found["one frame"].value == 0.0
    assert all(0 <= found[name].value <= 1 for name in ("static", "coarse", "tiny"))
    both = score(odd["blank"], odd["one frame"], ["dreamsim-dtw"], cache=cache)["dreamsim-dtw"]
    assert both.value is None
    assert "blank" in both.reason


def test_equal_frames_are_embedded_once(clips, monkeypatch):
    counted = []
    real = dreamsim.embed
    monkeypatch.setattr(dreamsim, "embed", lambda frames, p: counted.append(len(frames)) or real(frames, p))
    clip = Clip.open(clips["static"])
    crops = [crop.tobytes() for crop in dreamsim._crops(clip, clip.scene.box, clip.film.scale, 3)]
    features = dreamsim.DreamSimSingle().extractor.extract(clip)
    assert sum(counted) == len(set(crops)) < len(crops) == len(features["embeddings"])


def test_no_more_than_a_batch_is_embedded_at_a_time(clips, monkeypatch):
    counted = []
    real = dreamsim.embed
    monkeypatch.setattr(dreamsim, "embed", lambda frames, p: counted.append(len(frames)) or real(frames, p))
    metric = dreamsim.DreamSimSingle()
    metric.extractor = dreamsim.DreamSimEmbeddings(dreamsim.DreamSimParameters(batch=3))
    features = metric.extractor.extract(Clip.open(clips["reference"]))
    assert max(counted) == 3
    assert len(features["embeddings"]) == len(features["moments"]) == 8


def test_without_its_weights_it_names_the_command(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "_root", tmp_path)
    assert registry.get("dreamsim-dtw").available() == weights.missing("dreamsim")
    assert "python manage.py models fetch dreamsim" in weights.missing("dreamsim")
