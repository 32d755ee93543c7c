"""Which browser captures, and how it is started."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

HEADLESS_SHELLS = ("chromium-headless-shell", "chrome-headless-shell", "headless_shell")
FULL_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

# Layouts of Playwright's download cache, newest naming first.
PLAYWRIGHT_SHELLS = (
    "chromium_headless_shell-*/chrome-headless-shell-*/chrome-headless-shell",
    "chromium_headless_shell-*/chrome-*/headless_shell",
)
PLAYWRIGHT_BROWSERS = (
    "chromium-*/chrome-*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)

SHARED_MEMORY_BYTES = 500_000_000

# The origin pages believe they come from. Nothing answers there but the interception of requests. A localhost name makes
# it a secure context (crypto.subtle and the like), as pages opened from a disk are.
ORIGIN = "http://animation.localhost"

COMMON_FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-hang-monitor",
    "--disable-popup-blocking",  # else popups are dropped before we can count them
    "--block-new-web-contents",
    "--metrics-recording-only",
    "--password-store=basic",
    "--use-mock-keychain",
    "--autoplay-policy=no-user-gesture-required",
    "--hide-scrollbars",
    "--mute-audio",
    "--lang=en-US",
    "--force-color-profile=srgb",
    "--force-device-scale-factor=1",
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--disable-gpu",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # One process, one clock: an isolated frame would run on a time of its own.
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process,IsolateSandboxedIframes,OriginKeyedProcessesByDefault,"
    "Translate,MediaRouter,OptimizationHints,DialMediaRouteProvider,PaintHolding",
    # Where no network namespace is granted, these are the second wall.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    "--no-pings",
)

# Frames are drawn when we ask for them, and only then.
FRAME_CONTROL_FLAGS = (
    "--deterministic-mode",
    "--enable-begin-frame-control",
    "--run-all-compositor-stages-before-draw",
    "--disable-new-content-rendering-timeout",
    "--disable-threaded-animation",
    "--disable-threaded-scrolling",
    "--disable-checker-imaging",
    "--disable-image-animation-resync",
    "--enable-surface-synchronization",
)

# Of what a headless shell starts, what no capture needs: a third of the processor time that a start takes.
SPARE_FLAGS = (
    "--incognito",  # the first profile keeps no databases and caches; pages live in another one anyway
    # Requests are answered by us. What would carry them to a network needs no process of its own.
    "--enable-features=NetworkServiceInProcess2",
)


class BrowserMissing(RuntimeError):
    """No browser was found, or the one named is none; the message says what to install."""


@dataclass(frozen=True)
class Browser:
    """A browser on this machine."""

    path: Path
    kind: str
    """``headless-shell`` or ``chromium``."""
    exact: bool
    """Whether its kind draws frames on demand; a capture that finds otherwise says so in its result."""

    def command(self, size: tuple[int, int], profile: Path, *, sandbox: bool) -> list[str]:
        """The command line that starts it, speaking DevTools over descriptors 3 and 4."""
        flags = list(COMMON_FLAGS)
        if not _has_shared_memory():
            flags.append("--disable-dev-shm-usage")
        if self.exact:
            flags += FRAME_CONTROL_FLAGS
        if not sandbox:
            flags += ["--no-sandbox", "--disable-setuid-sandbox"]
        flags += [f"--window-size={size[0]},{size[1]}", f"--user-data-dir={profile}"]
        if self.kind == "headless-shell":
            flags += SPARE_FLAGS  # and no page to begin with
        else:
            flags.append("about:blank")
        return [str(self.path), *flags]


def find_browser(environ: Mapping[str, str] | None = None) -> Browser:
    """The browser to capture with: ``DIPTYCH_BROWSER``, else the first headless shell, else a full Chromium.

    The headless shell comes first wherever it is, because only it draws frames on demand.
    Raises `BrowserMissing`.
    """
    environ = os.environ if environ is None else environ
    named = environ.get("DIPTYCH_BROWSER")
    if named:
        found = shutil.which(named, path=environ.get("PATH"))
        if found is None:
            raise BrowserMissing(
                f"DIPTYCH_BROWSER names {named}, which is not a program here; name chromium-headless-shell or unset it."
            )
        return _browser(Path(found))
    for path in _candidates(environ):
        return _browser(path)
    raise BrowserMissing(
        "No browser was found to capture with; install Debian's chromium-headless-shell, "
        "or run: playwright install chromium-headless-shell"
    )


def _has_shared_memory() -> bool:
    """Whether /dev/shm holds a few big frames; containers often give 64 MB. Files instead cost a sixth of the speed."""
    try:
        return shutil.disk_usage("/dev/shm").free > SHARED_MEMORY_BYTES
    except OSError:
        return False


def _browser(path: Path) -> Browser:
    shell = path.name in HEADLESS_SHELLS or path.resolve().name in HEADLESS_SHELLS
    return Browser(path, "headless-shell" if shell else "chromium", exact=shell and sys.platform == "linux")


def _candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    cache = _playwright_cache(environ)
    yield from _on_path(HEADLESS_SHELLS, environ)
    yield from _in_cache(cache, PLAYWRIGHT_SHELLS)
    yield from _on_path(FULL_BROWSERS, environ)
    yield from _in_cache(cache, PLAYWRIGHT_BROWSERS)


def _on_path(names: tuple[str, ...], environ: Mapping[str, str]) -> Iterator[Path]:
    for name in names:
        found = shutil.which(name, path=environ.get("PATH"))
        if found:
            yield Path(found)


def _in_cache(cache: Path, layouts: tuple[str, ...]) -> Iterator[Path]:
    for layout in layouts:
        # Newest build first.
        for path in sorted(cache.glob(layout), key=lambda found: found.stat().st_mtime, reverse=True):
            if os.access(path, os.X_OK) and path.is_file():
                yield path


def _playwright_cache(environ: Mapping[str, str]) -> Path:
    named = environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if named and named != "0":
        return Path(named)
    home = Path(environ.get("HOME") or Path.home())
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "ms-playwright"
    return Path(environ.get("XDG_CACHE_HOME") or home / ".cache") / "ms-playwright"
