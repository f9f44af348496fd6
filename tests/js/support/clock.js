/** A clock that only moves when a test advances it. */
export class FakeClock {
  now = 0;
  #timers = new Map();
  #next = 1;

  setTimeout = (callback, ms) => {
    const id = this.#next++;
    this.#timers.set(id, { callback, due: this.now + ms });
    return id;
  };

  clearTimeout = (id) => {
    this.#timers.delete(id);
  };

  /** How long until each timer is due, soonest first. */
  get waits() {
    return [...this.#timers.values()].map(({ due }) => due - this.now).sort((a, b) => a - b);
  }

  advance(ms) {
    const end = this.now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.due <= end);
      if (!due.length) {
        break;
      }
      const [id, timer] = due.reduce((first, other) => (other[1].due < first[1].due ? other : first));
      this.#timers.delete(id);
      this.now = timer.due;
      timer.callback();
    }
    this.now = end;
  }
}
