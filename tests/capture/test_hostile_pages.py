"""What a page does to hang, fill, fool or leave its capture; and what it leaves behind: nothing."""

# ruff: noqa: E501 (pages are easier to read in whole lines)
from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from benchmark.capture import LibraryStore, Limits
from benchmark.capture.process import PREFIX

QUICK = Limits(grant=2.5, frame=5.0, clip=40.0, memory=900_000_000, disk=100_000_000)
MOVING = (
    "<style>@keyframes m{to{transform:translateX(180px)}}#b{width:60px;height:60px;background:#000;"
    "animation:m 2s linear infinite}</style><div id=b></div>"
)


def browsers_of_ours() -> list[str]:
    return [
        process.name()
        for process in psutil.Process().children(recursive=True)
        if process.status() != psutil.STATUS_ZOMBIE
    ]


def ports_of_ours() -> set[object]:
    listening = set()
    for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
        listening |= {each.laddr for each in process.net_connections() if each.status == psutil.CONN_LISTEN}
    return listening


@pytest.fixture(autouse=True)
def _nothing_is_left():
    processes, ports = len(browsers_of_ours()), ports_of_ours()
    descriptors = len(os.listdir("/proc/self/fd"))
    yield
    assert len(browsers_of_ours()) == processes
    assert ports_of_ours() == ports
    assert not list(Path(tempfile.gettempdir()).glob(f"{PREFIX}{os.getpid()}-*"))
    assert len(os.listdir("/proc/self/fd")) == descriptors


HANGING = {
    "loop at load": "<script>while(true);</script>",
    "loop in a timer": "<script>setTimeout(()=>{while(true);},150)</script>",
    "loop in a frame": "<script>requestAnimationFrame(()=>{while(true);})</script>",
    "loop in an animation event": "<script>b.onanimationiteration=()=>{while(true);};b.style.animationDuration='.1s'</script>",
    "loop of microtasks": "<script>setTimeout(function f(){Promise.resolve().then(function g(){Promise.resolve().then(g)})},150)</script>",
    "loop of dialogs": "<script>setTimeout(()=>{while(true)alert('again')},150)</script>",
    "regular expression": "<script>setTimeout(()=>/^(a+)+$/.test('a'.repeat(60)+'!'),150)</script>",
    "loop of observers": "<script>new MutationObserver(()=>{b.title+='x'}).observe(b,{attributes:true});b.title='x'</script>",
    "loop in WebAssembly": (
        "<script>WebAssembly.instantiate(new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,5,1,1,102,0,0,10,9,1,7,0,"
        "3,64,12,0,11,11])).then(m=>m.instance.exports.f())</script>"
    ),
    "loop in an iframe": '<iframe src="data:text/html,<script>while(true);</script>"></iframe>',
    "loop in a shader": (
        "<canvas id=c></canvas><script>g=c.getContext('webgl2');p=g.createProgram();for(const [t,x] of [[g.VERTEX_SHADER,"
        "'void main(){gl_Position=vec4(float(gl_VertexID%2)*4.-1.,float(gl_VertexID/2)*4.-1.,0,1);}'],[g.FRAGMENT_SHADER,"
        "'precision highp float;out vec4 o;uniform float u;void main(){float x=u;for(int i=0;i<2000000000;i++)x=sin(x+float(i));"
        "o=vec4(x);}']]){const s=g.createShader(t);g.shaderSource(s,'#version 300 es\\n'+x);g.compileShader(s);"
        "g.attachShader(p,s)}g.linkProgram(p);g.useProgram(p);setTimeout(()=>g.drawArrays(g.TRIANGLES,0,3),60)</script>"
    ),
    "document written for ever": "<script>while(true)document.write('<p>again')</script>",
}


@pytest.mark.parametrize("kind", HANGING)
def test_a_page_that_never_yields_is_stopped(kind, write_page, film):
    taken = film(write_page(MOVING + HANGING[kind]), 0.5, limits=QUICK)
    assert taken.result.status in ("timed_out", "out_of_memory"), taken.result
    assert taken.result.reason
    assert not taken.result.exact
    assert not taken.result.executed
    assert len(taken.frames) == taken.result.frames < 15


def test_frames_before_a_hang_are_kept(write_page, film):
    taken = film(write_page(MOVING + HANGING["loop in a timer"]), 0.5, limits=QUICK)
    assert taken.result.frames == 4  # at 17, 50, 83 and 117 ms
    assert "after 0.1 s of the clip" in taken.result.reason


def test_tasks_without_end_do_not_hang_a_page_that_yields(write_page, film):
    page = write_page(
        f"{MOVING}<script>c=new MessageChannel();c.port1.onmessage=()=>c.port2.postMessage(0);c.port2.postMessage(0);"
        "(function f(){setTimeout(f,0)})()</script>"
    )
    first, second = film(page, 0.3), film(page, 0.3)
    assert first.result.status == "ok", first.result
    assert (first.frames == second.frames).all()


def test_a_slow_page_is_stopped_at_the_bound_of_its_clip(write_page, film):
    page = write_page(
        f"{MOVING}<script>setInterval(()=>{{for(const s=Date.now,e=performance.now,n=3e7;window.k=(window.k||0)+1,k%n;);}},16)"
        "</script>"
    )
    result = film(page, 5.0, limits=Limits(grant=2.0, clip=4.0)).result
    assert result.status == "timed_out"
    assert result.timings["total"] < 20


FILLING = {
    "arrays": "<script>a=[];setTimeout(()=>{while(true)a.push(new Float64Array(1e7).fill(1))},50)</script>",
    "canvases": (
        "<script>a=[];setInterval(()=>{for(let i=0;i<8;i++){const c=document.createElement('canvas');c.width=c.height=4096;"
        "const x=c.getContext('2d');x.fillRect(0,0,4096,4096);x.getImageData(0,0,1,1);a.push(c)}},30)</script>"
    ),
    "strings": "<script>setTimeout(()=>{a=[];while(true)a.push('x'.repeat(1e7)+Math.random()),a.at(-1).charCodeAt(5)},50)</script>",
    "textures": (
        "<script>g=document.createElement('canvas').getContext('webgl');a=new Uint8Array(67108864).fill(9);setInterval(()=>{"
        "for(let i=0;i<4;i++){g.bindTexture(3553,g.createTexture());"
        "g.texImage2D(3553,0,6408,4096,4096,0,6408,5121,a);g.finish()}},30)</script>"
    ),
    "elements": "<script>setTimeout(()=>{while(true)document.body.insertAdjacentHTML('beforeend','<p>x'.repeat(9999))},50)</script>",
    "WebAssembly memory": (
        "<script>a=[];setInterval(()=>{for(let i=0;i<3;i++){const m=new WebAssembly.Memory({initial:16384});"
        "new Uint8Array(m.buffer).fill(1);a.push(m)}},20)</script>"
    ),
    "drawing of drawings": (
        "<svg width=300 height=200><defs><g id=g0><rect width=1 height=1 /></g>"
        + "".join(f"<g id=g{i}>{f'<use href=#g{i - 1} />' * 10}</g>" for i in range(1, 10))
        + "</defs><use href=#g9 /></svg>"
    ),
    "storm of messages": (
        '<iframe id=f srcdoc="<script>onmessage=e=>{for(let i=0;i<3;i++)parent.postMessage(e.data)}</script>"></iframe>'
        "<script>onmessage=e=>f.contentWindow.postMessage(new Array(1e5).fill(1));"
        "f.onload=()=>f.contentWindow.postMessage(1)</script>"
    ),
    "database": (
        "<script>q=indexedDB.open('d');q.onupgradeneeded=()=>q.result.createObjectStore('s');q.onsuccess=()=>setInterval(()=>"
        "q.result.transaction('s','readwrite').objectStore('s').put(new Blob([crypto.getRandomValues(new Uint8Array(3e7))]),"
        "Math.random()),20)</script>"
    ),
}


@pytest.mark.parametrize("kind", FILLING)
def test_a_page_that_fills_the_machine_is_stopped(kind, write_page, film):
    result = film(write_page(MOVING + FILLING[kind]), 10.0, limits=QUICK).result
    assert result.status in ("out_of_memory", "timed_out", "crashed"), result
    assert not result.executed


def test_a_memory_bomb_is_named_so(write_page, film):
    limits = replace(QUICK, grant=60.0, clip=90.0)  # so that a busy machine still gets there
    result = film(write_page(MOVING + FILLING["arrays"]), 5.0, limits=limits).result
    assert result.status == "out_of_memory"
    assert "0.9 GB" in result.reason


def test_fifty_spinning_workers_are_survived_and_flagged(write_page, film):
    page = write_page(
        f"{MOVING}<script>for(let i=0;i<50;i++)new Worker('w.js')</script>", w__js="while(true);"
    )
    result = film(page, 0.2, limits=Limits(grant=10, frame=20, clip=60)).result
    assert result.status in ("ok", "timed_out", "out_of_memory")
    assert not result.exact


def test_endless_recursion_is_a_script_error(write_page, film):
    result = film(write_page(f"{MOVING}<script>(function f(){{f()}})()</script>"), 0.2).result
    assert result.status == "script_error"
    assert "RangeError" in result.errors[0]


FOOLING = {
    "dialogs": (
        "<script>alert('hi');confirm('sure?');prompt('name?')</script>",
        "dialog (confirm): sure?",
        "ok",
    ),
    "form in a popup": (
        "<form id=f action='http://elsewhere.example/' target=_blank></form><script>setTimeout(()=>f.submit(),60)</script>",
        "popup: http://elsewhere.example/",
        "ok",
    ),
    "printing from an iframe": (
        "<iframe id=f style='border:0'></iframe><script>f.contentWindow.print()</script>",
        "printing",
        "ok",
    ),
    "programs of the system": (
        "<script>for(const u of ['mailto:a@b.c','tel:1','ms-word:x','chrome://crash','view-source:http://x/',"
        "'file:///etc/passwd'])setTimeout(()=>{try{location=u}catch{}},50)</script>",
        None,
        "ok",
    ),
    "popup": ("<script>setTimeout(()=>open('about:blank'),60)</script>", "popup", "ok"),
    "download": (
        "<a id=a download=evil.bin href='data:application/octet-stream;base64,AAAA'></a>"
        "<script>setTimeout(()=>a.click(),60)</script>",
        "download: evil.bin",
        "ok",
    ),
    "download of a blob": (
        "<script>setTimeout(()=>{a=document.createElement('a');a.download='evil.bin';a.href=URL.createObjectURL(new Blob(["
        "'x']));a.click()},60)</script>",
        "download: evil.bin",
        "ok",
    ),
    "closing itself": ("<script>setTimeout(()=>close(),60)</script>", "closing itself", "ok"),
    "resizing": (
        "<script>setTimeout(()=>{resizeTo(9,9);moveBy(5,5)},60)</script>",
        "resizing or moving its window",
        "ok",
    ),
    "service worker": (
        "<script>navigator.serviceWorker.register('sw.js').catch(()=>0)</script>",
        "service worker",
        "ok",
    ),
    "printing": ("<script>setTimeout(()=>print(),60)</script>", "printing", "ok"),
    "navigation": (
        "<script>setTimeout(()=>location='http://elsewhere.example/',60)</script>",
        "navigation: http://elsewhere.example/",
        "navigated_away",
    ),
    "form": (
        "<form id=f action='http://elsewhere.example/' method=post></form><script>setTimeout(()=>f.submit(),60)</script>",
        "navigation: http://elsewhere.example/",
        "navigated_away",
    ),
    "refresh": ('<meta http-equiv=refresh content="0">', "navigation", "navigated_away"),
    "reload for ever": (
        "<script>setInterval(()=>location.reload(),100)</script>",
        "navigation",
        "navigated_away",
    ),
    "going back": ("<script>setTimeout(()=>history.back(),60)</script>", None, "ok"),
    "staying with a question": ("<script>onbeforeunload=e=>{e.preventDefault()}</script>", None, "ok"),
    "moving within the page": (
        "<script>setTimeout(()=>{location.hash='a';history.pushState(1,'','/x')},60)</script>",
        None,
        "ok",
    ),
}


@pytest.mark.parametrize("kind", FOOLING)
def test_what_would_end_or_fool_a_capture_is_turned_down_and_named(kind, write_page, film):
    html, incident, status = FOOLING[kind]
    taken = film(write_page(MOVING + html), 0.5)
    assert taken.result.status == status, taken.result
    assert taken.result.frames == 15
    if incident:
        assert any(each.startswith(incident) for each in taken.result.incidents), taken.result
    else:
        assert taken.result.incidents == ()
    # What is seen is the page itself, still moving.
    assert abs(taken.places()[-1] - 0.09 * 483.3) < 0.1


ASKED = {
    "camera": "n.mediaDevices.getUserMedia({video:true})",
    "screen": "n.mediaDevices.getDisplayMedia()",
    "place": "new Promise((y,z)=>n.geolocation.getCurrentPosition(y,z))",
    "clipboard": "n.clipboard.readText()",
    "clipboard to write": "n.clipboard.writeText('x')",
    "midi": "n.requestMIDIAccess()",
    "usb": "n.usb.requestDevice({filters:[]})",
    "hid": "n.hid.requestDevice({filters:[]})",
    "serial": "n.serial.requestPort()",
    "file": "showOpenFilePicker()",
    "folder": "showDirectoryPicker()",
    "fonts": "queryLocalFonts()",
    "key": "n.credentials.get({publicKey:{challenge:new Uint8Array(9)}})",
    "payment": "new PaymentRequest([{supportedMethods:'http://127.0.0.1:9/'}],{total:{label:'x',amount:{currency:'USD',"
    "value:'1'}}}).show()",
    "whole screen": "document.documentElement.requestFullscreen()",
    "pointer": "b.requestPointerLock()",
    "window above others": "documentPictureInPicture.requestWindow()",
    "wakefulness": "n.wakeLock.request('screen')",
    "lasting storage": "n.storage.persist().then(y=>{if(!y)throw 0})",
    "notices": "Notification.requestPermission().then(y=>{if(y!='granted')throw 0})",
}


def test_what_a_person_would_have_to_allow_is_not_given(write_page, film):
    asking = ",".join(f"{name!r}:()=>{call}" for name, call in ASKED.items())
    page = write_page(
        f"{MOVING}<input type=file id=f><script>const n=navigator;for(const [k,ask] of Object.entries({{{asking}}}))(async()=>"
        "{try{await ask();console.log('given',k)}catch{console.log('not',k)}})();setTimeout(()=>f.click(),60)</script>"
    )
    result = film(page, 2).result  # the browser refuses in its own time, late where the machine is busy
    assert result.status == "ok", result
    assert not [line.text for line in result.console if line.text.startswith("given")]
    # The payment sheet may still be open: what else was asked is refused at once.
    refused = {line.text.removeprefix("not ") for line in result.console if line.text.startswith("not")}
    assert refused >= ASKED.keys() - {"payment"}


@pytest.mark.parametrize("address", ["about:blank", "blob"])
def test_a_page_that_replaces_itself_is_not_captured_further(address, write_page, film):
    where = (
        "URL.createObjectURL(new Blob(['gone'],{type:'text/html'}))" if address == "blob" else f'"{address}"'
    )
    taken = film(write_page(f"{MOVING}<script>setTimeout(()=>location={where},200)</script>"), 0.5)
    assert taken.result.status == "navigated_away", taken.result
    assert taken.result.frames <= 7
    assert taken.result.reason.endswith("it was captured until then.")
    for frame in taken.frames:
        assert frame.min() < 50  # the box of the page itself


def test_files_of_the_machine_stay_closed(write_page, film, tmp_path):
    secret = tmp_path / "secret.js"
    secret.write_text("document.body.style.background='red'")
    page = write_page(
        f"{MOVING}<iframe src='file:///etc/passwd'></iframe><script src='../secret.js'></script>"
        f"<script src='%2e%2e/secret.js'></script><script src='..%2fsecret.js'></script><script src='link.js'></script>"
        f"<script src='file://{secret}'></script><script src='/{secret}'></script>"
        f"<script>fetch('file:///etc/passwd').catch(()=>0);import('file://{secret}').catch(()=>0)</script>"
    )
    (page.parent / "link.js").symlink_to(secret)
    taken = film(page, 0.2)
    assert taken.result.status == "ok", taken.result
    assert (taken.frames[:, -1, -1] == 255).all()
    assert "http://animation.localhost/link.js" in [each.url for each in taken.result.refused]


def test_addresses_that_no_file_has_are_refused(write_page, film, tmp_path):
    long = "a" * 300
    libs = "https://cdnjs.cloudflare.com/ajax/libs"
    addresses = [
        *(long, "b/" * 3000, "%00", "a%00b", "%ED%A0%80", "%2F%2Fetc/passwd"),
        *(f"{libs}/gsap/3.15.0/%00", f"{libs}/%00/3/x.js", f"{libs}/{long}/3/x.js"),
        *(f"{libs}/gsap/{'9' * 5000}/x.js", f"https://unpkg.com/gsap@3/{long}", "https://unpkg.com/gsap@^"),
    ]
    (tmp_path / "store" / "gsap" / "3.15.0").mkdir(parents=True)
    page = write_page(
        f"{MOVING}<script>for(const u of {addresses})fetch(u).catch(()=>0);for(const r of ['0-5','5-2','-5',"
        "'9'.repeat(5000)+'-'])fetch('index.html',{headers:{Range:'bytes='+r}}).then(x=>console.log(r.slice(0,3),x.status))"
        "</script>"
    )
    result = film(page, 0.2, store=LibraryStore(tmp_path / "store")).result
    assert result.status == "ok", result
    assert len({each.url for each in result.refused}) == len(addresses)
    said = sorted(line.text for line in result.console if line.level == "log")
    assert said == ["-5 200", "0-5 206", "5-2 200", "999 200"]


def test_a_flood_of_words_is_cut(write_page, film):
    page = write_page(
        f"{MOVING}<script>for(let i=0;i<2000;i++)console.log('x'.repeat(2000));for(let i=0;i<500;i++)setTimeout(()=>{{throw "
        "new Error('y'.repeat(2000))})</script>"
    )
    result = film(page, 0.2, limits=Limits(grant=60.0)).result
    assert result.status == "script_error"
    assert len(result.console) <= 100
    assert len(result.errors) <= 100
    assert max(len(line.text) for line in result.console) <= 500
