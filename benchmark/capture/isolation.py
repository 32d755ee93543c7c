"""How far this system lets us shut a page in.

The wrapper that starts the browser is made of util-linux programs (`unshare`, `setpriv`), each tried once per
process and left out where the system refuses it; what is left out is said, never silent.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534


@dataclass(frozen=True)
class Isolation:
    """What shuts the browser in, and the command prefix that does it."""

    prefix: tuple[str, ...]
    network: bool
    """Its own network namespace: no interface but a loopback of its own, so nothing is reached at all."""
    processes: bool
    """Its own process namespace: no process survives the first."""
    user: bool
    """Runs as a user without privileges, who can gain none."""
    sandbox: bool
    """Chromium's own sandbox is on."""

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(name for name in ("network", "processes", "user", "sandbox") if getattr(self, name))

    @property
    def weaker(self) -> tuple[str, ...]:
        """One sentence for each wall that is missing here, for the operator to read at start."""
        sentences = {
            "network": "Captured pages have no network namespace of their own: a page could send UDP out "
            "(allow unprivileged user namespaces, or run the worker as root).",
            "processes": "Captured pages have no process namespace of their own: what they start is killed by "
            "process group.",
            "user": "Captured pages run as a user with privileges (install util-linux 2.33 or newer).",
            "sandbox": "Chromium's own sandbox is off, because this system refuses user namespaces to the browser.",
        }
        return tuple(text for name, text in sentences.items() if not getattr(self, name))


@functools.cache
def isolation_for(browser: Path) -> Isolation:
    """The strongest isolation in which ``browser`` starts here; tried once per process (about half a second)."""
    best: Isolation | None = None
    for candidate in _candidates():
        if _runs([*candidate.prefix, str(browser), "--version"]):
            best = candidate
            break
    if best is None:
        best = Isolation((), network=False, processes=False, user=os.geteuid() != 0, sandbox=False)
    # The sandbox makes a user namespace for its children, and refuses to run as root.
    sandbox = best.user and (sys.platform != "linux" or _runs([*best.prefix, "unshare", "--user", "true"]))
    return Isolation(best.prefix, best.network, best.processes, best.user, sandbox)


def _candidates() -> list[Isolation]:
    """From the strongest to the weakest."""
    if sys.platform != "linux" or not shutil.which("setpriv") or not shutil.which("unshare"):
        return []
    root = os.geteuid() == 0
    drop = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if root else []
    candidates = []
    for network, processes, user in (
        (True, True, True),
        (True, False, True),
        (True, True, False),
        (True, False, False),
        (False, True, True),
        (False, False, True),
    ):
        if not root and not user:
            continue
        # Whoever starts the browser may be killed: then the browser is too (--pdeathsig), and all it started.
        prefix = ["setpriv", "--pdeathsig", "KILL"]
        spaces = []
        if network:
            spaces.append("--net")
        if processes:
            spaces += ["--pid", "--fork", "--kill-child=KILL", "--mount-proc"]
        if spaces:
            prefix += ["unshare", *([] if root else ["--user", "--map-current-user"]), *spaces]
        if user:
            # A change of user forgets the parent-death signal, hence once more.
            prefix += ["setpriv", *drop, "--no-new-privs", "--pdeathsig", "KILL"]
        candidates.append(Isolation(tuple(prefix), network, processes, user, sandbox=False))
    return candidates


def _runs(command: list[str]) -> bool:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=20,
            cwd="/",
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
