// How one round was attended to, beside what the clock measures: times, hidden tab, enlarging, the size of what was seen.

export class Attendance {
  constructor() {
    this.began = performance.now();
    this.readyAt = null; // since then the round can be watched
    this.retries = 0;
    this.enlarged = 0;
    this.hiddenMs = 0;
    this.hiddenSince = document.hidden ? this.began : null;
  }

  ready() {
    this.readyAt = performance.now();
  }

  get secondsReady() {
    return this.readyAt === null ? 0 : (performance.now() - this.readyAt) / 1000;
  }

  hidden(now) {
    if (now) this.hiddenSince ??= performance.now();
    else if (this.hiddenSince !== null) {
      this.hiddenMs += performance.now() - this.hiddenSince;
      this.hiddenSince = null;
    }
  }

  /** As the server takes it; `frame` is the box that a candidate was seen in. */
  evidence(frame, reducedMotion) {
    const now = performance.now();
    const hidden = this.hiddenMs + (this.hiddenSince === null ? 0 : now - this.hiddenSince);
    return {
      response_ms: Math.round(now - this.readyAt),
      loading_ms: Math.round(this.readyAt - this.began),
      hidden_ms: Math.round(hidden),
      retries: this.retries,
      enlarged: this.enlarged,
      width: Math.round(frame.width),
      height: Math.round(frame.height),
      window_width: innerWidth,
      window_height: innerHeight,
      pixel_ratio: devicePixelRatio,
      reduced_motion: reducedMotion,
    };
  }
}
