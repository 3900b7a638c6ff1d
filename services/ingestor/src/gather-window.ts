import type { HistoryEvent, RateEvent, RecommendationEvent, WatchEvent } from '@reelay/shared/contracts';
import type { SegmentRow, WindowRows } from '@reelay/shared/storage';
import type { ItemDictionary } from './item-dictionary.ts';
import { lineHash } from './line-hash.ts';
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
  readonly #runs = new Map<number | string, SegmentRow>();
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
    this.lines += 1;
    this.nextOffset = line.offset + 1;
    this.#lastLine = line.bytes;
    if (!parsed.ok) {
      const text = plainText(line.bytes, quarantinedBytesMax);
      this.rows.quarantine.push({ offset: line.offset, reason: parsed.reason, line: text });
      return;
    }
    const { event } = parsed;
    if (event.time < this.#oldest) this.#oldest = event.time;
    if (event.time > this.#newest) this.#newest = event.time;
    if (event.kind === 'watch') this.#addWatch(event, line.offset, items.itemId(event.movieId));
    else if (event.kind === 'rate') this.#addRating(event, items.itemId(event.movieId));
    else if (event.kind === 'recommendation') this.#addRecommendation(event, line.bytes);
    else this.rows.accounts.push({ time: event.time, userId: event.userId, lineHash: lineHash(line.bytes) });
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

  #addWatch({ userId, time, minute, movieId }: WatchEvent, offset: number, itemId: number): void {
    this.watchLines += 1;
    const key = pairKey(userId, itemId);
    const run = this.#runs.get(key);
    if (run === undefined || minute < run.firstMinute - 1 || minute > run.lastMinute + 1) {
      this.#startRun(key, {
        firstOffset: offset,
        userId,
        itemId,
        firstMinute: minute,
        lastMinute: minute,
        firstTime: time,
        lastTime: time,
        lines: 1,
      });
      this.movieIds.set(itemId, movieId);
      return;
    }
    run.lines += 1;
    if (minute > run.lastMinute) run.lastMinute = minute;
    if (minute < run.firstMinute) run.firstMinute = minute;
    if (time > run.lastTime) run.lastTime = time;
    if (time < run.firstTime) run.firstTime = time;
  }

  #startRun(key: number | string, run: SegmentRow): void {
    this.#runs.set(key, run);
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

/** One number for a user and an item; a text for the pairs that a number cannot tell apart. */
function pairKey(userId: number, itemId: number): number | string {
  const key = itemId * 2 ** 31 + userId;
  return Number.isSafeInteger(key) ? key : `${userId}:${itemId}`;
}
