import { demographicGroups, everybody } from '@reelay/recommender';
import { AppError } from '@reelay/shared/runtime';
import type { InteractionRow } from '@reelay/shared/storage';
import { binCount, eventBin, minuteBin, ratingBin, type DataSummary } from './data-summary.ts';
import { GroupEffect } from './group-effect.ts';

/** Below so many rows an association is chance. */
const associationRowsMin = 1_000;

/**
 * Gathers a summary while rows pass by, ordered by user, then item. Users and items are told afterwards. Memory grows with the number of items
 * and users, not of rows.
 */
export class DataSummariser {
  readonly #ratingMax: number;
  readonly #minutesMax: number;
  readonly #counts = { interactions: 0, ratings: 0, duplicates: 0 };
  readonly #outOfRange = { minutes: 0, rating: 0, time: 0 };
  readonly #bins = { minutes: bins(), ratingValues: bins(), eventsPerUser: bins() };
  readonly #effects = { minutesByItem: new GroupEffect(), ratingByItem: new GroupEffect() };
  readonly #userEffects = { minutesByUser: new GroupEffect(), ratingByUser: new GroupEffect() };
  readonly #items = new Set<number>();
  /** Of each user with an interaction, in ascending order. */
  readonly #userIds: number[] = [];
  readonly #events: number[] = [];
  #last = { userId: -1, itemId: -1 };
  #times = { oldest: Infinity, newest: -Infinity };

  /** `ratingMax`: top of the scale; `minutesMax`: more of one item than anybody watches. */
  constructor({ ratingMax, minutesMax }: { ratingMax: number; minutesMax: number }) {
    this.#ratingMax = ratingMax;
    this.#minutesMax = minutesMax;
  }

  /** Throws `DATA_INVALID` when it comes before the last one. */
  add(row: InteractionRow): void {
    this.#assertOrder(row);
    if (row.userId !== this.#last.userId) {
      this.#userIds.push(row.userId);
      this.#events.push(0);
    } else if (row.itemId === this.#last.itemId) this.#counts.duplicates += 1;
    this.#last = { userId: row.userId, itemId: row.itemId };
    this.#counts.interactions += 1;
    this.#events[this.#events.length - 1] += 1;
    this.#items.add(row.itemId);
    this.#addMinutes(row);
    if (row.rating !== 0) this.#addRating(row);
    this.#addTime(row.lastTime);
  }

  finish(
    items: readonly { itemId: number; movie: { year: number | null; genres: readonly string[] } }[],
    groupOf: (userId: number) => number,
  ): DataSummary {
    const groups = zeros(demographicGroups);
    this.#userIds.forEach((userId, at) => (groups[groupOf(userId)] += this.#events[at]));
    for (const events of this.#events) this.#bins.eventsPerUser[eventBin(events)] += 1;
    const bare = items.filter(({ itemId, movie }) => this.#items.has(itemId) && isBare(movie));
    return {
      ...this.#counts,
      users: this.#userIds.length,
      items: this.#items.size,
      catalogue: items.length,
      outOfRange: this.#outOfRange,
      itemsWithoutDetails: bare.length,
      usersWithoutDetails: this.#userIds.filter((userId) => groupOf(userId) === everybody).length,
      ...this.#bins,
      groups,
      associations: {
        minutesByItem: this.#effects.minutesByItem.effect(associationRowsMin),
        minutesByUser: this.#userEffects.minutesByUser.effect(associationRowsMin),
        ratingByItem: this.#effects.ratingByItem.effect(associationRowsMin),
        ratingByUser: this.#userEffects.ratingByUser.effect(associationRowsMin),
      },
      oldestTime: Number.isFinite(this.#times.oldest) ? this.#times.oldest : 0,
      newestTime: Number.isFinite(this.#times.newest) ? this.#times.newest : 0,
    };
  }

  #assertOrder({ userId, itemId }: InteractionRow): void {
    const last = this.#last;
    if (userId > last.userId || (userId === last.userId && itemId >= last.itemId)) return;
    throw new AppError(
      'DATA_INVALID',
      `interaction (${userId}, ${itemId}) came after (${last.userId}, ${last.itemId})`,
    );
  }

  #addMinutes({ itemId, minutes }: InteractionRow): void {
    if (!(minutes >= 0 && minutes <= this.#minutesMax)) this.#outOfRange.minutes += 1;
    this.#bins.minutes[minuteBin(minutes)] += 1;
    // What was only rated says nothing about watching; a logarithm, since times spread over decades.
    if (!(minutes > 0)) return;
    const value = Math.log1p(Math.min(minutes, 1e6));
    this.#effects.minutesByItem.add(itemId, value);
    this.#userEffects.minutesByUser.add(this.#userIds.length, value);
  }

  #addRating({ itemId, rating }: InteractionRow): void {
    this.#counts.ratings += 1;
    if (!(rating > 0 && rating <= this.#ratingMax)) {
      this.#outOfRange.rating += 1;
      return;
    }
    this.#bins.ratingValues[ratingBin(rating, this.#ratingMax)] += 1;
    this.#effects.ratingByItem.add(itemId, rating);
    this.#userEffects.ratingByUser.add(this.#userIds.length, rating);
  }

  #addTime(time: number): void {
    if (!(time > 0 && time < latestTime)) {
      this.#outOfRange.time += 1;
      return;
    }
    this.#times.oldest = Math.min(this.#times.oldest, time);
    this.#times.newest = Math.max(this.#times.newest, time);
  }
}

/** The year 2100: milliseconds taken for seconds lie far beyond. */
const latestTime = 4_102_444_800;

const zeros = (length: number): number[] => Array.from({ length }, () => 0);
const bins = (): number[] => zeros(binCount);

const isBare = ({ year, genres }: { year: number | null; genres: readonly string[] }): boolean =>
  year === null && genres.length === 0;
