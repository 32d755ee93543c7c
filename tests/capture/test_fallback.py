"""Where the browser does not draw frames on demand: captured all the same, close to the truth, and said to be inexact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmark.capture import find_browser

BOX = '<div id=b style="width:60px;height:60px;background:#000"></div>'
INEXACT = "This browser does not draw frames on demand; its time was imitated by script."

MOVING = {
    "css": f"<style>@keyframes m{{to{{transform:translateX(180px)}}}}#b{{animation:m 2s linear}}</style>{BOX}",
    "web animation": f"{BOX}<script>b.animate([{{}},{{transform:'translateX(180px)'}}],2000)</script>",
    "frames by clock": f"{BOX}<script>(function f(){{b.style.transform=`translateX(${{performance.now()*.09}}px)`;"
    "requestAnimationFrame(f)})()</script>",
    "frames by date": f"{BOX}<script>s=Date.now();(function f(){{b.style.transform=`translateX(${{(Date.now()-s)*.09}}px)`;"
    "requestAnimationFrame(f)})()</script>",
    "interval": f"{BOX}<script>n=0;setInterval(()=>b.style.transform=`translateX(${{++n*.9}}px)`,10)</script>",
    "chain of timeouts": f"{BOX}<script>n=0;(function f(){{setTimeout(()=>{{b.style.transform=`translateX(${{++n*.9}}px)`;"
    "f()},10)})()</script>",
    "smil": '<svg width=320 height=60 style="display:block"><rect width=60 height=60><animate attributeName=x from=0 '
    "to=180 dur=2s /></rect></svg>",
}


@pytest.fixture
def browser():
    """The same browser, without what makes it exact."""
    return replace(find_browser(), exact=False)


@pytest.mark.parametrize("kind", MOVING)
def test_the_fallback_comes_close_and_says_so(kind, write_page, film, browser):
    taken = film(write_page(MOVING[kind]), 0.5, browser=browser)
    assert taken.result.status == "ok", taken.result
    assert not taken.result.exact
    assert taken.result.inexact == (INEXACT,)
    due = 0.09 * np.round((1 + 2 * np.arange(15)) * 1000 / 60, 1)
    assert np.abs(taken.places() - due).max() <= 1.5  # one vsync


def test_the_fallback_finds_the_duration_too(write_page, film, browser):
    html = MOVING["css"].replace("2s linear", "0.6s linear infinite")
    result = film(write_page(html), None, browser=browser).result
    assert (result.frames, result.duration_reason) == (18, "one period (0.6 s)")


def test_a_hang_is_caught_by_the_fallback_too(write_page, film, browser):
    result = film(
        write_page(f"{BOX}<script>setTimeout(()=>{{while(true);}},100)</script>"), 0.5, browser=browser
    ).result
    assert result.status == "timed_out"


def test_errors_in_timers_are_heard_by_the_fallback(write_page, film, browser):
    html = MOVING["css"] + "<script>setTimeout(()=>{throw new Error('late')},50)</script>"
    result = film(write_page(html), 0.3, browser=browser).result
    assert result.status == "script_error"
    assert "late" in result.errors[0]
