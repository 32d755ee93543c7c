"""Every time source gives the same frames every time, at the right times."""

from __future__ import annotations

import base64
import gzip
import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from benchmark.video import Encoder

BOX = '<div id=b style="width:60px;height:60px;background:#000;position:relative"></div>'
SPEED = 0.09  # px/ms: one and a half pixels a vsync, so that fractions show


def moments(count: int) -> np.ndarray:
    """When frame k is shown, in ms: every second vsync beginning with the first, steered to 0.1 ms."""
    return np.round((1 + 2 * np.arange(count)) * 1000 / 60, 1)


def linear(t: np.ndarray) -> np.ndarray:
    return SPEED * t


def whole(t: np.ndarray) -> np.ndarray:
    """Two pixels a vsync, where what is placed snaps to whole pixels."""
    return np.round(0.12 * t)


def counted(t: np.ndarray) -> np.ndarray:
    """One and a half pixels per animation frame; the first runs at 0."""
    return 1.5 * (np.round(t * 60 / 1000) + 1)


def ticking(t: np.ndarray) -> np.ndarray:
    """A 10 ms timer that moves by what 10 ms are worth."""
    return SPEED * 10 * np.floor(t / 10)


def after_half(t: np.ndarray) -> np.ndarray:
    """Begins at 0.5 s; it is seen to begin at the vsync that follows."""
    begins = np.ceil(500 * 60 / 1000) * 1000 / 60
    return SPEED * np.maximum(0, t - begins)


MOVE = "b.style.transform=`translateX(${%s}px)`"
MOVING = {
    "css keyframes": (
        f"<style>@keyframes m{{to{{transform:translateX(180px)}}}}#b{{animation:m 2s linear}}</style>{BOX}",
        linear,
    ),
    "css left": (
        f"<style>@keyframes m{{from{{left:0}}to{{left:240px}}}}#b{{animation:m 2s linear}}</style>{BOX}",
        whole,
    ),
    "css steps": (
        f"<style>@keyframes m{{to{{transform:translateX(200px)}}}}#b{{animation:m 2s steps(20)}}</style>{BOX}",
        lambda t: 10 * np.floor(t / 100),
    ),
    "css delay": (
        f"<style>@keyframes m{{to{{transform:translateX(180px)}}}}#b{{animation:m 2s linear .25s}}</style>{BOX}",
        lambda t: SPEED * np.maximum(0, t - 250),
    ),
    "css variable": (
        "<style>@property --x{syntax:'<length>';inherits:false;initial-value:0px}@keyframes m{to{--x:180px}}"
        f"#b{{animation:m 2s linear;transform:translateX(var(--x))}}</style>{BOX}",
        linear,
    ),
    "transition started by a timer": (
        f"{BOX}<style>#b{{transition:transform 2s linear}}</style>"
        "<script>setTimeout(()=>b.style.transform='translateX(180px)',495)</script>",
        after_half,
    ),
    "web animation": (
        f"{BOX}<script>b.animate([{{}},{{transform:'translateX(180px)'}}],2000)</script>",
        linear,
    ),
    "frames by clock": (
        f"{BOX}<script>(function f(){{{MOVE % 'performance.now()*.09'};requestAnimationFrame(f)}})()</script>",
        linear,
    ),
    "frames by timestamp": (
        f"{BOX}<script>(function f(t){{{MOVE % 't*.09'};requestAnimationFrame(f)}})(0)</script>",
        linear,
    ),
    "frames by date": (
        f"{BOX}<script>s=Date.now();(function f(){{{MOVE % '(Date.now()-s)*.09'};requestAnimationFrame(f)}})()"
        "</script>",
        lambda t: SPEED * np.floor(t),
    ),
    "frames counted": (
        f"{BOX}<script>n=0;function f(){{{MOVE % '++n*1.5'};requestAnimationFrame(f)}}requestAnimationFrame(f)"
        "</script>",
        counted,
    ),
    "interval": (f"{BOX}<script>n=0;setInterval(()=>{{{MOVE % '++n*.9'}}},10)</script>", ticking),
    "chain of timeouts": (
        f"{BOX}<script>n=0;(function f(){{setTimeout(()=>{{{MOVE % '++n*.9'};f()}},10)}})()</script>",
        ticking,
    ),
    "smil": (
        '<svg width=320 height=60 style="display:block"><rect width=60 height=60><animate attributeName=x from=0 '
        "to=180 dur=2s /></rect></svg>",
        linear,
    ),
    "smil motion": (
        '<svg width=320 height=60 style="display:block"><rect width=60 height=60><animateMotion path="M0 0H180" '
        'dur=2s calcMode="linear"/></rect></svg>',
        linear,
    ),
    "canvas": (
        "<canvas id=c width=320 height=60 style='display:block'></canvas><script>x=c.getContext('2d');"
        "(function f(){x.clearRect(0,0,320,60);x.fillRect(performance.now()*.09,0,60,60);requestAnimationFrame(f)})()"
        "</script>",
        linear,
    ),
    "webgl": (
        "<canvas id=c width=320 height=60 style='display:block'></canvas><script>g=c.getContext('webgl',{antialias:false});"
        "g.enable(g.SCISSOR_TEST);g.clearColor(0,0,0,1);(function f(){g.scissor(0,0,320,60);g.clearColor(1,1,1,1);"
        "g.clear(16384);g.scissor(Math.round(performance.now()*.12),0,60,60);g.clearColor(0,0,0,1);g.clear(16384);"
        "requestAnimationFrame(f)})()</script>",
        whole,
    ),
    "iframe beside the page": (
        '<iframe src="inner.html" style="border:0;width:320px;height:60px;display:block"></iframe>',
        linear,
    ),
    "iframe in the page": (
        '<iframe style="border:0;width:320px;height:60px;display:block" srcdoc="<style>body{margin:0}@keyframes m{'
        "to{transform:translateX(180px)}}div{width:60px;height:60px;background:#000;animation:m 2s linear}</style>"
        '<div></div>"></iframe>',
        linear,
    ),
    "sandboxed iframe": (
        '<iframe sandbox="allow-scripts" src="inner.html" style="border:0;width:320px;height:60px;display:block">'
        "</iframe>",
        linear,
    ),
    "chain of animation events": (
        "<style>@keyframes m{from{transform:translateX(var(--a))}to{transform:translateX(var(--z))}}"
        f"#b{{--a:0px;--z:45px;animation:m .5s linear forwards}}</style>{BOX}<script>b.onanimationend=()=>{{b.style="
        "cssText=b.getAttribute('style')+';--a:45px;--z:90px;animation:none';b.offsetWidth;b.style.animation="
        "'m .5s linear forwards'}</script>",
        # The event comes with the vsync at 500 ms, and the next animation begins there.
        linear,
    ),
}
INNER = (
    "<!doctype html><style>body{margin:0}</style><div id=b style='width:60px;height:60px;background:#000'></div>"
    "<script>b.animate([{},{transform:'translateX(180px)'}],2000)</script>"
)


@pytest.mark.parametrize("kind", MOVING)
def test_a_box_stands_where_it_should_and_twice_the_same(kind, write_page, film):
    html, place = MOVING[kind]
    page = write_page(html, inner__html=INNER)
    first, second = film(page), film(page)
    assert first.result.status == "ok", first.result
    assert first.result.exact
    assert first.result.repeated == 0
    assert first.frames.shape == (30, 240, 320, 3)
    assert np.array_equal(first.frames, second.frames)
    assert np.abs(first.places() - place(moments(30))).max() <= 0.1


def picture(step: int) -> Image.Image:
    image = Image.new("RGB", (160, 60), "white")
    ImageDraw.Draw(image).rectangle((10 * step, 0, 10 * step + 59, 59), fill="black")
    return image


def animated(kind: str) -> bytes:
    """Ten pictures of 100 ms each, the box 10 px further in each."""
    file = io.BytesIO()
    pictures = [picture(step) for step in range(10)]
    options = {"lossless": True} if kind == "WEBP" else {}
    pictures[0].save(file, kind, save_all=True, append_images=pictures[1:], duration=100, loop=0, **options)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "name"), [("GIF", "a__gif"), ("WEBP", "a__webp"), ("PNG", "a__png")])
def test_an_animated_picture_plays_in_time_and_twice_the_same(kind, name, write_page, film):
    page = write_page(
        f'<img src="{name.replace("__", ".")}" style="display:block">', **{name: animated(kind)}
    )
    first, second = film(page, 1.3), film(page, 1.3)
    assert np.array_equal(first.frames, second.frames)
    assert first.result.exact
    shown = np.round(first.places() / 10)
    due = np.floor(moments(39) / 100) % 10
    # A picture begins within the vsync that follows its time.
    late = np.floor((moments(39) - 1000 / 60 - 0.2) / 100).clip(0) % 10
    assert ((shown == due) | (shown == late)).all()


def test_a_video_plays_in_time_and_twice_the_same(write_page, film, tmp_path):
    with Encoder(tmp_path / "v.mp4", fps=10, size=(160, 60), kind="playable") as clip:
        for step in range(10):
            clip.write(np.asarray(picture(step)))
    page = write_page(
        '<video src="v.mp4" autoplay muted style="display:block"></video>',
        v__mp4=(tmp_path / "v.mp4").read_bytes(),
    )
    first, second = film(page), film(page)
    assert np.array_equal(first.frames, second.frames)
    assert first.result.exact
    shown = np.round(first.places() / 10)
    assert np.abs(shown - np.floor(moments(30) / 100)).max() <= 1
    assert shown[-1] == 9


def test_chance_is_seeded_and_the_seed_is_kept(write_page, film):
    page = write_page(
        "<canvas id=c></canvas><script>x=c.getContext('2d');setInterval(()=>{x.fillStyle=`rgb(${crypto.getRandomValues("
        "new Uint8Array(3)).join()})`;x.fillRect(Math.random()*300,Math.random()*150,20,20);"
        "document.title=crypto.randomUUID()},30)</script>"
    )
    first, second, other = film(page), film(page), film(page, seed=7)
    assert np.array_equal(first.frames, second.frames)
    assert not np.array_equal(first.frames, other.frames)
    assert (first.result.seed, other.result.seed) == (0, 7)
    assert first.result.errors == ()


PACKED = base64.b64encode(gzip.compress(b"hello", mtime=0)).decode()
ANSWERED = {
    "decoded picture": "const i=new Image;i.src='data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=';"
    "i.decode().then(go)",
    "compiled module": "WebAssembly.instantiate(new Uint8Array([0,97,115,109,1,0,0,0])).then(go)",
    "font": "new FontFace('f','url(data:font/woff2;base64,AAAA)').load().catch(go)",
    "blob": "new Blob(['x'.repeat(1e5)]).text().then(go)",
    "blob as a response": "new Response(new Blob(['[1]'],{type:'a/b'})).json().then(go)",
    "copy of a response": "new Response(new Blob(['x'.repeat(1e5)])).clone().text().then(go)",
    "body of a response": "new Response(new Blob(['x'.repeat(1e5)])).body.getReader().read().then(go)",
    "blob of a request": "new Request('/',{method:'POST',body:new Blob(['x'])}).arrayBuffer().then(go)",
    "stream": "(async()=>{let l=0;for await(const c of new Blob(['x'.repeat(1e5)]).stream())l+=c.length;if(l==1e5)go()})()",
    "stream into buffers": "(async()=>{const r=new Blob(['x'.repeat(9e4)]).stream().getReader({mode:'byob'});let l=0,s;"
    "while(!(s=await r.read(new Uint8Array(5e4))).done)l+=s.value.length;if(l==9e4)go()})()",
    "decompressed blob": "(async()=>{const s=new Blob([PACKED]).stream().pipeThrough(new DecompressionStream('gzip'));"
    "if(await new Response(s).text()=='hello')go()})()",
    "picture of a blob": "createImageBitmap(new Blob([PICTURE],{type:'image/gif'})).then(go)",
    "permission": "navigator.permissions.query({name:'geolocation'}).then(go)",
}


@pytest.mark.parametrize("kind", ANSWERED)
def test_what_the_browser_answers_in_its_own_time_comes_with_the_next_frame(kind, write_page, film):
    page = write_page(
        f"{BOX}<script>const of=x=>Uint8Array.from(atob(x),c=>c.charCodeAt());"
        f"const PICTURE=of('R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs='),PACKED=of('{PACKED}');"
        f"let n=0;const go=()=>{{n++;{MOVE % '1.5*n'};setTimeout(ask,1)}};"
        f"function ask(){{{ANSWERED[kind]}}};ask()</script>"
    )
    taken = film(page, 0.4)
    assert taken.result.exact
    # Asked at once, answered at 0 and again at the second frame, since what is asked while time stands still waits.
    steps = np.diff(taken.places())
    assert np.abs(steps - 3).max() <= 0.1, taken.places()


@pytest.mark.parametrize(
    "ask", ["fetch('a.txt?'+n).then(r=>r.text()).then(go)", "x.open('GET','a.txt?'+n);x.send()"]
)
def test_a_file_asked_for_is_there_before_the_next_frame(ask, write_page, film):
    page = write_page(
        f"{BOX}<script>let n=0;const x=new XMLHttpRequest,go=()=>{{n++;{MOVE % '4.5*n'}}};x.onload=go;"
        f"setInterval(()=>{{{ask}}},50)</script>",
        a__txt="x",
    )
    taken = film(page)
    assert taken.result.exact
    assert np.abs(taken.places() - 4.5 * np.floor(moments(30) / 50)).max() <= 0.1


def test_a_response_that_a_script_streams_in_its_own_time_is_read(write_page, film):
    page = write_page(
        f"{BOX}<script>new Response(new ReadableStream({{start(c){{setTimeout(()=>{{c.enqueue(new Uint8Array([104,105]));"
        f"c.close()}},80)}}}})).text().then(t=>{{if(t=='hi'){MOVE % '90'}}})</script>"
    )
    taken = film(page, 0.2)
    assert taken.result.exact
    assert np.abs(taken.places() - [0, 0, 90, 90, 90, 90]).max() <= 0.1


def test_a_packed_file_is_there_before_the_next_frame(write_page, film):
    page = write_page(
        f"{BOX}<script>let n=0;setInterval(()=>fetch('a.gz?'+n).then(r=>new Response(r.body.pipeThrough("
        f"new DecompressionStream('gzip'))).arrayBuffer()).then(c=>{{n+=c.byteLength/3e5;{MOVE % '4.5*n'}}}),50)</script>",
        a__gz=gzip.compress(np.random.default_rng(0).bytes(300_000)),
    )
    taken = film(page)
    assert taken.result.exact
    assert np.abs(taken.places() - 4.5 * np.floor(moments(30) / 50)).max() <= 0.1


UNREAD = {
    "never": "fetch('big.bin')",
    "twice, once to its end": "fetch('big.bin');fetch('big.bin').then(r=>r.blob()).then(b=>{if(b.size==4e6)start()})",
    "later": "fetch('big.bin').then(r=>setTimeout(()=>r.arrayBuffer().then(b=>{if(b.byteLength==4e6)start()}),100))",
}


@pytest.mark.parametrize("kind", UNREAD)
def test_a_large_file_may_be_left_unread(kind, write_page, film):
    page = write_page(
        f"{BOX}<script>const start=()=>b.animate([{{}},{{transform:'translateX(180px)'}}],2000);{UNREAD[kind]};"
        f"{'start()' if kind == 'never' else ''}</script>",
        big__bin=bytes(4_000_000),
    )
    first, second = film(page, 0.5), film(page, 0.5)
    assert first.result.inexact == ()
    assert np.array_equal(first.frames, second.frames)
    begins = {"never": 0, "later": 100}.get(kind, 0)
    assert np.abs(first.places() - SPEED * np.maximum(0, moments(15) - begins)).max() <= 0.1


def test_a_page_that_asks_again_with_every_answer_goes_on(write_page, film):
    page = write_page(
        f"{MOVING['css keyframes'][0]}<script>(function f(){{fetch('a.txt?'+Math.random()).then(f)}})()</script>",
        a__txt="x",
    )
    taken = film(page, 0.2)
    assert taken.result.status == "ok"
    assert taken.result.inexact == ("The browser kept it waiting, and what followed may have come late.",)
    assert np.abs(taken.places() - linear(moments(6))).max() <= 0.1


@pytest.mark.parametrize("how", ["v.play()", "v.autoplay=true"])
def test_a_video_begun_later_is_said_to_be_inexact(how, write_page, film, tmp_path):
    with Encoder(tmp_path / "v.mp4", fps=10, size=(160, 60), kind="playable") as clip:
        for step in range(10):
            clip.write(np.asarray(picture(step)))
    page = write_page(
        "<script>setTimeout(()=>{v=document.createElement('video');v.muted=true;v.src='v.mp4';document.body.append(v);"
        f"{how}}},120)</script>",
        v__mp4=(tmp_path / "v.mp4").read_bytes(),
    )
    taken = film(page)
    assert taken.result.inexact[0].startswith("It begins a video while it runs")
    assert taken.frames[2].min() == 255
    assert taken.frames[7].min() < 50  # it is there within 0.1 s


def test_a_video_without_a_file_keeps_nobody_waiting(write_page, film):
    page = write_page(f"<video id=v></video>{MOVING['css keyframes'][0]}<script>v.play()</script>")
    assert film(page, 0.1).result.exact


@pytest.mark.parametrize(
    "script",
    [
        "indexedDB.open('d')",
        "caches.open('c')",
        "new BroadcastChannel('c')",
        "navigator.locks.request('l',()=>0)",
        "new ImageDecoder({data:new Uint8Array(9),type:'image/gif'}).completed.catch(()=>0)",
        "new FileReader().readAsText(new Blob(['x']))",
        "document.createElement('canvas').captureStream()",
        "document.createElement('video').requestVideoFrameCallback(()=>0)",
    ],
)
def test_what_answers_in_real_time_by_events_is_said_to_be_inexact(script, write_page, film):
    result = film(write_page(f"{BOX}<script>{script}</script>"), 0.1).result
    assert not result.exact
    assert result.inexact[0].endswith("which answer in real time.")


def test_heavy_pages_take_their_time_and_stay_exact(write_page, film):
    layers = "".join(
        f'<div style="position:absolute;inset:{4 * i}px;backdrop-filter:blur({2 + i}px);background:rgba({20 * i},90,200,.2)">'
        "</div>"
        for i in range(12)
    )
    page = write_page(
        f"<style>@keyframes m{{to{{transform:translateX(180px)}}}}#b{{animation:m 2s linear}}</style>{BOX}{layers}"
    )
    first, second = film(page, 0.3), film(page, 0.3)
    assert np.array_equal(first.frames, second.frames)
    assert first.result.status == "ok"


def test_a_worker_is_said_to_be_inexact(write_page, film):
    page = write_page(
        f"{BOX}<script>w=new Worker('w.js');w.onmessage=e=>b.style.transform=`translateX(${{e.data}}px)`</script>",
        w__js="let n=0;setInterval(()=>postMessage(++n),10)",
    )
    shared = write_page(f"{BOX}<script>new SharedWorker('w.js')</script>", "shared.html")
    for each in (page, shared):
        result = film(each, 0.3).result
        assert not result.exact
        assert result.inexact == ("It runs a worker, whose timers run in real time.",)


def test_pages_are_a_secure_context_as_on_a_disk(write_page, film):
    page = write_page(
        f"{BOX}<script>console.log(isSecureContext);crypto.subtle.digest('SHA-256',new Uint8Array(1))"
        ".then(()=>console.log('digested'))</script>"
    )
    assert [line.text for line in film(page, 0.1).result.console] == ["true", "digested"]


@pytest.mark.parametrize(("fps", "frames"), [(60, 12), (20, 4), (10, 2)])
def test_another_rate_shows_the_same_moments(fps, frames, write_page, film):
    page = write_page(MOVING["css keyframes"][0])
    taken = film(page, 0.2, fps=fps)
    due = SPEED * np.round((1 + 60 / fps * np.arange(frames)) * 1000 / 60, 1)
    assert np.abs(taken.places() - due).max() <= 0.1


def test_a_page_without_a_background_is_seen_on_white(write_page, film):
    taken = film(write_page("<style>html{background:transparent}</style>"), 0.1)
    assert (taken.frames == 255).all()


def test_a_long_page_is_seen_from_its_top_without_scrollbars(write_page, film):
    page = write_page('<div style="height:5000px;border-right:9px solid #00f"></div>')
    frame = film(page, 0.1).frames[0]
    assert frame[0, -1, 2] > 250  # blue to the last column: no bar in the way
    assert (frame[0] == frame[-1]).all()


def test_a_page_that_scrolls_itself_is_followed(write_page, film):
    page = write_page(
        '<div style="height:500px"></div><div style="height:5000px;background:#000"></div>'
        "<script>setTimeout(()=>scrollTo(0,600),200)</script>"
    )
    frames = film(page, 0.4).frames
    assert frames[0].min() == 255
    assert frames[-1].max() == 0
