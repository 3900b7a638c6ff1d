import { systemClock } from '../../runtime/index.ts';

/** Wakes readers of this process when a line was appended here, so that they need not wait for their next look. */
export class Bell {
  #ringing = new AbortController();

  ring(): void {
    this.#ringing.abort();
    this.#ringing = new AbortController();
  }

  /** Settles after `ms`, at the next ring, or when the signal fires. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, AbortSignal.any([signal, this.#ringing.signal]));
  }

  /** As `wait`, deaf to rings. */
  pause(ms: number, signal: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }
}
