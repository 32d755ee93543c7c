"""The fallback where a browser does not draw frames on demand: the page's clocks are imitated by script.

Timers, animation frames, Date, performance.now, CSS and Web Animations, SMIL and videos are moved from frame to frame.
Animated pictures, workers and what a page does beside its clocks keep to real time: such clips are marked non-exact.
"""

from __future__ import annotations

import json
import math
import secrets
import time
from collections.abc import Callable
from typing import Any

from benchmark.capture.cdp import Connection, NoAnswer
from benchmark.capture.clock import SCREENSHOT, VSYNC_MS, PageStuck, Shot
from benchmark.capture.result import Limits
from benchmark.capture.scripts import EPOCH_SECONDS

# Runs before everything else in every frame. `KEY` names the one function that moves the page's time.
IMITATION = """
(() => {
  const EPOCH = %(epoch)d;
  const RealDate = Date, real = window.setTimeout.bind(window);
  let now = 0, ids = 1;
  const timers = new Map(), frames = new Map(), known = new WeakMap();
  const put = (owner, name, value) =>
    Object.defineProperty(owner, name, { value, writable: true, configurable: true });
  const run = (f, args) => {
    try { typeof f === 'function' ? f.apply(window, args) : (0, eval)(String(f)); }
    catch (error) { real(() => { throw error; }, 0); }
  };
  const later = repeats => function(f, delay = 0, ...args) {
    delay = Math.max(repeats ? 1 : 0, Number(delay) || 0);
    timers.set(ids, { f, args, at: now + delay, every: repeats ? delay : 0, id: ids });
    return ids++;
  };
  put(window, 'setTimeout', later(false));
  put(window, 'setInterval', later(true));
  for (const name of ['clearTimeout', 'clearInterval']) put(window, name, id => { timers.delete(Number(id)); });
  put(window, 'requestAnimationFrame', f => { frames.set(ids, f); return ids++; });
  put(window, 'cancelAnimationFrame', id => { frames.delete(id); });
  put(Performance.prototype, 'now', () => now);
  class ImitatedDate extends RealDate {
    constructor(...args) { args.length ? super(...args) : super(EPOCH + Math.floor(now)); }
    static now() { return EPOCH + Math.floor(now); }
  }
  put(window, 'Date', ImitatedDate);

  const due = until => {
    let next = null;
    for (const t of timers.values())
      if (t.at <= until && (!next || t.at < next.at || (t.at === next.at && t.id < next.id))) next = t;
    return next;
  };
  const moveAnimations = () => {
    for (const a of document.getAnimations()) {
      let since = known.get(a);
      if (!since) {
        if (a.playState !== 'running') continue;
        since = { at: now, from: 0 };
        known.set(a, since);
        a.pause();
      }
      if (a.playState !== 'paused') continue;
      const at = since.from + (now - since.at) * a.playbackRate;
      const end = a.effect ? a.effect.getComputedTiming().endTime : Infinity;
      if (at >= end) a.finish(); else a.currentTime = at;
    }
    for (const svg of document.querySelectorAll('svg')) {
      if (svg.ownerSVGElement) continue;
      svg.pauseAnimations();
      svg.setCurrentTime(now / 1000);
    }
  };
  const moveVideos = () => Promise.all([...document.querySelectorAll('video')].map(v => {
    if (!(v.duration > 0) || !(v.autoplay || !v.paused || known.has(v))) return null;
    known.set(v, true);
    v.pause();
    const at = v.loop ? now / 1000 %% v.duration : Math.min(now / 1000, v.duration);
    return new Promise(done => {
      v.addEventListener('seeked', done, { once: true });
      real(done, 250);
      v.currentTime = at;
    });
  }));
  put(window, '%(key)s', async to => {
    let spent = 0;
    for (let t; (t = due(to)) && spent < 10000; spent++) {
      now = Math.max(now, t.at);
      if (t.every) t.at += t.every; else timers.delete(t.id);
      run(t.f, t.args);
      await null;
    }
    now = to;
    moveAnimations();
    const called = [...frames.values()];
    frames.clear();
    for (const f of called) run(f, [now]);
    moveAnimations();
    await moveVideos();
    for (let i = 0; i < window.frames.length; i++) {
      try { await window.frames[i]['%(key)s'](to); } catch { /* another origin, or gone */ }
    }
  });
})();
"""


class ImitatedClock:
    """Approximate: a clock of script, and a screenshot at each of its moments."""

    exact = False

    def __init__(self, connection: Connection, session: str, limits: Limits) -> None:
        self._connection = connection
        self._session = session
        self._limits = limits
        self._ticks = 0
        self._key = f"_{secrets.token_hex(8)}"  # not a name that a page could know
        self.elapsed = 0.0
        self.deadline = math.inf
        self.late = False

    def start(self) -> None:
        source = IMITATION % {"epoch": EPOCH_SECONDS * 1000, "key": self._key}
        self._call("Page.addScriptToEvaluateOnNewDocument", {"source": source})

    def settle(self, loaded: Callable[[], bool]) -> bool:
        try:
            self._connection.pump_until(loaded, min(self._limits.grant * 2, self._left()), "load")
        except NoAnswer:
            return False
        return True

    def first(self, drawn: Callable[[], bool]) -> None:
        self._move()

    def tick(self) -> None:
        self._ticks += 1
        self._move()

    def shoot(self, *, still: bool) -> Shot:
        self.tick()
        data = self._call("Page.captureScreenshot", SCREENSHOT, self._limits.frame).get("data")
        return Shot(data)

    def _move(self) -> None:
        self.elapsed = round(self._ticks * VSYNC_MS, 1)
        move = f"window[{json.dumps(self._key)}]({self.elapsed})"
        self._call("Runtime.evaluate", {"expression": move, "awaitPromise": True})

    def _call(self, method: str, params: dict[str, Any], seconds: float | None = None) -> dict[str, Any]:
        bound = min(self._limits.grant if seconds is None else seconds, self._left())
        try:
            return self._connection.call(method, params, self._session, timeout=bound)
        except NoAnswer:
            raise PageStuck("its scripts") from None

    def _left(self) -> float:
        return max(0.0, self.deadline - time.monotonic())
