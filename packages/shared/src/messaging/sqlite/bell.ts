import { systemClock } from '../../runtime/index.ts';

/** Wakes readers of this process when a line was appended here, so that they need not wait for their next look. */
export class Bell {
  /** A signal made of two for each look took half of an idle reader's time. */
  readonly #waiting = new Set<() => void>();

  ring(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Settles after `ms`, at the next ring, or when the signal fires. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = (): void => {
        cancel();
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = systemClock.after(ms, done);
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  /** As `wait`, deaf to rings. */
  pause(ms: number, signal: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }
}
