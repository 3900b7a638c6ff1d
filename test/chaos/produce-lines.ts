import type { EventLog } from '@reelay/shared/messaging';
import { systemClock } from '@reelay/shared/runtime';
import { Turn } from './take-turns.ts';

const linesAtOnce = 200;
/** While there is a quota, and when it is used up: then only so much that there is always something under way. */
const fastLinesPerSecond = 6_000;
const slowLinesPerSecond = 250;
const againMs = 200;

export interface ProducerOptions {
  eventLog: Pick<EventLog, 'append'>;
  topic: string;
  partitions: number;
  lines: Iterable<string>;
  total: number;
  /** Lines that may be written by now; beyond it the flow is thin. */
  quota(): number;
  signal: AbortSignal;
}

/** Writes lines for as long as the chaos goes on, however often Kafka is away; a retry may write some twice, as a producer's does. */
export class LineProducer {
  readonly #options: ProducerOptions;
  readonly #turn = new Turn();
  /** Lines that Kafka has acknowledged. */
  acknowledged = 0;
  /** Appends that failed at first, whose lines may stand in the log twice. */
  retries = 0;

  constructor(options: ProducerOptions) {
    this.#options = options;
  }

  /** Resolves when all lines are acknowledged, or it is called off. */
  async run(): Promise<void> {
    const { lines, total, partitions, signal } = this.#options;
    let [batch, partition] = [[] as string[], 0];
    for (const line of lines) {
      batch.push(line);
      if (batch.length < linesAtOnce && this.acknowledged + batch.length < total) continue;
      if (signal.aborted) return;
      await this.#append(batch, partition++ % partitions);
      if (this.acknowledged >= total) return;
      await systemClock.sleep(this.#pauseMs(batch.length), signal);
      batch = [];
    }
  }

  /** Resolves when nothing is on its way to Kafka, and nothing will be until the release is called. */
  hold(): Promise<() => void> {
    return this.#turn.take();
  }

  #pauseMs(lines: number): number {
    const rate = this.acknowledged < this.#options.quota() ? fastLinesPerSecond : slowLinesPerSecond;
    return (1_000 * lines) / rate;
  }

  async #append(batch: string[], partition: number): Promise<void> {
    const { eventLog, topic, signal } = this.#options;
    const release = await this.#turn.take();
    try {
      while (!signal.aborted) {
        try {
          await eventLog.append(topic, batch, { partition });
          this.acknowledged += batch.length;
          return;
        } catch {
          this.retries++;
          await systemClock.sleep(againMs, signal);
        }
      }
    } finally {
      release();
    }
  }
}
