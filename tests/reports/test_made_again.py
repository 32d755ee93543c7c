"""The one command makes the report again bit for bit: in another process, with other hashing, with other threads."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import JUDGMENTS

ROOT = Path(__file__).resolve().parents[2]


def manage(folder: Path, *words: str, threads: int) -> str:
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("DJANGO_", "DIPTYCH_", "DATABASE_"))
    }
    told = {
        "DIPTYCH_DATA": str(folder),
        "PYTHONHASHSEED": str(threads),
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads),
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=kept | told,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_another_process_prints_the_same_bytes_and_the_same_pdf(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    manage(first, "import_judgments", str(JUDGMENTS), "--study", "paper", "--rows-per-rater", "30", threads=1)
    shutil.copytree(first, second)
    command = json.loads(manage(first, "report", "paper", "--replicates", "500", threads=1))["settings"][
        "command"
    ]
    again = command.removeprefix("manage.py ").split()
    one, two = manage(first, *again, threads=1), manage(second, *again, threads=2)
    assert one == two
    for folder in (first, second):
        out = str(folder / "r.pdf")
        manage(folder, *again[:2], "--replicates", "500", "--format", "pdf", "--out", out, threads=1)
    assert (first / "r.pdf").read_bytes() == (second / "r.pdf").read_bytes()
