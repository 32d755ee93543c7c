"""The JavaScript that goes into a page: what is made repeatable there, and what is asked of it."""

from __future__ import annotations

# The function a page's world gets before any of its own code, to tell us what it makes use of. Taken away at once.
NOTE_BINDING = "diptychNote"

# 2025-01-01T00:00:00Z: every page is captured at this moment.
EPOCH_SECONDS = 1_735_689_600

# Runs in every frame before the page's own code. Chance is seeded (mulberry32). The clocks are rounded to the 0.1 ms to
# which virtual time is steered, so that the clamping of the browser's own clock can't show.
REPEATABLE = """
(() => {
  const tell = window.%(note)s;
  delete window.%(note)s;
  const told = new Set();
  const note = what => { if (tell && !told.has(what)) { told.add(what); tell(what); } };

  let state = %(seed)d >>> 0;
  const bits = () => {
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  const put = (owner, name, value) =>
    Object.defineProperty(owner, name, { value, writable: true, configurable: true });
  put(Math, 'random', function random() { return bits() / 4294967296; });
  put(Crypto.prototype, 'getRandomValues', function getRandomValues(array) {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < bytes.length; i++) bytes[i] = bits() & 255;
    return array;
  });
  put(Crypto.prototype, 'randomUUID', function randomUUID() {
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64; b[8] = (b[8] & 63) | 128;
    const hex = Array.from(b, x => x.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  });

  const request = window.requestAnimationFrame, later = window.setTimeout, forget = window.clearTimeout;
  const round = t => Math.round(t * 10) / 10;
  const now = Performance.prototype.now;
  put(Performance.prototype, 'now', function() { return round(now.call(this)); });
  // What the browser answers in its own time is handed over with the next frame; the clock waits for it to be there.
  const ready = [];
  let asked = 0, unseen;
  const hand = () => {
    forget.call(window, unseen);
    for (const each of ready.splice(0).sort((a, b) => a.place - b.place)) each.give();
  };
  const wait = async answer => {
    const place = asked++;
    if (tell) tell('asked');
    try { return await answer; } finally {
      if (tell) tell('answered');
      await new Promise(give => {
        if (ready.push({ place, give }) > 1) return;
        request.call(window, hand);
        unseen = later.call(window, hand, 50);  // a frame that is not shown gets no frames
      });
    }
  };
  // Replaces methods by ones that can call what they replace.
  const replace = (owner, names, make) => {
    for (const name of names) {
      const real = owner?.[name];
      if (real) put(owner, name, { [name](...args) { return make(real, this, args); } }[name]);
    }
  };
  const gather = Blob.prototype.arrayBuffer;
  const contents = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'];
  for (const [owner, ...names] of [
    [window.WebAssembly, 'compile', 'compileStreaming', 'instantiate', 'instantiateStreaming'],
    [HTMLImageElement.prototype, 'decode'], [FontFace.prototype, 'load'], [FontFaceSet.prototype, 'load'],
    [Blob.prototype, 'arrayBuffer', 'bytes', 'text'], [Request.prototype, ...contents],
    [window.StorageManager?.prototype, 'estimate', 'persisted'], [window.Permissions?.prototype, 'query'],
    [window.GPU?.prototype, 'requestAdapter'],
  ]) replace(owner, names, (real, self, args) => wait(real.apply(self, args)));
  replace(window, ['createImageBitmap'], (real, self, args) => {
    const made = real.apply(self, args);
    return args[0] instanceof Blob ? wait(made) : made;  // only a file is decoded beside the page
  });

  // A blob's bytes come from another process, piece by piece: as a stream they are read at once, and given from here.
  const pour = blob => {
    let bytes, at = 0;
    return new ReadableStream({ type: 'bytes', async pull(controller) {
      bytes ??= new Uint8Array(await wait(gather.call(blob)));
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at += 65536));
      if (at >= bytes.length) { controller.close(); controller.byobRequest?.respond(0); }
    } });
  };
  replace(Blob.prototype, ['stream'], (real, blob) => pour(blob));
  const drain = async stream => {
    const parts = [], reader = stream.getReader();
    let length = 0;
    for (let each; !(each = await reader.read()).done; length += each.value.length) {
      if (!(each.value instanceof Uint8Array)) throw new TypeError('A response is made of Uint8Arrays.');
      parts.push(each.value);
    }
    const bytes = new Uint8Array(length);
    parts.reduce((at, part) => { bytes.set(part, at); return at + part.length; }, 0);
    return bytes;
  };
  // While the browser reads a response, it holds the page's time: good for a file, whose stream it is, but what a script
  // streams may itself wait for that time.
  const streamed = new WeakSet(), carried = new WeakSet(), Answer = window.Response;
  put(window, 'Response', new Proxy(Answer, { construct(target, args, made) {
    const [content, ...rest] = args, blob = content instanceof Blob;
    const response = Reflect.construct(target, blob ? [pour(content), ...rest] : args, made);
    if (blob && content.type && !response.headers.has('content-type')) response.headers.set('content-type', content.type);
    if (blob || (content instanceof ReadableStream && !carried.has(content))) streamed.add(response);
    return response;
  } }));
  const turn = {
    arrayBuffer: bytes => bytes.buffer, bytes: bytes => bytes,
    text: bytes => new TextDecoder().decode(bytes), json: bytes => JSON.parse(new TextDecoder().decode(bytes)),
    blob: (bytes, headers) => new Blob([bytes], { type: headers.get('content-type') ?? '' }),
    formData: (bytes, headers) => new Answer(bytes, { headers }).formData(),
  };

  // The rest of a file that nobody reads is never sent, and nobody need wait for it. Told when the page has had its turn with
  // it: between the two words for one that it reads at once, a frame could be drawn.
  const unread = new WeakMap();
  replace(window, ['fetch'], (real, self, args) => {
    const answer = real.apply(self, args);
    if (tell) answer.then(response => {
      unread.set(response, false);
      later.call(window, () => {
        if (!unread.has(response)) return;
        unread.set(response, true);
        tell('unread ' + response.url);
      }, 0);
    }, () => {});
    return answer;
  });
  const reads = response => {
    if (unread.get(response)) tell('reading ' + response.url);
    unread.delete(response);
  };
  const owed = answer => {  // handed over as it comes: the browser holds the page's time, but for a page at its loading
    const came = () => { if (tell) tell('answered'); };
    if (tell) tell('asked');
    answer.then(came, came);
    return answer;
  };
  for (const name of contents) replace(Answer.prototype, [name], (real, response, args) => {
    reads(response);
    if (!streamed.has(response) || response.bodyUsed || response.body.locked) return owed(real.apply(response, args));
    return drain(response.body).then(bytes => turn[name](bytes, response.headers));
  });
  replace(Answer.prototype, ['clone'], (real, response) => {
    reads(response);
    const copy = real.call(response);
    if (streamed.has(response)) streamed.add(copy);
    return copy;
  });
  const body = Object.getOwnPropertyDescriptor(Answer.prototype, 'body');
  Object.defineProperty(Answer.prototype, 'body', { ...body, get() {
    reads(this);
    const stream = body.get.call(this);
    if (stream && !streamed.has(this)) carried.add(stream);
    return stream;
  } });
  replace(ReadableStream.prototype, ['pipeThrough', 'tee'], (real, stream, args) => {
    const made = real.apply(stream, args);
    if (carried.has(stream)) for (const each of [made].flat()) carried.add(each);
    return made;
  });

  const play = HTMLMediaElement.prototype.play;
  const begins = () => { if (now.call(performance) > 0) note('late video'); };
  put(HTMLMediaElement.prototype, 'play', function() {
    begins();
    const playing = play.call(this);
    return this.src || this.querySelector('source') ? wait(playing) : playing;  // nothing to play is never played
  });
  addEventListener('play', begins, true);

  // What answers by events and in its own time can only be told.
  for (const [owner, ...names] of [
    [IDBFactory.prototype, 'open'], [window.CacheStorage?.prototype, 'open', 'match'],
    [window.LockManager?.prototype, 'request'], [FileReader.prototype, 'readAsText', 'readAsDataURL', 'readAsArrayBuffer'],
    [window.StorageManager?.prototype, 'getDirectory'], [HTMLCanvasElement.prototype, 'captureStream'],
    [HTMLMediaElement.prototype, 'captureStream'], [HTMLVideoElement.prototype, 'requestVideoFrameCallback'],
  ]) replace(owner, names, (real, self, args) => { note('unsteady'); return real.apply(self, args); });

  const stamp = Object.getOwnPropertyDescriptor(Event.prototype, 'timeStamp').get;
  Object.defineProperty(Event.prototype, 'timeStamp', {
    get() { return round(stamp.call(this)); }, enumerable: true, configurable: true });
  put(window, 'requestAnimationFrame', function requestAnimationFrame(callback) {
    note('frames');
    if (typeof callback !== 'function') return request.call(window, callback);
    return request.call(window, t => callback.call(window, round(t)));
  });

  const interval = window.setInterval;
  put(window, 'setInterval', function setInterval(...args) {
    note('timers');
    return interval.apply(window, args);
  });

  for (const name of ['close', 'print']) put(window, name, () => note(name));
  for (const name of ['moveBy', 'moveTo', 'resizeBy', 'resizeTo']) put(window, name, () => note('resize'));
  // As on pages opened from a disk; else the refusal would come when it pleases.
  if (window.ServiceWorkerContainer) put(ServiceWorkerContainer.prototype, 'register', () => {
    note('service worker');
    return Promise.reject(new DOMException('Pages are captured without service workers.', 'SecurityError'));
  });
  for (const [name, what] of [['AudioContext', 'audio'], ['webkitAudioContext', 'audio'],
                              ['Worker', 'worker'], ['SharedWorker', 'worker'], ['BroadcastChannel', 'unsteady'],
                              ['ImageDecoder', 'unsteady'], ['VideoDecoder', 'unsteady'], ['VideoEncoder', 'unsteady'],
                              ['RTCPeerConnection', 'webrtc'], ['webkitRTCPeerConnection', 'webrtc']]) {
    const Real = window[name];
    if (Real) put(window, name, new Proxy(Real, {
      construct(target, args, made) { note(what); return Reflect.construct(target, args, made); } }));
  }
})();
"""


def repeatable(seed: int) -> str:
    """The script every frame runs first, with its chance seeded."""
    return REPEATABLE % {"note": NOTE_BINDING, "seed": seed & 0xFFFFFFFF}


# Asked in a world of our own, where the page's changes to prototypes don't reach. Times in ms from now: when what is
# finite ends, and when each loop begins and how long one period is.
SCAN = """
(() => {
  const finite = [], loops = [];
  const add = (begins, period, count) => {
    if (!(period > 0) || !Number.isFinite(begins)) return;
    if (count === Infinity) loops.push([begins, period]);
    else if (Number.isFinite(count)) finite.push(begins + period * count);
  };
  const attempt = (f, otherwise) => { try { return f(); } catch { return otherwise; } };
  const clock = text => {
    const m = /^\\s*([\\d.]+)\\s*(ms|s|min|h)?\\s*$/.exec(text || '');
    return m ? m[1] * { ms: 1, s: 1000, min: 60000, h: 3600000 }[m[2] || 's'] : NaN;
  };
  const counts = a => a.playState === 'running' %(or_paused)s;
  const visit = doc => {
    const now = doc.timeline.currentTime;
    for (const a of doc.getAnimations()) {
      if (a.timeline !== doc.timeline || !a.effect || !counts(a)) continue;
      const t = a.effect.getComputedTiming(), rate = Math.abs(a.playbackRate);
      if (!rate) continue;
      const start = a.startTime === null ? -(a.currentTime || 0) / rate : a.startTime - now;
      const back = t.direction.startsWith('alternate') ? 2 : 1;
      if (t.iterations === Infinity) add(start + t.delay / rate, t.duration / rate * back, Infinity);
      else if (t.activeDuration > 0) finite.push(start + t.endTime / rate);
    }
    for (const e of doc.querySelectorAll('animate,animateTransform,animateMotion,animateColor')) {
      const svg = e.ownerSVGElement;
      if (!svg) continue;
      const begins = attempt(() => e.getStartTime(), NaN) * 1000 - svg.getCurrentTime() * 1000;
      const period = attempt(() => e.getSimpleDuration(), NaN) * 1000;
      const many = e.getAttribute('repeatCount'), until = clock(e.getAttribute('repeatDur'));
      if (many === 'indefinite' || e.getAttribute('repeatDur') === 'indefinite') add(begins, period, Infinity);
      else if (until > 0) finite.push(begins + until);
      else add(begins, period, many === null ? 1 : Number(many));
    }
    for (const v of doc.querySelectorAll('video')) {
      if (v.paused || !Number.isFinite(v.duration)) continue;
      add(-v.currentTime * 1000, v.duration * 1000, v.loop ? Infinity : 1);
    }
    for (const f of doc.querySelectorAll('iframe')) {
      const inner = attempt(() => f.contentDocument, null);
      if (inner) visit(inner);
    }
  };
  visit(document);
  return { finite, loops };
})()
"""

# Frames go on being asked for: a page that asks only now and then might ask too late for the one about to be drawn.
AWAIT_FRAME = (
    "globalThis.came = false; (function ask() { requestAnimationFrame(() => { came = true; ask(); }); })()"
)
FRAME_CAME = "globalThis.came"


def scan(*, paused_too: bool = False) -> str:
    """The question what runs; ``paused_too`` where our own clock has paused what it moves."""
    return SCAN.replace("%(or_paused)s", "|| a.playState === 'paused'" if paused_too else "")
