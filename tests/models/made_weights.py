"""Random weights in the layout of DreamSim's cache folder, so that its own loader and network run without a download.

The transformers have the real depth of 12 blocks, which DreamSim reads by number, and an eighth of the real width.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import torch
from dreamsim.feature_extraction.vision_transformer import DINOHead, VisionTransformer
from torch import nn

WIDTH = 96  # 768 is the real one; heads are 64 wide there
HUB = '''"""A test double of facebookresearch/dino's hubconf: the same call, a narrow network of DreamSim's own class."""
import torch
from tests.models.made_weights import narrow

dependencies = ["torch"]


def dino_vitb16(pretrained=True, **kwargs):
    model = narrow()
    path = torch.hub.get_dir() + "/checkpoints/dino_vitbase16_pretrain.pth"
    model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True), strict=True)
    return model
'''


def narrow(patch_size: int = 16, **more: object) -> VisionTransformer:
    return VisionTransformer(
        patch_size=patch_size,
        embed_dim=WIDTH,
        depth=12,
        num_heads=max(3, WIDTH // 64),
        mlp_ratio=2 if WIDTH < 768 else 4,
        qkv_bias=True,
        norm_layer=partial(nn.LayerNorm, eps=1e-6),
        **more,
    )


def make(folder: Path, seed: int = 7, *, ensemble: bool = True) -> Path:
    """Everything that the single model, and the ensemble if wanted, load, under one folder."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        (folder / "facebookresearch_dino_main").mkdir(parents=True)
        (folder / "facebookresearch_dino_main" / "hubconf.py").write_text(HUB)
        (folder / "checkpoints").mkdir()
        torch.save(narrow().state_dict(), folder / "checkpoints" / "dino_vitbase16_pretrain.pth")
        _head(folder / "dino_vitb16_pretrain.pth")
        for name in ("clip", "open_clip") if ensemble else ():
            network = narrow()
            network.pos_drop = nn.LayerNorm(WIDTH)
            state = {**network.state_dict(), "proj": torch.randn(WIDTH, 64)}
            torch.save({"state_dict": state}, folder / f"{name}_vitb16_pretrain.pth.tar")
        _adapter(folder, "dino_vitb16_single_lora", "dino_vitb16")
        if ensemble:
            _adapter(folder, "ensemble_lora", "ensemble")
    return folder


def _head(path: Path) -> None:
    head = DINOHead(768, 2048)
    names = [f"mlp.{layer}.{part}" for layer in (0, 2, 4) for part in ("weight", "bias")]
    state = {f"module.head.{name}": head.state_dict()[name] for name in names}
    state["module.head.last_layer.weight"] = torch.randn(2048, 256)
    torch.save({"student": state}, path)


def _adapter(folder: Path, name: str, model: str) -> None:
    """LoRA weights for every attention block, made by peft itself from the network that DreamSim builds."""
    from dreamsim.config import dreamsim_args
    from dreamsim.model import PerceptualModel
    from peft import LoraConfig, get_peft_model

    facts = {"r": 4, "lora_alpha": 8, "lora_dropout": 0.0, "bias": "none", "target_modules": ["qkv"]}
    network = PerceptualModel(
        **dreamsim_args["model_config"][model], device="cpu", load_dir=str(folder), normalize_embeds=True
    )
    adapted = get_peft_model(network, LoraConfig(**facts))
    for parameter_name, parameter in adapted.named_parameters():
        if (
            "lora_B" in parameter_name
        ):  # zero at first, so that an adapter that is not loaded would go unnoticed
            nn.init.normal_(parameter, std=0.05)
    adapted.save_pretrained(str(folder / name), safe_serialization=False)
    config = folder / name / "adapter_config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), **facts}))
