import type { Clock } from '@reelay/shared/runtime';

interface BucketOptions {
  /** Tokens a second; also how many are kept for later, at least one. */
  rate: number;
  clock: Clock;
}

interface Waiting {
  give: (taken: boolean) => void;
}

/** At most `rate` tokens in a second on average, and never more than a second's worth at once. Urgent takers come first. */
export class TokenBucket {
  readonly #rate: number;
  readonly #most: number;
  readonly #clock: Clock;
  #tokens: number;
  #countedAt: number;
  #urgent: Waiting[] = [];
  #patient: Waiting[] = [];
  #cancel: (() => void) | undefined;

  constructor({ rate, clock }: BucketOptions) {
    this.#rate = rate;
    this.#most = Math.max(1, rate);
    this.#clock = clock;
    this.#tokens = this.#most;
    this.#countedAt = clock.monotonicMs();
  }

  /** Resolves with true when a token is there, with false when the signal fires before. */
  take(urgent: boolean, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const leave = () => waiting.give(false);
      const waiting: Waiting = {
        give: (taken) => {
          signal.removeEventListener('abort', leave);
          this.#urgent = this.#urgent.filter((one) => one !== waiting);
          this.#patient = this.#patient.filter((one) => one !== waiting);
          if (this.#urgent.length + this.#patient.length === 0) this.#stopTimer();
          resolve(taken);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      (urgent ? this.#urgent : this.#patient).push(waiting);
      this.#serve();
    });
  }

  #serve(): void {
    this.#stopTimer();
    const now = this.#clock.monotonicMs();
    this.#tokens = Math.min(this.#most, this.#tokens + ((now - this.#countedAt) / 1_000) * this.#rate);
    this.#countedAt = now;
    for (let next = this.#next(); next !== undefined && this.#tokens >= 1; next = this.#next()) {
      this.#tokens -= 1;
      next.give(true);
    }
    if (this.#next() === undefined) return;
    // A millisecond more than needed: rounding must not wake it just before there is a whole token.
    this.#cancel = this.#clock.after(((1 - this.#tokens) / this.#rate) * 1_000 + 1, () => this.#serve());
  }

  #next(): Waiting | undefined {
    return this.#urgent[0] ?? this.#patient[0];
  }

  #stopTimer(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
