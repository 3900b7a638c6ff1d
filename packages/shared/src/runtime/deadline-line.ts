/** Work under a deadline; `late` makes the error of its end. */
interface Entry {
  dueMs: number;
  fail: (() => void) | null;
}

/**
 * Deadlines that all last the same time. They end in the order in which they began, so one timer serves any number of them: a timer for each
 * call, made and taken back, costs more than the call's own bookkeeping.
 */
export class DeadlineLine {
  readonly #ms: number;
  #entries: Entry[] = [];
  #armed = false;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** The promise, or the error of `late` after the line's time. The work itself goes on; whoever started it must bear a late end. */
  within<T>(work: Promise<T>, late: () => Error): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const entry: Entry = { dueMs: performance.now() + this.#ms, fail: () => reject(late()) };
      this.#entries.push(entry);
      if (!this.#armed) this.#arm(this.#ms);
      work.then(
        (value) => {
          entry.fail = null;
          resolve(value);
        },
        (error: unknown) => {
          entry.fail = null;
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  /** It never keeps a process: what is waited for has a connection that does. */
  #arm(ms: number): void {
    this.#armed = true;
    setTimeout(() => this.#look(), ms).unref();
  }

  #look(): void {
    const now = performance.now();
    let at = 0;
    // A timer may come a little early; what is due within a millisecond is due.
    while (at < this.#entries.length && (this.#entries[at].fail === null || this.#entries[at].dueMs <= now + 1)) {
      this.#entries[at++].fail?.();
    }
    this.#entries = this.#entries.slice(at);
    this.#armed = false;
    if (this.#entries.length > 0) this.#arm(this.#entries[0].dueMs - now);
  }
}
