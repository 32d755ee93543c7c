// One clock for all clips of a round. They start together, and are put on the same frame again at every pause, step,
// seek and loop. In between they run freely: nudging their speed was measured to make it worse.

import { ErrorTally, frameAt, middleOf, worstError } from "./timeline.js";

const END_PAUSE_MS = 400; // the last frames stand a moment, so that an end is seen as an end
const SEEK_LIMIT_MS = 2000;
const SILENT_MS = 700; // playing, but no new frame for so long: a stall

/** Events: `change` (playing, time, held), `loop` (all have ended), `blocked` (the browser refuses to play),
 *  `broken` (detail: {role, why}). */
export class Clock extends EventTarget {
  constructor() {
    super();
    this.clips = [];
    this.playing = false;
    this.speed = 1;
    this.generation = 0; // whatever awaited and finds another generation has been overtaken
    this.measuredBy = "requestVideoFrameCallback" in HTMLVideoElement.prototype ? "requestVideoFrameCallback" : "currentTime";
  }

  /** Takes clips [{role, video, fps, frames}], loaded and paused; the round begins on their first frames. */
  async take(clips) {
    this.drop();
    this.clips = clips.map((clip) => ({ ...clip, frame: 0, held: false, presented: 0 }));
    this.tally = new ErrorTally();
    this.counts = { plays: 0, pauses: 0, steps: 0, seeks: 0, stalls: 0, realigned: 0 };
    this.slowest = 1;
    this.whole = true; // nothing of this run was jumped over
    this.watchedMs = 0;
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    for (const clip of this.clips) {
      clip.video.addEventListener("ended", () => this.#ended(clip), { signal });
      clip.video.addEventListener("waiting", () => this.#stalled(clip), { signal });
      clip.video.addEventListener("error", () => this.#broken(clip, clip.video.error?.message || "error"), { signal });
      this.#watch(clip, this.generation);
    }
    this.time = 0;
    await this.align();
    this.#changed();
  }

  drop() {
    this.generation += 1;
    this.playing = false;
    this.listeners?.abort();
    for (const { video } of this.clips) video.pause();
    this.clips = [];
  }

  get longest() {
    return this.clips.reduce((a, b) => (b.frames / b.fps > a.frames / a.fps + 1e-9 ? b : a));
  }

  get duration() {
    const { frames, fps } = this.longest;
    return frames / fps;
  }

  /** The frame the clock stands on, counted on the longest clip. */
  get frame() {
    const { fps, frames } = this.longest;
    return frameAt(this.time, fps, frames);
  }

  async play() {
    if (this.playing || !this.clips.length) return;
    this.playing = true;
    this.#changed();
    if (this.frame >= this.longest.frames - 1) this.time = 0;
    if (this.frame === 0) this.whole = true;
    await this.#start();
  }

  async pause() {
    if (!this.playing) return;
    this.playing = false;
    this.generation += 1;
    this.counts.pauses += 1;
    this.#readTime();
    for (const { video } of this.clips) video.pause();
    this.#changed();
    await this.align();
  }

  toggle() {
    return this.playing ? this.pause() : this.play();
  }

  /** So many frames on or back, standing. */
  async step(frames) {
    if (!this.clips.length) return;
    await this.pause();
    this.counts.steps += 1;
    await this.#goTo(this.frame + frames);
  }

  /** To a frame of the longest clip. A leap forward ends a whole viewing. */
  async seek(frame) {
    if (!this.clips.length) return;
    const leap = frame > this.frame + 1;
    await this.pause();
    this.counts.seeks += 1;
    if (leap) this.whole = false;
    await this.#goTo(frame);
  }

  async restart() {
    if (!this.clips.length) return;
    const again = this.playing;
    await this.pause();
    await this.#goTo(0);
    this.whole = true;
    if (again) await this.play();
  }

  async setSpeed(speed) {
    this.speed = speed;
    this.slowest = Math.min(this.slowest, speed);
    if (this.playing) {
      this.#readTime();
      await this.#start();
    }
    this.#changed();
  }

  /** All on the frame of the clock's time; resolves when each shows it. */
  align() {
    return Promise.all(
      this.clips.map((clip) => {
        clip.frame = frameAt(this.time, clip.fps, clip.frames);
        clip.held = this.time > clip.frames / clip.fps;
        return seekTo(clip.video, middleOf(clip.frame, clip.fps));
      }),
    );
  }

  async #goTo(frame) {
    const { fps, frames } = this.longest;
    this.time = middleOf(Math.min(frames - 1, Math.max(0, frame)), fps);
    this.#changed();
    await this.align();
    this.#changed();
  }

  /** Everybody to the same frame, then all at once. */
  async #start() {
    const generation = ++this.generation;
    this.running = false;
    for (const { video } of this.clips) video.pause();
    await this.align();
    if (generation !== this.generation || !this.playing) return;
    this.lastTick = this.lastFrame = performance.now();
    this.tally.recent.length = 0;
    const starts = this.clips
      .filter((clip) => !clip.held)
      .map((clip) => {
        clip.video.playbackRate = this.speed;
        return clip.video.play();
      });
    try {
      await Promise.all(starts);
    } catch (error) {
      if (generation !== this.generation || error.name === "AbortError") return;
      await this.pause();
      this.dispatchEvent(new CustomEvent("blocked"));
      return;
    }
    if (generation !== this.generation) return;
    this.running = true; // from here on a clip that waits is a stall
    requestAnimationFrame((now) => this.#tick(now, generation));
  }

  #watch(clip, generation) {
    if (this.measuredBy === "currentTime") return;
    const shown = (now, { mediaTime }) => {
      if (!this.clips.includes(clip)) return;
      clip.frame = Math.min(clip.frames - 1, Math.round(mediaTime * clip.fps));
      clip.presented += 1;
      clip.fresh = true;
      clip.video.requestVideoFrameCallback(shown);
    };
    clip.video.requestVideoFrameCallback(shown);
  }

  /** Once per painted picture: what stands on the screen together. */
  #tick(now, generation) {
    if (generation !== this.generation || !this.playing) return;
    if (this.measuredBy === "currentTime") {
      for (const clip of this.clips) {
        const frame = frameAt(clip.video.currentTime, clip.fps, clip.frames);
        clip.fresh = frame !== clip.frame;
        clip.presented += clip.fresh ? 1 : 0;
        clip.frame = frame;
      }
    }
    this.watchedMs += Math.max(0, now - this.lastTick);
    this.lastTick = now;
    if (this.clips.some((clip) => clip.fresh)) {
      this.lastFrame = now;
      this.tally.add(worstError(this.clips));
      for (const clip of this.clips) clip.fresh = false;
    } else if (now - this.lastFrame > SILENT_MS / this.speed && !this.clips.every((clip) => clip.held)) {
      this.counts.stalls += 1;
      this.lastFrame = now;
    }
    this.#readTime();
    this.#changed();
    if (this.tally.drifting && !this.clips.some((clip) => clip.held)) {
      this.counts.realigned += 1;
      this.#start();
      return;
    }
    requestAnimationFrame((later) => this.#tick(later, generation));
  }

  #readTime() {
    if (this.clips.length) this.time = this.longest.video.currentTime;
  }

  async #ended(clip) {
    if (!this.playing) return;
    clip.held = true;
    this.#changed();
    if (!this.clips.every((one) => one.held)) return;
    const generation = ++this.generation;
    const blank = this.clips.find((one) => one.presented === 0);
    if (blank) return this.#broken(blank, "no picture was shown");
    if (this.whole) this.counts.plays += 1;
    this.whole = true;
    this.dispatchEvent(new CustomEvent("loop"));
    await new Promise((resolve) => setTimeout(resolve, END_PAUSE_MS));
    if (generation !== this.generation || !this.playing) return;
    this.time = 0;
    await this.#start();
  }

  /** A wait at a seek or at the very end is the clock's own doing. */
  #stalled(clip) {
    const { currentTime, seeking } = clip.video;
    if (this.running && !clip.held && !seeking && currentTime < (clip.frames - 1) / clip.fps) this.counts.stalls += 1;
  }

  #broken(clip, why) {
    if (!this.clips.includes(clip)) return;
    this.dispatchEvent(new CustomEvent("broken", { detail: { role: clip.role, why } }));
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("change"));
  }

  /** What was measured on this round, as the server takes it. */
  get evidence() {
    return {
      ...this.counts,
      watched_ms: Math.round(this.watchedMs),
      frames_measured: this.tally.total,
      frames_within_one: this.tally.withinOne,
      median_frame_error: this.tally.median,
      worst_frame_error: this.tally.worst,
      slowest_speed: this.slowest,
      measured_by: this.measuredBy,
    };
  }
}

function seekTo(video, seconds) {
  if (Math.abs(video.currentTime - seconds) < 1e-4 && !video.seeking) return Promise.resolve();
  return new Promise((resolve) => {
    const limit = setTimeout(resolve, SEEK_LIMIT_MS);
    video.addEventListener(
      "seeked",
      () => {
        clearTimeout(limit);
        resolve();
      },
      { once: true },
    );
    video.currentTime = seconds;
  });
}
