// What is on its way to the server. An answer lies in localStorage until the server has confirmed it, under the key that
// lets the server know it again: sending twice is harmless, so we send until there is an answer.

import { pauseOrOnline } from "./media.js";

const PATIENCE_MS = 15000;
const BACKOFF_MS = [400, 800, 1600, 3000, 5000];

/** `status(word)` hears: saving, waiting, trouble, idle. */
export class Outbox {
  constructor(place, { csrf, stateUrl, status }) {
    this.place = place;
    this.csrf = csrf;
    this.stateUrl = stateUrl;
    this.status = status;
    this.memory = null;
    this.kept = true;
  }

  /** The post that was not confirmed when the page was left, if there is one. */
  get pending() {
    try {
      return JSON.parse(localStorage.getItem(this.place)) ?? this.memory;
    } catch {
      return this.memory;
    }
  }

  /** Sends {url, body} until the server answers. Resolves to the answer: accepted, or refused with a `sentence`. */
  async send(item) {
    this.#keep(item);
    const since = performance.now();
    for (let attempt = 0; ; attempt += 1) {
      this.status(attempt ? this.word : "saving");
      const reply = await this.#post(item);
      if (reply) {
        this.#keep(null);
        this.status("idle");
        return reply;
      }
      this.status(this.word);
      item.body.evidence && (item.body.evidence.offline_ms = Math.round(performance.now() - since));
      await pauseOrOnline(BACKOFF_MS[Math.min(attempt, BACKOFF_MS.length - 1)]);
    }
  }

  /** One request; null when there was no usable answer and the same post should be tried again. */
  async #post(item) {
    try {
      const response = await ask(item.url, this.csrf, item.body);
      this.word = response.status >= 500 || response.status === 429 ? "trouble" : "waiting";
      if (response.status >= 500 || response.status === 429) return null;
      const said = await response.json();
      if (said.csrf) this.csrf = said.csrf;
      if (response.status === 403 && !said.sentence) {
        this.word = "trouble";
        this.csrf = (await (await ask(this.stateUrl, this.csrf)).json()).csrf ?? this.csrf;
        return null;
      }
      return { accepted: response.ok, ...said };
    } catch {
      this.word = "waiting";
      return null;
    }
  }

  #keep(item) {
    this.memory = item;
    try {
      if (item) localStorage.setItem(this.place, JSON.stringify(item));
      else localStorage.removeItem(this.place);
      this.kept = true;
    } catch {
      this.kept = false; // no storage here: the page itself is the only place, and says so
    }
  }
}

/** A name for a post that no other has. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // plain http: randomUUID is not offered there
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

/** Asks once, with patience; throws when the line is down. */
export function ask(url, csrf, body) {
  return fetch(url, {
    method: body ? "POST" : "GET",
    headers: { "X-CSRFToken": csrf, ...(body ? { "Content-Type": "application/json" } : {}) },
    body: body ? JSON.stringify(body) : undefined,
    credentials: "same-origin",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}
