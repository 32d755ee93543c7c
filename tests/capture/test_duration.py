"""How long a clip becomes, and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.capture.duration import DurationPlan, common_period

BOX = '<div id=b style="width:60px;height:60px;background:#000"></div><div id=c>c</div>'
KEYFRAMES = "<style>@keyframes m{to{transform:translateX(180px)}}@keyframes o{to{opacity:0}}</style>"


@given(st.lists(st.integers(1, 30), min_size=1, max_size=4))
def test_a_common_period_holds_each_period_whole(tenths):
    common = common_period([each / 10 for each in tenths], bound=100_000)
    assert common is not None
    assert all(abs(common / (each / 10) - round(common / (each / 10))) < 1e-9 for each in tenths)


def test_a_plan_only_grows():
    plan = DurationPlan(None, 30)
    plan.observe(0.0, finite=[2.0])
    assert (plan.frames, plan.reason) == (60, "the longest animation ends at 2 s")
    plan.observe(0.5, finite=[1.0])
    assert plan.frames == 60
    plan.observe(2.0, finite=[3.5])
    assert (plan.frames, plan.reason) == (105, "the longest animation ends at 3.5 s (seen at 2.0 s)")


def test_a_given_duration_is_kept_whatever_runs():
    plan = DurationPlan(1.5, 30)
    plan.observe(0.0, finite=[9.0])
    assert (plan.frames, plan.reason) == (45, "given")


FOUND = {
    "one animation": (
        KEYFRAMES + "<style>#b{animation:m 1.2s .3s}</style>" + BOX,
        1.5,
        "the longest animation ends at 1.5 s",
    ),
    "the longest of two": (
        KEYFRAMES + "<style>#b{animation:m .4s 2}#c{animation:o .5s}</style>" + BOX,
        0.8,
        "the longest animation ends at 0.8 s",
    ),
    "one period of a loop": (
        KEYFRAMES + "<style>#b{animation:m .7s infinite}</style>" + BOX,
        0.7,
        "one period (0.7 s)",
    ),
    "there and back": (
        KEYFRAMES + "<style>#b{animation:m .7s infinite alternate}</style>" + BOX,
        1.4,
        "one period (1.4 s)",
    ),
    "loops that meet": (
        KEYFRAMES + "<style>#b{animation:m .4s infinite}#c{animation:o .6s infinite}</style>" + BOX,
        1.2,
        "the common period of 2 loops (1.2 s)",
    ),
    "a loop that begins late": (
        KEYFRAMES + "<style>#b{animation:m .5s .5s infinite}</style>" + BOX,
        1.0,
        "one period (0.5 s) after the last loop begins at 0.5 s",
    ),
    "web animations": (
        BOX + "<script>b.animate([{},{opacity:0}],{duration:900,iterations:Infinity})</script>",
        0.9,
        "one period (0.9 s)",
    ),
    "smil": (
        '<svg><rect width=9 height=9><animate attributeName=x to=90 dur=".8s" repeatCount="indefinite"/></rect></svg>',
        0.8,
        "one period (0.8 s)",
    ),
    "a transition": (
        BOX + "<style>#b{transition:opacity 1s}</style><script>requestIdleCallback(()=>0);onload=()=>"
        "{b.offsetWidth;b.style.opacity=0}</script>",
        1.0,
        "the longest animation ends at 1 s",
    ),
    "what follows an animation": (
        KEYFRAMES + "<style>#b{animation:m .5s}</style>" + BOX + "<script>b.onanimationend=()=>"
        "c.animate([{},{opacity:0}],500)</script>",
        1.0,
        "the longest animation ends at 1 s (seen at 0.5 s)",
    ),
    "paused ones do not count": (
        KEYFRAMES + "<style>#b{animation:m .5s}#c{animation:o 4s paused}</style>" + BOX,
        0.5,
        "the longest animation ends at 0.5 s",
    ),
    "inside a frame": (
        '<iframe srcdoc="<style>@keyframes m{to{opacity:0}}p{animation:m .6s infinite}</style><p>x"></iframe>',
        0.6,
        "one period (0.6 s)",
    ),
}


@pytest.mark.parametrize("kind", FOUND)
def test_a_duration_is_found_and_its_reason_said(kind, write_page, film):
    html, seconds, reason = FOUND[kind]
    result = film(write_page(html), None, size=(160, 120)).result
    assert result.duration == pytest.approx(seconds, abs=0.034)
    assert result.duration_reason == reason


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (BOX, "nothing that tells its length runs: 5 s by default"),
        (
            BOX + "<script>(function f(){requestAnimationFrame(f)})()</script>",
            "drawn by script: 5 s by default",
        ),
        (
            KEYFRAMES + "<style>#b{animation:m 1.7s infinite}#c{animation:o 1.9s infinite}</style>" + BOX,
            "the loops don't meet within 10 s: 5 s by default",
        ),
    ],
)
def test_five_seconds_where_nothing_tells(html, reason, write_page, film):
    result = film(write_page(html), None, size=(64, 48)).result
    assert result.frames == 150
    assert result.duration_reason == reason


def test_a_very_long_animation_is_cut(write_page, film):
    html = KEYFRAMES + "<style>#b{animation:m 90s}</style>" + BOX
    result = film(write_page(html), None, size=(64, 48), fps=2).result
    assert result.duration == 20.0
    assert result.duration_reason == "the longest animation ends at 90 s, cut at 20 s"
