"""What docs/adding-a-metric.md tells an outsider to write, packaged, installed by pip and used."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "adding-a-metric.md"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of its own into which pip installed the page's package."""
    code, declaration = re.findall(
        r"```(?:python|toml)\n# (?:\S+|its \S+)\n(.*?)```", PAGE.read_text(), re.DOTALL
    )
    package, target = tmp_path_factory.mktemp("theirs"), tmp_path_factory.mktemp("site")
    (package / "my_metrics").mkdir()
    (package / "my_metrics" / "__init__.py").touch()
    (package / "my_metrics" / "brightness.py").write_text(code)
    (package / "pyproject.toml").write_text(declaration)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
    ]
    subprocess.run([*pip, "--target", str(target), str(package)], check=True)
    return target


def door(installed: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmark.metrics", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
    )


def test_it_scores_beside_ours(installed, clip):
    told = door(
        installed, clip("spin"), clip("travel"), "--metric", "brightness", "--metric", "motion-energy"
    )
    assert told.returncode == 0, told.stderr
    scores = json.loads(told.stdout)["scores"]
    assert set(scores) == {"brightness", "motion-energy"}
    assert 0 < scores["brightness"]["value"] < 1
    assert scores["brightness"]["parameters"] == {"scale": 255, "extractor": {}}


def test_it_is_no_default_and_gone_when_uninstalled(installed, clip, tmp_path):
    told = door(installed, clip("spin"), clip("travel"))
    assert set(json.loads(told.stdout)["scores"]) == {"object-appearance", "trajectory"}
    gone = door(tmp_path, clip("spin"), clip("travel"), "--metric", "brightness")
    assert gone.returncode == 2
    assert "There is no metric named brightness; choose among" in gone.stderr
