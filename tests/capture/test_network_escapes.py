"""Every way out that a page has, tried against listeners on loopback: none reaches them."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import benchmark.capture.process as process_module
from benchmark.capture import find_browser
from benchmark.capture.isolation import Isolation, isolation_for


@dataclass
class Listeners:
    """A TCP and a UDP socket on one loopback port, and what reached them."""

    port: int
    reached: list[str] = field(default_factory=list)


@contextlib.contextmanager
def listening() -> Iterator[Listeners]:
    tcp = socket.create_server(("127.0.0.1", 0))
    port = tcp.getsockname()[1]
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", port))
    listeners, done = Listeners(port), threading.Event()

    def listen() -> None:
        while not done.is_set():
            for ready in select.select([tcp, udp], [], [], 0.05)[0]:
                if ready is tcp:
                    connection, _ = tcp.accept()
                    connection.settimeout(0.5)
                    with contextlib.suppress(OSError):
                        listeners.reached.append(connection.recv(200).decode("latin-1").split("\r")[0])
                    connection.close()
                else:
                    udp.recvfrom(2000)
                    listeners.reached.append("udp")

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield listeners
    finally:
        done.set()
        thread.join()
        tcp.close()
        udp.close()


def test_the_listeners_hear_who_comes():
    with listening() as listeners:
        with socket.create_connection(("127.0.0.1", listeners.port)) as tcp:
            tcp.sendall(b"GET /hello HTTP/1.1\r\n")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.sendto(b"x", ("127.0.0.1", listeners.port))
        for _ in range(100):
            if len(listeners.reached) == 2:
                break
            threading.Event().wait(0.02)
    assert sorted(listeners.reached) == ["GET /hello HTTP/1.1", "udp"]


def ways_out(port: int) -> str:
    """A page that tries each way to each name of this machine."""
    tries = []
    hosts = "127.0.0.1", "animation.localhost", "[::1]"
    for host in (f"{name}:{port}" for name in hosts):
        http = f"http://{host}"
        tries.append(f"""
          t(()=>fetch('{http}/fetch').catch(()=>0));
          t(()=>fetch('https://{host}/fetch-tls').catch(()=>0));
          t(()=>fetch('{http}/post',{{method:'POST',mode:'no-cors',keepalive:true,body:'x'}}).catch(()=>0));
          t(()=>navigator.sendBeacon('{http}/beacon','x'));
          t(()=>{{const x=new XMLHttpRequest;x.open('GET','{http}/xhr');x.send()}});
          t(()=>{{const x=new XMLHttpRequest;x.open('GET','{http}/xhr-sync',false);x.send()}});
          t(()=>new WebSocket('ws://{host}/ws'));
          t(()=>new EventSource('{http}/events'));
          t(()=>{{new Image().src='{http}/image'}});
          t(()=>{{const a=new Audio('{http}/audio');a.play().catch(()=>0)}});
          t(()=>import('{http}/module.js').catch(()=>0));
          t(()=>new FontFace('f',"url({http}/font)").load().catch(()=>0));
          t(()=>{{const w=new WebTransport('https://{host}/wt');w.ready.catch(()=>0);w.closed.catch(()=>0)}});
          t(()=>open('{http}/popup'));
          t(()=>navigator.serviceWorker.register('{http}/sw.js').catch(()=>0));
          t(()=>{{const w=new Worker(URL.createObjectURL(new Blob([`
             fetch('{http}/worker-fetch').catch(()=>0);
             try{{new WebSocket('ws://{host}/worker-ws')}}catch{{}}
             try{{importScripts('{http}/worker-import')}}catch{{}}
             const x=new XMLHttpRequest;x.open('GET','{http}/worker-xhr');x.send();`])))}});
          t(()=>{{new SharedWorker(URL.createObjectURL(new Blob([`fetch('{http}/shared-fetch').catch(()=>0)`])))}});
          t(()=>{{for(const e of ['stylesheet','preload','prefetch','preconnect','dns-prefetch','modulepreload','icon',
             'manifest','prerender']){{const l=document.createElement('link');l.rel=e;l.href='{http}/link-'+e;l.as='image';
             document.head.append(l)}}}});
          t(()=>{{for(const e of ['script','iframe','embed','video','track','source','input']){{
             const l=document.createElement(e);if(e=='input')l.type='image';l.src='{http}/tag-'+e;document.body.append(l)}}}});
          t(()=>{{const o=document.createElement('object');o.data='{http}/object';document.body.append(o)}});
          t(()=>{{const s=document.createElement('style');s.textContent="@import '{http}/import.css';"+
             "body{{background:url({http}/background);cursor:url({http}/cursor),auto}}";document.head.append(s)}});
          t(()=>{{const s=document.createElement('script');s.type='speculationrules';s.textContent=JSON.stringify({{
             prefetch:[{{source:'list',urls:['{http}/speculated']}}]}});document.head.append(s)}});
          t(()=>{{const a=document.createElement('a');a.href='#x';a.ping='{http}/ping';document.body.append(a);a.click()}});
          t(()=>{{const f=document.createElement('form');f.action='{http}/form';f.target='inner';f.method='post';
             document.body.append(f);f.submit()}});
          t(()=>{{for(const u of ['stun:{host}','turn:{host}','turn:{host}?transport=tcp']){{
             const p=new RTCPeerConnection({{iceServers:[{{urls:u,username:'u',credential:'c'}}]}});p.createDataChannel('d');
             p.createOffer().then(o=>p.setLocalDescription(o))}}}});
        """)
    return f"""<iframe name=inner></iframe><div id=b style="width:60px;height:60px;background:#000"></div><script>
        b.animate([{{}},{{transform:'translateX(180px)'}}],2000);
        const t=f=>{{try{{f()}}catch{{}}}};{"".join(tries)}
        </script>"""


def test_no_way_out_reaches_a_listener(write_page, film):
    with listening() as listeners:
        result = film(write_page(ways_out(listeners.port)), 1.0).result
        threading.Event().wait(0.5)
    assert listeners.reached == []
    assert "network" in result.isolation
    assert result.frames == 30
    refused = " ".join(each.url for each in result.refused)
    for name in (
        "fetch",
        "beacon",
        "xhr",
        "ws",
        "events",
        "image",
        "font",
        "tag-script",
        "tag-iframe",
        "import.css",
        "worker-fetch",
        "shared-fetch",
    ):
        assert f"/{name}" in refused, name


def test_without_a_namespace_the_second_wall_stops_all_but_udp(write_page, film, monkeypatch):
    strong = isolation_for(find_browser().path)
    prefix = tuple(word for word in strong.prefix if word != "--net")
    monkeypatch.setattr(
        process_module, "isolation_for", lambda path: replace(strong, prefix=prefix, network=False)
    )
    with listening() as listeners:
        result = film(write_page(ways_out(listeners.port)), 1.0).result
        threading.Event().wait(0.5)
    assert "network" not in result.isolation
    assert [each for each in listeners.reached if each != "udp"] == []


def test_missing_walls_are_said_in_words():
    bare = Isolation((), network=False, processes=False, user=False, sandbox=False)
    assert len(bare.weaker) == 4
    assert "UDP" in bare.weaker[0]
    full = Isolation((), network=True, processes=True, user=True, sandbox=True)
    assert full.weaker == ()
