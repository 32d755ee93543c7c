"""What the metrics on PyTorch share. Nothing here imports torch before it is called."""

from __future__ import annotations

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


def lower_precision(device: str, wanted: bool) -> AbstractContextManager[Any]:
    """Autocast to bfloat16 where `wanted`."""
    import torch

    return torch.autocast(device_type=device, dtype=torch.bfloat16, enabled=wanted)


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
    nothing here uses it; declaring the two names is enough. The library object must stay alive.
    """
    import sys

    if "torchvision" in sys.modules:
        return
    import torch

    try:
        library = torch.library.Library("torchvision", "DEF")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:  # the compiled operators are there after all
        return
    _kept.append(library)


_kept: list[Any] = []
