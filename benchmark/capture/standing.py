"""How well this machine can capture, in sentences for its operator."""

from __future__ import annotations

from benchmark.capture.browser import BrowserMissing, find_browser
from benchmark.capture.isolation import isolation_for


def shortcomings() -> tuple[str, ...]:
    """One sentence for each way in which captures fall short here; none where they are exact and shut in on all sides.

    Tries the walls once per process, which takes about half a second.
    """
    try:
        browser = find_browser()
    except BrowserMissing as missing:
        return (str(missing),)
    inexact = (
        ()
        if browser.exact
        else (
            f"{browser.path} does not draw frames on demand: captures are marked as not exact "
            "(install Debian's chromium-headless-shell).",
        )
    )
    return (*inexact, *isolation_for(browser.path).weaker)
