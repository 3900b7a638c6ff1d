import type { EventLog } from '@reelay/shared/messaging';
import { within } from '@reelay/shared/runtime';
import type { Ledger } from '@reelay/shared/storage';

const askMsMax = 1_000;

/**
 * Lines that stand in the log and are not stored. What a server that is away does not say is as it was last: nothing is stored while SQL is away, and
 * nothing comes while Kafka is.
 */
export class LagWatch {
  readonly #eventLog: Pick<EventLog, 'ranges'>;
  readonly #ledger: Pick<Ledger, 'progress'>;
  readonly #topic: string;
  /** By partition: the end of the log, the next line to be stored. */
  #high = new Map<number, number>();
  #stored = new Map<number, number>();
  #incarnation = 1;
  #asking: Promise<unknown> | undefined;

  constructor(eventLog: Pick<EventLog, 'ranges'>, ledger: Pick<Ledger, 'progress'>, topic: string) {
    this.#eventLog = eventLog;
    this.#ledger = ledger;
    this.#topic = topic;
  }

  get lines(): number {
    return sum([...this.#high].map(([partition, high]) => Math.max(0, high - (this.#stored.get(partition) ?? 0))));
  }

  get stored(): number {
    return sum([...this.#stored.values()]);
  }

  /** The lowest of all partitions. */
  get incarnation(): number {
    return this.#incarnation;
  }

  /** Asks both, at most for a second; then it goes on asking, and the figures are those of before. */
  async refresh(): Promise<number> {
    this.#asking ??= Promise.allSettled([this.#askLog(), this.#askLedger()]).finally(() => (this.#asking = undefined));
    await within(askMsMax, 'the lag', this.#asking).catch(() => {});
    return this.lines;
  }

  /** Both sides answer now, and each partition is stored to its end, not beyond. */
  async isStored(): Promise<boolean> {
    await this.#asking;
    const asked = await Promise.allSettled([this.#askLog(), this.#askLedger()]);
    if (asked.some(({ status }) => status === 'rejected') || this.#high.size === 0) return false;
    return [...this.#high].every(([partition, high]) => (this.#stored.get(partition) ?? 0) === high);
  }

  async #askLog(): Promise<void> {
    const ranges = await this.#eventLog.ranges(this.#topic);
    this.#high = new Map(ranges.map(({ partition, high }) => [partition, high]));
  }

  async #askLedger(): Promise<void> {
    const progress = await this.#ledger.progress(this.#topic);
    this.#stored = new Map(progress.map(({ partition, nextOffset }) => [partition, nextOffset]));
    this.#incarnation = Math.min(...progress.map(({ incarnation }) => incarnation));
  }
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
