import { setImmediate as otherWork } from 'node:timers/promises';
import { backoffMs, messageOf } from '../../runtime/index.ts';
import type { Follower, PartitionRange } from '../event-log.ts';
import type { Bell } from './bell.ts';
import type { EventTables } from './event-tables.ts';

/** A line that another process wrote is seen after at most this long. */
const pollMs = 30;
const retryPause = { firstMs: 50, maxMs: 2_000 };

interface ReaderDeps {
  tables: EventTables;
  topic: string;
  partition: number;
  follower: Follower;
  bell: Bell;
  signal: AbortSignal;
  onProblem: (code: string, message: string) => void;
}

/**
 * Reads one partition until the signal fires.
 *
 * States: asking (position unknown; `from` is called) → reading (batch after batch from the position). `restart` and a
 * `from` that fails lead back to asking; a handler that fails keeps the position, so the same lines come again.
 */
export class PartitionReader {
  readonly #deps: ReaderDeps;
  #position: number | undefined;
  readonly done: Promise<void>;

  constructor(deps: ReaderDeps) {
    this.#deps = deps;
    this.done = this.#run();
  }

  restart(): void {
    this.#position = undefined;
    this.#deps.bell.ring();
  }

  async #run(): Promise<void> {
    const { bell, signal, onProblem } = this.#deps;
    let failures = 0;
    while (!signal.aborted) {
      try {
        if (await this.#step()) await otherWork();
        else await bell.wait(pollMs, signal);
        failures = 0;
      } catch (error) {
        failures += 1;
        onProblem('HANDLER_FAILED', messageOf(error));
        await bell.pause(backoffMs(failures, retryPause), signal);
      }
    }
  }

  /** False when there was nothing to read. */
  async #step(): Promise<boolean> {
    const { tables, topic, partition, follower, signal } = this.#deps;
    const row = tables.ranges(topic).find((candidate) => candidate.partition === partition);
    if (row === undefined) return false;
    if (this.#position === undefined) {
      const range = { partition, low: row.low, high: row.high };
      this.#position = inside(range, await follower.from(range));
      if (signal.aborted) return true;
    }
    const start = this.#position;
    const lines = start < row.high ? tables.read(row.stream, start) : [];
    if (lines.length === 0) return false;
    const outcome = await follower.onBatch({
      partition,
      lines,
      highWatermark: Math.max(row.high, lines.at(-1)!.offset + 1),
    });
    // A restart during the handler wins: what it returned belongs to the old position.
    if (this.#position === start) this.#position = outcome ? inside(row, outcome.resumeAt) : lines.at(-1)!.offset + 1;
    return true;
  }
}

const inside = (range: PartitionRange, offset: number): number => Math.min(Math.max(offset, range.low), range.high);
