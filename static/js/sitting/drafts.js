// What was chosen and not yet sent survives a reload. Without storage a reload starts the round afresh.

export class Draft {
  constructor(place) {
    this.place = place;
  }

  /** The draft of the round with that ticket, or null. */
  read(ticket) {
    try {
      const draft = JSON.parse(localStorage.getItem(this.place));
      return draft?.ticket === ticket ? draft : null;
    } catch {
      return null;
    }
  }

  write(draft) {
    try {
      localStorage.setItem(this.place, JSON.stringify(draft));
    } catch {}
  }

  clear() {
    try {
      localStorage.removeItem(this.place);
    } catch {}
  }
}
