"""What the metrics on PyTorch share. Nothing here imports torch before it is called."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any


def missing_package(metric: str, *names: str) -> str | None:
    """The sentence for packages that are not installed, or None."""
    absent = [name for name in names if importlib.util.find_spec(name) is None]
    if not absent:
        return None
    return f"{metric} needs the packages {', '.join(absent)}; install them with: make models"


def best_device() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def computes_bfloat16(device: str) -> bool:
    """Whether the device has instructions for bfloat16; where PyTorch has to imitate them (a processor with AVX2 and no more)
    a layer of DreamSim's takes six times as long as in full precision."""
    import torch

    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    able = torch.cpu.get_capabilities()
    return any(able.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def precision(device: str, bf16: bool) -> str:
    """What a network is run in: "bfloat16" where that is wanted and the device computes in it, else "float32"."""
    return "bfloat16" if bf16 and computes_bfloat16(device) else "float32"


def lower_precision(device: str, wanted: bool) -> AbstractContextManager[Any]:
    """Autocast to bfloat16 where `wanted` and the device computes in it."""
    import torch

    enabled = precision(device, wanted) == "bfloat16"
    return torch.autocast(device_type=device, dtype=torch.bfloat16, enabled=enabled)


@contextmanager
def untouched_randomness() -> Iterator[None]:
    """Restores torch's random generators and hub folder, which loading foreign code changes."""
    import torch

    hub = torch.hub.get_dir()
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        try:
            yield
        finally:
            torch.hub.set_dir(hub)


def declare_torchvision_operators() -> None:
    """Lets torchvision be imported where its compiled operators do not load.

    Beside a CPU build of torch the torchvision wheel fails on `operator torchvision::nms does not exist`, though
    nothing here uses it; declaring the two names is enough. Where they load they are left alone: a name can be declared
    only once. The library object must stay alive.
    """
    import sys

    import torch

    try:
        importlib.import_module("torchvision")
    except RuntimeError:  # what of it was imported is not whole
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "DEF")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _kept.append(library)


_kept: list[Any] = []
