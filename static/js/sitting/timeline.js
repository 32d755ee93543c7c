// Frames and seconds. Pure functions, so that a test can hold them without a video.

/** The frame shown at `seconds`; past the end it is the last one. */
export function frameAt(seconds, fps, frames) {
  return Math.min(frames - 1, Math.max(0, Math.floor(seconds * fps + 1e-6)));
}

/** Where to seek for a frame: its middle. Its first instant shows the frame before about one time in three. */
export function middleOf(frame, fps) {
  return (frame + 0.5) / fps;
}

/** How far apart two clips stand, in frames of the faster one. */
export function frameError(a, b) {
  return Math.abs(a.frame / a.fps - b.frame / b.fps) * Math.max(a.fps, b.fps);
}

/** The shorter clips hold their last frame: only clips that still move can be out of step. */
export function worstError(clips) {
  const moving = clips.filter((clip) => !clip.held && clip.frame < clip.frames - 1);
  let worst = 0;
  for (const a of moving) for (const b of moving) worst = Math.max(worst, frameError(a, b));
  return worst;
}

export function median(values) {
  if (!values.length) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Frame errors as they come, kept as counts: a long look at a round costs no memory. */
export class ErrorTally {
  constructor() {
    this.counts = new Map();
    this.recent = [];
    this.total = 0;
    this.worst = null;
  }

  add(error) {
    const rounded = Math.round(error * 100) / 100;
    this.counts.set(rounded, (this.counts.get(rounded) ?? 0) + 1);
    this.total += 1;
    this.worst = Math.max(this.worst ?? 0, rounded);
    this.recent.push(rounded);
    if (this.recent.length > 30) this.recent.shift();
  }

  /** Nudging makes it worse; only a lasting error is worth a new start. */
  get drifting() {
    return this.recent.length >= 15 && median(this.recent) > 1;
  }

  get withinOne() {
    let count = 0;
    for (const [error, n] of this.counts) if (error <= 1.01) count += n;
    return count;
  }

  get median() {
    let seen = 0;
    for (const [error, n] of [...this.counts].sort((a, b) => a[0] - b[0])) {
      seen += n;
      if (seen * 2 >= this.total) return error;
    }
    return null;
  }
}
