// The answers of one round: which row is in turn, what was chosen, when, and how often it was changed. No DOM here.

export const CHOICES = ["left", "equal", "right"];

export class Answers {
  constructor(keys, before = null) {
    this.keys = keys;
    this.chosen = new Map(Object.entries(before ?? {}));
    this.changes = new Map(keys.map((key) => [key, 0]));
    this.answeredMs = new Map();
    this.openedAt = null;
    this.turn = 0;
  }

  /** Answers open at `now` (milliseconds of any clock). */
  open(now) {
    this.openedAt ??= now;
  }

  get isOpen() {
    return this.openedAt !== null;
  }

  /** Later questions appear after the first is answered. */
  get visible() {
    return this.chosen.has(this.keys[0]) ? this.keys.length : 1;
  }

  choose(key, choice, now) {
    const row = this.keys.indexOf(key);
    if (!this.isOpen || row < 0 || row >= this.visible || !CHOICES.includes(choice)) return false;
    const before = this.chosen.get(key);
    if (before !== undefined && before !== choice) this.changes.set(key, this.changes.get(key) + 1);
    this.chosen.set(key, choice);
    this.answeredMs.set(key, Math.round(now - this.openedAt));
    const open = this.keys.findIndex((one) => !this.chosen.has(one));
    this.turn = open < 0 ? row : open;
    return true;
  }

  /** The row that the number keys answer. */
  move(by) {
    this.turn = Math.min(this.visible - 1, Math.max(0, this.turn + by));
  }

  get complete() {
    return this.keys.every((key) => this.chosen.has(key));
  }

  /** What a reload must not lose. */
  get draft() {
    return { answers: Object.fromEntries(this.chosen), changes: Object.fromEntries(this.changes) };
  }

  restore(draft) {
    for (const key of this.keys) {
      if (CHOICES.includes(draft?.answers?.[key])) this.chosen.set(key, draft.answers[key]);
      if (Number.isInteger(draft?.changes?.[key])) this.changes.set(key, draft.changes[key]);
    }
    const open = this.keys.findIndex((one) => !this.chosen.has(one));
    this.turn = Math.max(0, open);
  }

  get post() {
    return {
      answers: Object.fromEntries(this.chosen),
      changes: Object.fromEntries(this.changes),
      answered_ms: Object.fromEntries(this.answeredMs),
    };
  }
}
