"""Settings are documented, and fail loudly."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_variable_that_is_read_is_documented() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config" / "settings.py").read_text()))
    documented = set(
        re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "configuration.md").read_text(), re.MULTILINE)
    )
    assert "DATABASE_URL" in read
    assert read <= documented
    assert documented - read <= {
        "DIPTYCH_BROWSER",
        "DIPTYCH_LIBRARIES",
        "DIPTYCH_TORCH_INDEX",
        "PORT",
    }  # read by benchmark.capture and make


def test_a_server_without_a_signing_key_refuses_to_start(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DIPTYCH", "DJANGO"))}
    started = subprocess.run(
        [sys.executable, "-c", "import config.wsgi"],
        cwd=ROOT,
        env={**environment, "DIPTYCH_DATA": str(tmp_path / "absent")},
        capture_output=True,
        text=True,
    )
    assert started.returncode != 0
    assert "Set DIPTYCH_SECRET_KEY to a long random string" in started.stderr
    assert not (tmp_path / "absent").exists()


def test_a_first_command_keeps_a_key_that_only_the_owner_can_read(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DIPTYCH", "DJANGO"))}
    environment["DIPTYCH_DATA"] = str(tmp_path / "new")
    for _ in range(2):
        subprocess.run(
            [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, check=True, capture_output=True
        )
    key = tmp_path / "new" / "secret-key"
    assert len(key.read_text()) > 50
    assert key.stat().st_mode & 0o777 == 0o600
