"""What decides a report besides the data: parameters, and the versions of everything that computes."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from studies.analysis.agreement import Interval
from studies.reports.encode import digest, plain

INTERVALS: tuple[Interval, ...] = ("block jackknife-t", "unit bootstrap", "animation bootstrap")


@dataclass(frozen=True)
class Parameters:
    """Everything a reader can choose. ``seed`` decides every draw; the replicates are those of each kind of draw."""

    seed: int = 0
    interval: Interval = "block jackknife-t"
    replicates: int = 10_000
    coin_flips: int = 400
    metric_replicates: int = 1_000
    permutations: int = 10_000
    rank_replicates: int = 1_000

    def command(self, slug: str) -> str:
        """The command line that makes the report again."""
        words = [f"manage.py report {slug} --format json"]
        for name in ("seed", "interval", "replicates", "metric_replicates"):
            if getattr(self, name) != getattr(Parameters(), name):
                value = getattr(self, name)
                words.append(
                    f"--{name.replace('_', '-')} " + (f'"{value}"' if " " in str(value) else str(value))
                )
        return " ".join(words)


@cache
def versions() -> dict[str, str]:
    """Of the language, of the libraries that compute, and of our own analysis: a digest of its source."""
    libraries = {name: version(name) for name in ("numpy", "scipy", "scikit-learn")}
    return {"python": platform.python_version(), **libraries, "analysis": _source_digest()}


def _source_digest() -> str:
    here = Path(__file__).resolve().parent
    found = hashlib.sha256()
    for path in [
        *sorted((here.parent / "analysis").rglob("*.py")),
        here / "analyse.py",
        here / "closeups.py",
        here / "dataset.py",
        here / "predictors.py",
        here / "validated.py",
    ]:
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def parameters_digest(parameters: Parameters) -> str:
    """Of the parameters and versions together: the second half of a report's key."""
    return digest({"parameters": plain(parameters), "versions": versions()})


def described(parameters: Parameters) -> dict[str, Any]:
    found: dict[str, Any] = plain(parameters)
    return found
