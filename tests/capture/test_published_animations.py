"""Animations and libraries as published on npm: they render, move, stand where they should, and repeat identically."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmark.capture import LibraryStore

CELL = 100
COLUMNS = 8
BOX = '<div id=b style="width:60px;height:60px;background:#000"></div>'


def moments(count: int) -> np.ndarray:
    return np.round((1 + 2 * np.arange(count)) * 1000 / 60, 1)


def spinkit_loaders(html: str) -> dict[str, str]:
    """Every spinner of the package's own page: what stands four spaces deep, with what stands deeper."""
    found = re.findall(r'^    (<div class="(sk-[\w-]+)">(?:</div>|\n(?:      .*\n)*    </div>))', html, re.M)
    return {name: markup for markup, name in found}


def loaders_css_loaders(html: str) -> dict[str, str]:
    found = re.findall(r'(<div class="loader-inner ([\w-]+)">(?:\s*<div></div>)*\s*</div>)', html)
    return {name: markup for markup, name in found}


def grid(loaders: dict[str, str], colour: str) -> str:
    """Every loader in a cell of its own, so that one film shows them all."""
    cells = "".join(f'<div class="cell">{markup}</div>' for markup in loaders.values())
    return (
        "<style>body{margin:0;display:flex;flex-wrap:wrap;"
        f"width:{CELL * COLUMNS}px;background:{colour}}}"
        f".cell{{position:relative;width:{CELL}px;height:{CELL}px;overflow:hidden;display:flex;"
        f"align-items:center;justify-content:center;--sk-color:#000}}</style>{cells}"
    )


@pytest.mark.parametrize(
    ("package", "page", "style", "read", "least", "colour"),
    [
        ("spinkit", "examples.html", "spinkit.css", spinkit_loaders, 12, "#fff"),
        ("loaders.css", "demo/demo.html", "loaders.css", loaders_css_loaders, 28, "#a33"),
    ],
)
def test_every_published_loader_renders_moves_and_repeats(
    package, page, style, read, least, colour, packages, write_page, film
):
    loaders = read((packages / package / page).read_text())
    assert len(loaders) >= least
    html = write_page(
        f'<link rel=stylesheet href="loaders.css">{grid(loaders, colour)}',
        loaders__css=(packages / package / style).read_bytes(),
    )
    size = (CELL * COLUMNS, CELL * -(-len(loaders) // COLUMNS))
    first, second = film(html, 1.0, size=size), film(html, 1.0, size=size)
    assert first.result.status == "ok"
    assert np.array_equal(first.frames, second.frames)
    for place, name in enumerate(loaders):
        top, left = place // COLUMNS * CELL, place % COLUMNS * CELL
        cell = first.frames[:, top : top + CELL, left : left + CELL].astype(int)
        assert cell.std() > 0, f"{name} draws nothing"
        assert np.abs(cell - cell[0]).max() > 20, f"{name} does not move"


LOTTIE = {
    "v": "5.5.0", "fr": 60, "ip": 0, "op": 120, "w": 320, "h": 60, "nm": "box", "ddd": 0, "assets": [],
    "layers": [{
        "ddd": 0, "ind": 1, "ty": 1, "nm": "box", "sr": 1, "sw": 60, "sh": 60, "sc": "#000000", "ip": 0, "op": 120,
        "st": 0, "bm": 0,
        "ks": {
            "o": {"a": 0, "k": 100}, "r": {"a": 0, "k": 0}, "a": {"a": 0, "k": [0, 0, 0]}, "s": {"a": 0, "k": [100, 100, 100]},
            "p": {"a": 1, "k": [
                {"t": 0, "s": [0, 0, 0], "e": [180, 0, 0], "i": {"x": 1, "y": 1}, "o": {"x": 0, "y": 0}},
                {"t": 120, "s": [180, 0, 0]},
            ]},
        },
    }],
}  # fmt: skip

LIBRARIES = {
    "gsap": (
        {"lib__js": "gsap/dist/gsap.min.js"},
        f"<script src=lib.js></script>{BOX}<script>gsap.to(b,{{x:180,duration:2,ease:'none'}})</script>",
    ),
    "animejs": (
        {"lib__js": "animejs/dist/bundles/anime.umd.min.js"},
        f"<script src=lib.js></script>{BOX}"
        "<script>anime.animate(b,{translateX:180,duration:2000,ease:'linear'})</script>",
    ),
    "lottie-web": (
        {"lib__js": "lottie-web/build/player/lottie.min.js"},
        "<div id=c style='width:320px;height:60px'></div><script src=lib.js></script><script>lottie.loadAnimation({"
        "container:c,renderer:'svg',loop:false,autoplay:true,animationData:DATA})</script>",
    ),
    "jquery": (
        {"lib__js": "jquery/dist/jquery.min.js"},
        f"<script src=lib.js></script>{BOX}<script>$('#b').css('position','relative').animate({{left:240}},2000,'linear')"
        "</script>",
    ),
    "three": (
        {"three__module__js": "three/build/three.module.js", "three__core__js": "three/build/three.core.js"},
        """<script type=module>
        import * as T from './three.module.js';
        const r=new T.WebGLRenderer({preserveDrawingBuffer:true});r.setSize(320,60);r.setClearColor(0xffffff);
        r.domElement.style.display='block';document.body.append(r.domElement);
        const s=new T.Scene,c=new T.OrthographicCamera(0,320,60,0,-1,1);
        const m=new T.Mesh(new T.PlaneGeometry(60,60),new T.MeshBasicMaterial({color:0}));s.add(m);
        r.setAnimationLoop(()=>{m.position.set(30+performance.now()*.12,30,0);r.render(s,c)});
        </script>""",
    ),
}


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_library_moves_a_box_in_time_and_twice_the_same(name, packages, write_page, film):
    files, html = LIBRARIES[name]
    page = write_page(
        html.replace("DATA", json.dumps(LOTTIE)),
        **{key: (packages / path).read_bytes() for key, path in files.items()},
    )
    first, second = film(page), film(page)
    assert first.result.status == "ok", first.result
    assert first.result.exact
    assert np.array_equal(first.frames, second.frames)
    steps = np.diff(first.places())
    speed = {"jquery": 4.0, "three": 4.0}.get(name, 3.0)  # px a frame
    # A library's own clock begins at its first tick and may count whole ms or whole frames: see docs/capture.md.
    tolerance = {"jquery": 1.0, "three": 1.0, "animejs": 0.1, "gsap": 0.15, "lottie-web": 0.1}[name]
    assert np.abs(steps[2:] - speed).max() <= tolerance, steps
    assert abs(first.places()[-1] - speed * 30 * moments(30)[-1] / 1000) <= speed


@pytest.fixture
def store(packages, tmp_path) -> LibraryStore:
    """A store as `python -m benchmark.capture.libraries` fills it."""
    for name in ("gsap", "jquery", "animejs", "lottie-web"):
        version = json.loads((packages / name / "package.json").read_text())["version"]
        target = tmp_path / "store" / name / version
        target.parent.mkdir(parents=True)
        target.symlink_to(packages / name, target_is_directory=True)
    return LibraryStore(tmp_path / "store")


@pytest.mark.parametrize(
    ("url", "label"),
    [
        ("https://cdnjs.cloudflare.com/ajax/libs/gsap/3.15.0/gsap.min.js", "gsap@3.15.0"),
        ("https://cdn.jsdelivr.net/npm/gsap@3/dist/gsap.min.js", "gsap@3.15.0"),
        ("https://cdn.jsdelivr.net/npm/gsap@3.15/dist/gsap.min.js", "gsap@3.15.0"),
        ("https://unpkg.com/gsap@^3.0.0/dist/gsap.min.js", "gsap@3.15.0"),
        ("https://unpkg.com/gsap", "gsap@3.15.0"),
        ("https://code.jquery.com/jquery-3.7.1.min.js", "jquery@3.7.1"),
        ("https://code.jquery.com/jquery-3.7.1.slim.min.js", "jquery@3.7.1"),
        ("https://ajax.googleapis.com/ajax/libs/jquery/3.7.1/jquery.min.js", "jquery@3.7.1"),
        ("https://cdnjs.cloudflare.com/ajax/libs/bodymovin/5.13.0/lottie.min.js", "lottie-web@5.13.0"),
        (
            "https://cdn.jsdelivr.net/gh/airbnb/lottie-web@v5.13.0/build/player/lottie.min.js",
            "lottie-web@5.13.0",
        ),
        ("https://cdn.jsdelivr.net/gh/airbnb/lottie-web@v5.12.0/build/player/lottie.min.js", None),
        ("https://cdnjs.cloudflare.com/ajax/libs/gsap/3.12.2/gsap.min.js", None),
        ("https://cdn.jsdelivr.net/npm/gsap@2/dist/gsap.min.js", None),
        ("https://unpkg.com/gsap@3/../../../../etc/passwd", None),
        ("https://unpkg.com/gsap@3/%2e%2e/%2e%2e/%2e%2e/etc/passwd", None),
        ("https://unpkg.com/..%2f..%2fetc@1/passwd", None),
        ("https://elsewhere.example/gsap@3/dist/gsap.min.js", None),
    ],
)
def test_a_cdn_address_stands_for_a_stored_file_in_exactly_its_version(url, label, store):
    found = store.find(url)
    assert (found.label if found else None) == label


def test_a_page_gets_its_library_from_the_store(store, write_page, film):
    page = write_page(
        f"<script src=https://cdnjs.cloudflare.com/ajax/libs/gsap/3.15.0/gsap.min.js></script>{BOX}"
        "<script src=https://cdnjs.cloudflare.com/ajax/libs/d3/7.0.0/d3.min.js></script>"
        "<script>gsap.to(b,{x:180,duration:2,ease:'none'})</script>"
    )
    result = film(page, 0.3, store=store).result
    assert result.status == "ok", result
    assert result.libraries == ("gsap@3.15.0",)
    assert [each.url for each in result.refused] == [
        "https://cdnjs.cloudflare.com/ajax/libs/d3/7.0.0/d3.min.js"
    ]
    without = film(page, 0.3).result
    assert without.status == "needs_network"
    assert "gsap.min.js" in without.reason


@pytest.mark.parametrize("host", ["esm.sh", "cdn.skypack.dev"])
def test_a_package_named_alone_leads_its_own_imports_to_its_files(host, store, write_page, film):
    page = write_page(
        f"{BOX}<script type=module>import gsap from 'https://{host}/gsap@3';gsap.to(b,{{x:180}})</script>"
    )
    result = film(page, 0.3, store=store).result
    assert (result.status, result.libraries, result.refused) == ("ok", ("gsap@3.15.0",), ()), result


def test_the_store_is_filled_from_npm(packages, tmp_path, capfd):
    shutil.copytree(packages / "spinkit", tmp_path / "spinkit")  # npm packs a folder as it packs a name
    store = LibraryStore(tmp_path / "store")
    command = [sys.executable, "-m", "benchmark.capture.libraries", store.root, tmp_path / "spinkit"]
    subprocess.run(command, check=True, cwd=Path(__file__).resolve().parents[2], timeout=120)
    assert capfd.readouterr() == ("spinkit@2.0.1\n", "")
    found = store.find("https://cdn.jsdelivr.net/npm/spinkit@2.0.1/spinkit.min.css")
    assert found is not None
    answer = found.answer()
    assert answer.headers["Content-Type"].startswith("text/css")
    assert b"sk-" in answer.body
    assert sorted(path.name for path in store.root.iterdir()) == ["spinkit"]


def test_the_store_says_what_npm_does_not_have(tmp_path):
    with pytest.raises(ValueError, match=r"name it as gsap@3\.12\.5"):
        LibraryStore(tmp_path / "store").add(str(tmp_path / "nothing-here"))
