// Clips arrive whole, as Blobs, before anything plays: then no network can put them out of step.

const RETRY_MS = [500, 1500, 4000];
const PASSING = [429, 502, 503, 504]; // the server is busy or starting again: as if the line were down
const DECODE_LIMIT_MS = 20000;
const TICK_MS = 500;
const SILENCE_MS = 15000;

/** A clip that cannot be had or shown. `role` says which, `why` is for the record. */
export class Unplayable extends Error {
  constructor(role, why) {
    super(`${role}: ${why}`);
    this.role = role;
    this.why = why;
  }
}

const ahead = new Map(); // address → promise of a Blob, for the round after this one

/** Loads {role: {url}} and resolves to {role: Blob}. `progress(0 … 1)`, `retrying()` and `offline(bool)` tell how it goes. */
export async function fetchClips(clips, { progress, retrying, offline }) {
  const parts = new Map();
  const tell = (role, part) => {
    parts.set(role, part);
    progress([...parts.values()].reduce((sum, one) => sum + one, 0) / Object.keys(clips).length);
  };
  const blobs = await Promise.all(
    Object.entries(clips).map(async ([role, { url }]) => {
      tell(role, 0);
      const early = await ahead.get(url)?.catch(() => null);
      const blob = early ?? (await fetchPatiently(role, url, (part) => tell(role, part), { retrying, offline }));
      tell(role, 1);
      return [role, blob];
    }),
  );
  ahead.clear();
  return Object.fromEntries(blobs);
}

/** Starts loading the next round's clips; what fails here is loaded again in its turn. */
export function fetchAhead(urls) {
  for (const url of urls ?? []) {
    if (!ahead.has(url)) ahead.set(url, fetchOnce(url, () => {}));
    ahead.get(url).catch(() => {});
  }
}

/** Puts Blobs into videos and resolves when each can play through. */
export async function showClips(videos, blobs) {
  await Promise.all(
    Object.entries(blobs).map(async ([role, blob]) => {
      const video = videos[role];
      for (let attempt = 0; ; attempt += 1) {
        try {
          await showOne(role, video, blob);
          return;
        } catch (error) {
          if (attempt >= 1) throw error;
        }
      }
    }),
  );
}

function showOne(role, video, blob) {
  if (video.dataset.blob) URL.revokeObjectURL(video.dataset.blob);
  const url = URL.createObjectURL(blob);
  video.dataset.blob = url;
  return new Promise((resolve, reject) => {
    const watch = new AbortController();
    const done = (finish, value) => {
      clearInterval(patience);
      watch.abort();
      finish(value);
    };
    // A browser may leave a tab that nobody looks at undecoded: only time in sight counts.
    let left = DECODE_LIMIT_MS;
    const patience = setInterval(() => {
      if (!document.hidden) left -= TICK_MS;
      if (left <= 0) done(reject, new Unplayable(role, "not decoded in time"));
    }, TICK_MS);
    const ready = () => {
      if (!video.videoWidth) done(reject, new Unplayable(role, "no picture in it"));
      else done(resolve);
    };
    video.addEventListener("canplaythrough", ready, { signal: watch.signal });
    video.addEventListener("error", () => done(reject, new Unplayable(role, video.error?.message || "not decoded")), {
      signal: watch.signal,
    });
    video.muted = true;
    video.preload = "auto";
    video.src = url;
    video.load();
  });
}

async function fetchPatiently(role, url, progress, { retrying, offline }) {
  for (let attempt = 0; ; ) {
    try {
      const blob = await fetchOnce(url, progress);
      offline(false);
      return blob;
    } catch (error) {
      if (!(error instanceof Refusal)) {
        offline(true); // no answer at all: the line is down, which is nobody's fault and no reason to give up
        await pauseOrOnline(2000);
        continue;
      }
      offline(false);
      if (attempt >= RETRY_MS.length) throw new Unplayable(role, error.message);
      retrying();
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS[attempt]));
      attempt += 1;
    }
  }
}

class Refusal extends Error {}

/** One attempt; given up when nothing has come for a while, as on a line that died without a word. */
async function fetchOnce(url, progress) {
  const silence = new AbortController();
  let timer;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  heard();
  try {
    const response = await fetch(url, { signal: silence.signal, credentials: "same-origin" });
    if (PASSING.includes(response.status)) throw new Error(`HTTP ${response.status}`);
    if (!response.ok) throw new Refusal(`HTTP ${response.status}`);
    const total = Number(response.headers.get("Content-Length")) || 0;
    const reader = response.body.getReader();
    const pieces = [];
    let got = 0;
    for (;;) {
      const { done, value } = await reader.read();
      heard();
      if (done) break;
      pieces.push(value);
      got += value.length;
      if (total) progress(Math.min(1, got / total));
    }
    return new Blob(pieces, { type: "video/mp4" });
  } finally {
    clearTimeout(timer);
  }
}

export function pauseOrOnline(ms) {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms);
    function finish() {
      clearTimeout(timer);
      window.removeEventListener("online", finish);
      resolve();
    }
    window.addEventListener("online", finish);
  });
}
