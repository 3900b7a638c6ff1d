import type { Consumer, EachBatchPayload } from 'kafkajs';
import { AppError, backoffMs, messageOf, systemClock } from '../../runtime/index.ts';
import { logBatchMax, type Follower, type LogLine, type PartitionRange } from '../event-log.ts';

const retryPause = { firstMs: 100, maxMs: 5_000 };
/** A handler that takes longer no longer keeps the partition alive: then the group gives it to somebody else. */
const handlerMsMax = 120_000;
const gaugeMs = 5_000;
const strayedMax = 2;
const noBytes = new Uint8Array();

export interface AssignedPartitionDeps {
  consumer: Consumer;
  topic: string;
  partition: number;
  follower: Follower;
  heartbeatMs: number;
  range(): Promise<PartitionRange | undefined>;
  onProblem(code: string, message: string): void;
}

/**
 * One partition from its assignment to the next rebalance.
 *
 * States: asking (paused; `from` is called until it answers) → reading → asking again (`restart`) … → over (`end`). Kafka's own
 * committed offset is a gauge of lag and decides nothing: what is fetched is compared with `position`. Lines below it are dropped.
 * When the first line lies above it, kafkajs may have lost a `seek` or jumped after an out-of-range; so it is sought once more,
 * and only the same answer to that is taken for a gap in the log. When all lines lie below it once more after it was sought, the broker knows no such
 * offset and kafkajs went back to the start: the topic may have been made anew, so `from` is asked again.
 */
export class AssignedPartition {
  readonly #deps: AssignedPartitionDeps;
  #position: number | undefined;
  #soughtAt: number | undefined;
  /** Batches in a row that lay below the position. */
  #strayed = 0;
  #asked = 0;
  #failures = 0;
  #gaugedAt = 0;
  #over = false;

  constructor(deps: AssignedPartitionDeps) {
    this.#deps = deps;
  }

  end(): void {
    this.#over = true;
  }

  /** Asks `from`; a newer call makes an older one void. */
  async ask(): Promise<void> {
    const { follower, onProblem, range } = this.#deps;
    const asked = ++this.#asked;
    const isVoid = () => this.#over || asked !== this.#asked;
    this.#position = undefined;
    this.#pause();
    for (let attempt = 1; !isVoid(); attempt += 1) {
      try {
        const found = await range();
        if (found === undefined) throw new AppError('NOT_FOUND', `no partition ${this.#deps.partition}`);
        const position = inside(found, await follower.from(found));
        if (!isVoid()) this.#goTo(position);
        return;
      } catch (error) {
        onProblem('HANDLER_FAILED', messageOf(error));
        await systemClock.sleep(backoffMs(attempt, retryPause));
      }
    }
  }

  async onBatch({
    batch,
    heartbeat,
    resolveOffset,
    commitOffsetsIfNecessary,
    isRunning,
  }: EachBatchPayload): Promise<void> {
    const start = this.#position;
    if (start === undefined || this.#over || batch.messages.length === 0) return;
    const lines: LogLine[] = [];
    for (const { offset: text, value } of batch.messages) {
      const offset = Number(text);
      if (offset >= start) lines.push({ offset, bytes: value ?? noBytes });
    }
    if (lines.length === 0) return this.#stray(start);
    this.#strayed = 0;
    if (lines[0].offset > start && this.#soughtAt !== start) return this.#goTo(start);
    const highWatermark = Number(batch.highWatermark);
    for (let first = 0; first < lines.length && isRunning(); first += logBatchMax) {
      const some = lines.slice(first, first + logBatchMax);
      if (!(await this.#deliver(some, highWatermark, heartbeat))) return;
      resolveOffset(String(some.at(-1)!.offset));
    }
    // Control records stand after the last line and are never given to us.
    if (this.#position === lines.at(-1)!.offset + 1) this.#position = Number(batch.lastOffset()) + 1;
    await this.#gauge(commitOffsetsIfNecessary);
  }

  /** The first such batch may have been on its way before the seek. */
  #stray(position: number): void {
    this.#strayed += 1;
    if (this.#strayed < strayedMax) return this.#goTo(position);
    this.#strayed = 0;
    void this.ask();
  }

  /** False when reading goes on from somewhere else, now or after a pause. */
  async #deliver(lines: LogLine[], highWatermark: number, heartbeat: () => Promise<void>): Promise<boolean> {
    const { follower, partition, onProblem } = this.#deps;
    const asked = this.#asked;
    const next = lines.at(-1)!.offset + 1;
    try {
      const handling = follower.onBatch({ partition, lines, highWatermark: Math.max(highWatermark, next) });
      const outcome = await this.#keepAlive(handling, heartbeat);
      if (this.#over || asked !== this.#asked) return false;
      this.#failures = 0;
      this.#position = next;
      if (!outcome) return true;
      const range = await this.#deps.range();
      if (this.#over || asked !== this.#asked) return false;
      this.#goTo(range ? inside(range, outcome.resumeAt) : outcome.resumeAt);
      return false;
    } catch (error) {
      if (isFromKafka(error)) throw error;
      onProblem('HANDLER_FAILED', messageOf(error));
      void this.#comeAgain(asked);
      return false;
    }
  }

  /** Heartbeats while the handler works. One that fails tells of a rebalance, which waits for the handler. */
  async #keepAlive<T>(handling: Promise<T>, heartbeat: () => Promise<void>): Promise<T> {
    const startedAt = systemClock.monotonicMs();
    const settled = handling.then(
      () => true,
      () => true,
    );
    let rebalance: unknown;
    for (let done = false; !done;) {
      const pause = new AbortController();
      const beat = systemClock.sleep(this.#deps.heartbeatMs, pause.signal).then(() => false);
      const isLate = systemClock.monotonicMs() - startedAt > handlerMsMax;
      done = await Promise.race(rebalance === undefined && !isLate ? [settled, beat] : [settled]);
      pause.abort();
      if (!done) await heartbeat().catch((error: unknown) => (rebalance = error));
    }
    const result = await handling;
    if (rebalance !== undefined) throw rebalance;
    return result;
  }

  /** The same lines again after a pause, during which the other partitions go on. */
  async #comeAgain(asked: number): Promise<void> {
    this.#pause();
    this.#failures += 1;
    await systemClock.sleep(backoffMs(this.#failures, retryPause));
    if (!this.#over && asked === this.#asked && this.#position !== undefined) this.#goTo(this.#position);
  }

  #goTo(position: number): void {
    const { consumer, topic, partition } = this.#deps;
    this.#position = position;
    this.#soughtAt = position;
    consumer.seek({ topic, partition, offset: String(position) });
    consumer.resume([{ topic, partitions: [partition] }]);
  }

  #pause(): void {
    const { consumer, topic, partition } = this.#deps;
    consumer.pause([{ topic, partitions: [partition] }]);
  }

  /** Tells Kafka how far this reader is, now and then, for tools that show lag. */
  async #gauge(commit: EachBatchPayload['commitOffsetsIfNecessary']): Promise<void> {
    const now = systemClock.monotonicMs();
    if (this.#position === undefined || now - this.#gaugedAt < gaugeMs) return;
    this.#gaugedAt = now;
    const { topic, partition } = this.#deps;
    const offsets = { topics: [{ topic, partitions: [{ partition, offset: String(this.#position) }] }] };
    await commit(offsets).catch(() => {});
  }
}

const inside = (range: PartitionRange, offset: number): number => Math.min(Math.max(offset, range.low), range.high);

/** Rebalances and lost connections are kafkajs's own to handle; everything else came from the follower. */
const isFromKafka = (error: unknown): boolean => error instanceof Error && error.name.startsWith('KafkaJS');
