import type { HistoryEvent, RateEvent, RecommendationEvent } from '@reelay/shared/contracts';
import type { LogLine } from '@reelay/shared/messaging';
import type { SegmentRow, WindowRows } from '@reelay/shared/storage';
import type { ItemDictionary } from './item-dictionary.ts';
import { lineHash } from './line-hash.ts';
import { PairTable } from './pair-table.ts';
import { cutText, plainText } from './plain-text.ts';
import type { ReadLine } from './read-lines.ts';

/** Bytes of a refused line that are kept. */
export const quarantinedBytesMax = 1_000;
const resultBytesMax = 16_000;

/**
 * All lines of one partition since the last flush, folded as they come: watch lines into runs of minutes without a gap, the rest
 * into rows. Every line is in exactly one place, so the lines of all segments and the other rows add up to `lines`.
 */
export class Window {
  /** The stored position that this window continues. */
  readonly expectedOffset: number;
  nextOffset: number;
  lines = 0;
  watchLines = 0;
  readonly rows: WindowRows = { ratings: [], segments: [], recommendations: [], accounts: [], quarantine: [] };
  /** Text ids of the items in `rows`. */
  readonly movieIds = new Map<number, string>();
  readonly #pairs = new PairTable();
  /** The run that grows, by the number of its pair. */
  readonly #runs: SegmentRow[] = [];
  #lastLine: Uint8Array | undefined;
  #oldest = Infinity;
  #newest = -Infinity;

  constructor(expectedOffset: number) {
    this.expectedOffset = expectedOffset;
    this.nextOffset = expectedOffset;
  }

  /** Log time between the oldest and the newest line. */
  get logSeconds(): number {
    return this.lines === 0 ? 0 : Math.max(0, this.#newest - this.#oldest);
  }

  get lastLineHash(): string | null {
    return this.#lastLine === undefined ? null : lineHash(this.#lastLine);
  }

  add({ line, parsed }: ReadLine, items: ItemDictionary): void {
    if (parsed.ok && parsed.event.kind === 'watch') {
      const { userId, movieId, minute, time } = parsed.event;
      this.addWatch(line, userId, items.itemId(movieId), minute, time, items);
      return;
    }
    this.#count(line);
    if (!parsed.ok) {
      const text = plainText(line.bytes, quarantinedBytesMax);
      this.rows.quarantine.push({ offset: line.offset, reason: parsed.reason, line: text });
      return;
    }
    const { event } = parsed;
    this.#span(event.time);
    if (event.kind === 'rate') this.#addRating(event, items.itemId(event.movieId));
    else if (event.kind === 'recommendation') this.#addRecommendation(event, line.bytes);
    else this.rows.accounts.push({ time: event.time, userId: event.userId, lineHash: lineHash(line.bytes) });
  }

  /** A watch line, by its fields: nearly all lines come this way, so it makes no object but for a new run. */
  addWatch(
    line: LogLine,
    userId: number,
    itemId: number,
    minute: number,
    time: number,
    items: Pick<ItemDictionary, 'textOf'>,
  ): void {
    this.#count(line);
    this.#span(time);
    this.watchLines += 1;
    const pair = this.#pairs.numberOf(userId, itemId);
    const run = this.#runs[pair];
    if (run === undefined || minute < run.firstMinute - 1 || minute > run.lastMinute + 1) {
      this.#startRun(pair, {
        firstOffset: line.offset,
        userId,
        itemId,
        firstMinute: minute,
        lastMinute: minute,
        firstTime: time,
        lastTime: time,
        lines: 1,
      });
      this.movieIds.set(itemId, items.textOf(itemId));
      return;
    }
    run.lines += 1;
    if (minute > run.lastMinute) run.lastMinute = minute;
    if (minute < run.firstMinute) run.firstMinute = minute;
    if (time > run.lastTime) run.lastTime = time;
    if (time < run.firstTime) run.firstTime = time;
  }

  /** What its lines mean for histories; the same as was merged line by line, for a store that may have missed some. */
  *historyEvents(): Generator<HistoryEvent> {
    for (const { userId, itemId, lastMinute, lastTime } of this.rows.segments) {
      yield { userId, itemId, minutes: lastMinute + 1, rating: 0, ratedAt: 0, time: lastTime };
    }
    for (const { userId, itemId, rating, time } of this.rows.ratings) {
      yield { userId, itemId, minutes: 0, rating, ratedAt: time, time };
    }
  }

  #count(line: LogLine): void {
    this.lines += 1;
    this.nextOffset = line.offset + 1;
    this.#lastLine = line.bytes;
  }

  #span(time: number): void {
    if (time < this.#oldest) this.#oldest = time;
    if (time > this.#newest) this.#newest = time;
  }

  #startRun(pair: number, run: SegmentRow): void {
    this.#runs[pair] = run;
    this.rows.segments.push(run);
  }

  #addRating({ userId, time, rating, movieId }: RateEvent, itemId: number): void {
    this.rows.ratings.push({ userId, itemId, time, rating });
    this.movieIds.set(itemId, movieId);
  }

  #addRecommendation(event: RecommendationEvent, bytes: Uint8Array): void {
    const { time, millisecond, userId, status, latencyMs, movieIds, error } = event;
    const result = cutText(error ?? movieIds.join(','), resultBytesMax);
    this.rows.recommendations.push({ time, millisecond, userId, lineHash: lineHash(bytes), status, latencyMs, result });
  }
}
