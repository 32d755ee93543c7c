"""The big models' weights: what they are, where they come from, under which licence, and fetching them.

Nothing is fetched unless asked for. The publishers give no checksums, so the sha256 of what came is written down beside
the files at the first fetch and every later fetch must match it; `expected` pins a checksum from elsewhere.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import shutil
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark.metrics.base import MetricRefused

Progress = Callable[[str, float], None]

DINO = "7c446df5b9f45747937fb0d72314eb9f7b66930a"
COTRACKER = "82e02e8029753ad4ef13cf06be7f4fc5facdda4d"
RECORD = "checksums.json"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Part:
    """One download: `into` is a file's place in the weights' folder; an archive is unpacked into the folder `into`, its
    own outermost folder dropped where `strip` says so. `megabytes` is what to expect."""

    url: str
    into: str
    megabytes: int
    archive: bool = False
    strip: bool = False
    gives: str = ""  # a path that must exist afterwards, relative to the weights' folder


@dataclass(frozen=True)
class Weights:
    """What one metric needs. `folder` is its place under the weights' root."""

    name: str
    metric: str
    licence: str
    source: str
    note: str
    parts: tuple[Part, ...]

    @property
    def megabytes(self) -> int:
        return sum(part.megabytes for part in self.parts)


@dataclass(frozen=True)
class Listing:
    """One line of the list: the weights, whether they are here, and the checksums of what was fetched."""

    weights: Weights
    present: bool
    folder: Path
    checksums: Mapping[str, str]


_DREAMSIM = "https://github.com/ssundaram21/dreamsim/releases/download/v0.2.0-checkpoints/"
_DINO_CODE = Part(
    f"https://github.com/facebookresearch/dino/archive/{DINO}.zip",
    "facebookresearch_dino_main",
    1,
    archive=True,
    strip=True,
    gives="facebookresearch_dino_main/hubconf.py",
)
_DINO_WEIGHTS = Part(
    "https://dl.fbaipublicfiles.com/dino/dino_vitbase16_pretrain/dino_vitbase16_pretrain.pth",
    "checkpoints/dino_vitbase16_pretrain.pth",
    343,
    gives="checkpoints/dino_vitbase16_pretrain.pth",
)
_MIT = "MIT (DreamSim), Apache-2.0 (DINO)"

CATALOGUE: tuple[Weights, ...] = (
    Weights(
        "dreamsim",
        "dreamsim-dtw",
        _MIT,
        "github.com/ssundaram21/dreamsim, single model dino_vitb16",
        "Needs PyTorch and DreamSim: make models.",
        (
            _DINO_CODE,
            _DINO_WEIGHTS,
            Part(
                _DREAMSIM + "dreamsim_dino_vitb16_checkpoint.zip",
                ".",
                500,
                archive=True,
                gives="dino_vitb16_single_lora/adapter_config.json",
            ),
        ),
    ),
    Weights(
        "dreamsim-ensemble",
        "dreamsim-ensemble-dtw",
        _MIT + ", MIT (CLIP, OpenCLIP)",
        "github.com/ssundaram21/dreamsim, ensemble",
        "Needs PyTorch and DreamSim: make models. Three times slower than the single model.",
        (
            _DINO_CODE,
            _DINO_WEIGHTS,
            Part(
                _DREAMSIM + "dreamsim_ensemble_checkpoint.zip",
                ".",
                1500,
                archive=True,
                gives="ensemble_lora/adapter_config.json",
            ),
        ),
    ),
    Weights(
        "cotracker3",
        "cotracker3-chamfer",
        "CC-BY-NC 4.0: no commercial use",
        f"github.com/facebookresearch/co-tracker at {COTRACKER[:12]}, scaled_offline",
        "Code and weights may not be used commercially; Diptych ships neither. Practically needs a GPU.",
        (
            Part(
                f"https://github.com/facebookresearch/co-tracker/archive/{COTRACKER}.zip",
                "source",
                60,
                archive=True,
                strip=True,
                gives="source/hubconf.py",
            ),
            Part(
                "https://huggingface.co/facebook/cotracker3/resolve/main/scaled_offline.pth",
                "scaled_offline.pth",
                102,
                gives="scaled_offline.pth",
            ),
        ),
    ),
)


_root: Path | None = None


def use_root(root: Path) -> None:
    """Have weights looked for in `root` from now on; the site says so at its start, with its own data folder."""
    global _root
    _root = root


def weights_root() -> Path:
    """Where weights lie: as `use_root` said, else `weights` under DIPTYCH_DATA or under `data` in the working
    directory."""
    return _root or Path(os.environ.get("DIPTYCH_DATA") or "data") / "weights"


def find(name: str) -> Weights:
    """Raises MetricRefused with the names there are."""
    for weights in CATALOGUE:
        if weights.name == name:
            return weights
    names = ", ".join(weights.name for weights in CATALOGUE)
    raise MetricRefused(f"There are no weights named {name}; choose among {names}.")


def folder_of(name: str, root: Path | None = None) -> Path:
    return (root or weights_root()) / find(name).name


def present(name: str, root: Path | None = None) -> bool:
    """Whether everything that these weights consist of is in its place."""
    folder = folder_of(name, root)
    return all((folder / part.gives).exists() for part in find(name).parts)


def missing(name: str) -> str:
    """The sentence for a metric without its weights."""
    weights = find(name)
    return (
        f"{weights.metric} needs weights of about {weights.megabytes} MB that are not here ({weights.licence}); "
        f"fetch them with: python manage.py models fetch {name}"
    )


def list_models(root: Path | None = None) -> list[Listing]:
    """Every entry of the catalogue and its state under `root`."""
    return [
        Listing(weights, present(weights.name, root), folder, _recorded(folder))
        for weights in CATALOGUE
        for folder in [folder_of(weights.name, root)]
    ]


def fetch(
    name: str,
    root: Path | None = None,
    progress: Progress | None = None,
    *,
    expected: Mapping[str, str] | None = None,
) -> Path:
    """Fetches what is missing and returns the folder; what is there already stays.

    `progress(sentence, share)` is called as bytes arrive. `expected` maps addresses to sha256. Raises MetricRefused
    when an address cannot be reached or breaks off, the checksum differs from the recorded or expected one, an archive
    lacks a file, or the disk is full. Parts that came whole before stay, so fetching again goes on from there.
    """
    weights, folder = find(name), folder_of(name, root)
    known = {**_recorded(folder), **(expected or {})}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, part in enumerate(weights.parts):
            if (folder / part.gives).exists():
                continue
            file = folder / f"part-{number}.download"
            try:
                known[part.url] = _download(part, file, known.get(part.url), progress)
                _place(part, file, folder)
            finally:
                file.unlink(missing_ok=True)
            (folder / RECORD).write_text(json.dumps(known, indent=1, sort_keys=True))
    except OSError as error:
        raise MetricRefused(
            f"The weights cannot be written to {folder} ({error.strerror or error}); make room there and fetch again."
        ) from error
    return folder


def _recorded(folder: Path) -> dict[str, str]:
    record = folder / RECORD
    return json.loads(record.read_text()) if record.exists() else {}


def _download(part: Part, file: Path, expected: str | None, progress: Progress | None) -> str:
    """The sha256 of what came, which is in `file`, whole."""
    digest, done = hashlib.sha256(), 0
    name = part.url.rsplit("/", 1)[-1]
    with file.open("wb") as out:
        answer = _ask(part.url)
        with answer:
            announced = answer.headers.get("Content-Length")
            total = int(announced or part.megabytes * 1_000_000)
            for block in _blocks(answer, part.url):
                out.write(block)
                digest.update(block)
                done += len(block)
                if progress is not None:
                    share = min(1.0, done / max(total, 1))
                    progress(f"{name}: {done / 1e6:.0f} of {total / 1e6:.0f} MB", share)
    if announced and done != total:  # the connection ended early, which reading by blocks does not tell
        raise MetricRefused(
            f"{part.url} broke off after {done:,} of {total:,} bytes; nothing was kept of it: fetch again."
        )
    found = digest.hexdigest()
    if expected and found != expected:
        raise MetricRefused(
            f"{part.url} gave other bytes than expected: sha256 {found} instead of {expected}. Nothing was kept of it; "
            f"if its publisher replaced it and you trust the new one, remove {file.parent / RECORD} and fetch again."
        )
    return found


def _ask(url: str) -> Any:
    try:
        return urllib.request.urlopen(url, timeout=60)
    except urllib.error.HTTPError as error:
        raise MetricRefused(
            f"{url} answered {error.code} {error.reason}: its publisher has moved it, or refuses; fetch again later."
        ) from error
    except (OSError, http.client.HTTPException) as error:
        why = getattr(error, "reason", None) or error
        raise MetricRefused(
            f"{url} cannot be reached ({why}); check this machine's network connection and fetch again."
        ) from error


def _blocks(answer: Any, url: str) -> Iterator[bytes]:
    try:
        while block := answer.read(CHUNK):
            yield block
    except (OSError, http.client.HTTPException) as error:
        raise MetricRefused(f"{url} broke off ({error}); nothing was kept of it: fetch again.") from error


def _place(part: Part, file: Path, folder: Path) -> None:
    """Moves a download to its place: what tells that the part is there comes last, so that it is whole or absent."""
    target = folder / part.into
    if not part.archive:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file, target)
        return
    aside = folder / "unpacking"
    shutil.rmtree(aside, ignore_errors=True)
    try:
        with zipfile.ZipFile(file) as archive:
            archive.extractall(aside)  # zipfile keeps members inside the folder
        source = next(aside.iterdir()) if part.strip else aside
        if not (source / Path(part.gives).relative_to(part.into)).exists():
            raise MetricRefused(f"The archive from {part.url} lacks {part.gives}; its layout has changed.")
        last = Path(part.gives).relative_to(part.into).parts[0]
        target.mkdir(parents=True, exist_ok=True)
        for item in sorted(source.iterdir(), key=lambda item: item.name == last):
            place = target / item.name
            if place.is_dir():
                shutil.rmtree(place)  # of a fetch that was cut off here
            os.replace(item, place)
    except (zipfile.BadZipFile, StopIteration) as error:
        raise MetricRefused(
            f"{part.url} did not give an archive that can be unpacked; fetch again."
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
