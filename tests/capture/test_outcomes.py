"""What is said of a page that was captured."""

from __future__ import annotations

import json

import pytest

from benchmark.capture import CaptureRefused, capture_to_clip
from benchmark.video import probe, read_frames

MOVING = (
    "<style>@keyframes m{to{transform:translateX(180px)}}#b{width:60px;height:60px;background:#000;"
    "animation:m 2s linear infinite}</style><div id=b></div>"
)

SAID = {
    "ok": (MOVING, "ok", None),
    "static": ("<p>hello", "static", "Nothing moves: every frame is the same."),
    "blank": ("", "blank", "Nothing was drawn: every frame is one single colour."),
    "blank in colour": (
        "<style>body{background:navy}</style>",
        "blank",
        "Nothing was drawn: every frame is one single colour.",
    ),
    "syntax error": (MOVING + "<script>let let = 3</script>", "script_error", "SyntaxError"),
    "runtime error": (MOVING + "<script>nothing.here()</script>", "script_error", "ReferenceError: nothing"),
    "rejected promise": (
        MOVING + "<script>Promise.reject(new TypeError('no'))</script>",
        "script_error",
        "TypeError: no",
    ),
    "error later": (
        MOVING + "<script>setTimeout(()=>{throw new Error('late')},100)</script>",
        "script_error",
        "late",
    ),
    "module error": (MOVING + "<script type=module>import x from './none.js'</script>", "ok", None),
    "needs network": (
        "<p>x<script src=https://cdn.example/lib.js></script><script>lib.go()</script>",
        "needs_network",
        "https://cdn.example/lib.js",
    ),
    "number thrown": (MOVING + "<script>throw null</script>", "script_error", "Uncaught null"),
    "file that is not there": (
        "<p>x<script src=lib.js></script>",
        "static",
        "Nothing moves: every frame is the same. Its folder lacks lib.js.",
    ),
    "does without network": (
        '<link rel=stylesheet href="https://fonts.example/css?family=Nice">' + MOVING,
        "ok",
        None,
    ),
}


@pytest.mark.parametrize("kind", SAID)
def test_the_status_names_the_cause(kind, write_page, film):
    html, status, reason = SAID[kind]
    result = film(write_page(html), 0.2).result
    assert result.status == status, result
    assert result.reason == reason or reason in result.reason
    json.dumps(result.as_dict())


def test_execution_and_static_rates_follow_from_results(write_page, film):
    results = {
        kind: film(write_page(SAID[kind][0]), 0.1).result
        for kind in ("ok", "static", "blank", "runtime error")
    }
    assert {kind: (each.executed, each.static) for kind, each in results.items()} == {
        "ok": (True, False),
        "static": (True, True),
        "blank": (False, True),
        "runtime error": (True, False),
    }


def test_a_shared_worker_is_answered_and_refused_as_its_page_is(write_page, film):
    page = write_page(
        f"{MOVING}<script>new SharedWorker('w.js')</script>",
        w__js="fetch('a.txt').then(r=>r.text()).then(t=>console.log(t));fetch('none.txt');"
        "fetch('https://elsewhere.example/a.json').catch(()=>0);new WebSocket('wss://elsewhere.example/b');"
        "try{importScripts('https://elsewhere.example/c.js')}catch{}",
        a__txt="its own file",
    )
    result = film(page, 0.5).result
    assert result.status == "ok"
    assert "its own file" in [line.text for line in result.console]
    assert {each.url for each in result.refused} == {
        "http://animation.localhost/none.txt",
        "https://elsewhere.example/a.json",
        "wss://elsewhere.example/b",
        "https://elsewhere.example/c.js",
    }


def test_requests_console_and_errors_are_kept(write_page, film):
    result = film(
        write_page(
            MOVING
            + "<script>console.warn('be','careful',3);fetch('data.json').then(r=>r.json()).then(d=>console.log(d.x))"
            "</script><img src=missing.png><script src=https://cdn.example/a.js></script>",
            data__json='{"x": "from beside"}',
        ),
        0.2,
    ).result
    said = [(line.level, line.text) for line in result.console]
    assert ("warning", "be careful 3") in said
    assert ("log", "from beside") in said
    assert {(each.url, each.kind) for each in result.refused} >= {
        ("http://animation.localhost/missing.png", "Image"),
        ("https://cdn.example/a.js", "Script"),
    }


def test_files_beside_the_page_are_served(write_page, film):
    page = write_page(
        '<link rel=stylesheet href="style.css"><div id=b></div><script type=module src="script.js"></script>',
        style__css="#b{width:60px;height:60px;background:#000}",
        script__js="b.animate([{},{transform:'translateX(180px)'}],2000)",
    )
    taken = film(page.parent, 0.2)  # a folder stands for its index.html
    assert taken.result.status == "ok"
    assert taken.result.refused == ()


def test_one_pass_writes_master_playable_copy_and_poster(write_page, tmp_path):
    master, playable, poster = (tmp_path / name for name in ("m.mp4", "p.mp4", "p.webp"))
    seen: list[float] = []
    result = capture_to_clip(
        write_page(MOVING),
        master,
        playable,
        poster,
        size=(320, 240),
        duration=1.0,
        progress=lambda fraction, sentence: seen.append(fraction),
    )
    assert result.sha256 is not None
    assert (probe(master).pixel_format, probe(playable).pixel_format) == ("yuv444p", "yuv420p")
    assert probe(master).frames == probe(playable).frames == 30
    assert poster.stat().st_size > 0
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert abs(int(read_frames(master)[0, 30, 30].max())) < 10


def test_the_same_page_gives_the_same_file(write_page, tmp_path):
    page = write_page(MOVING)
    hashes = {
        capture_to_clip(page, tmp_path / "m.mp4", size=(320, 240), duration=0.5).sha256 for _ in range(2)
    }
    assert len(hashes) == 1


def test_a_page_without_a_frame_leaves_no_file(write_page, tmp_path):
    page = write_page("<script>location='about:blank'</script>")
    result = capture_to_clip(page, tmp_path / "m.mp4", tmp_path / "p.mp4", tmp_path / "p.webp", duration=0.5)
    assert result.status == "navigated_away", result
    assert result.sha256 is None
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_a_sink_that_fails_is_heard(write_page, film):
    def full(frame):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        film(write_page(MOVING), 1.0, on_frame=full)


@pytest.mark.parametrize(
    ("options", "word"), [({"fps": 25}, "25"), ({"size": (4, 4)}, "4x4"), ({"duration": float("inf")}, "inf")]
)
def test_what_cannot_be_captured_is_refused_in_words(options, word, write_page, tmp_path):
    with pytest.raises(CaptureRefused, match=word):
        capture_to_clip(write_page(MOVING), tmp_path / "m.mp4", **options)
