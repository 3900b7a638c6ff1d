import { RecommenderError } from './recommender-error.ts';

/** Anything that happened between a user and an item. */
export interface TimedEvent {
  readonly user: number;
  readonly item: number;
  /** Time in any unit that grows. */
  readonly at: number;
}

export interface HoldOut<Event> {
  readonly train: Event[];
  readonly test: Event[];
}

/**
 * Leaves out the last `share` (0 to 1, default 0.2; rounded down, at least one) of each user's events by time, ties by item. Users with
 * fewer than `eventsMin` (default 3) stay in train whole. Both parts come ordered by user, time, item, so the order of the input changes
 * nothing. Give one event a pair of user and item, else a test event may be known from train. Throws `DATA_INVALID`.
 */
export function splitHoldOut<Event extends TimedEvent>(
  events: Iterable<Event>,
  { share = 0.2, eventsMin = 3 }: { readonly share?: number; readonly eventsMin?: number } = {},
): HoldOut<Event> {
  if (!(share > 0 && share < 1)) throw new RecommenderError('DATA_INVALID', `share ${share} is not between 0 and 1`);
  const ordered = [...events];
  for (const { user, item, at } of ordered) {
    if (![user, item, at].every(Number.isFinite))
      throw new RecommenderError('DATA_INVALID', `event ${user} ${item} ${at} is not finite`);
  }
  ordered.sort((a, b) => a.user - b.user || a.at - b.at || a.item - b.item);
  const train: Event[] = [];
  const test: Event[] = [];
  for (let start = 0; start < ordered.length;) {
    const end = endOfUser(ordered, start);
    const held = heldOut(end - start, share, eventsMin);
    for (let at = start; at < end; at += 1) (at < end - held ? train : test).push(ordered[at]);
    start = end;
  }
  return { train, test };
}

function endOfUser(ordered: readonly TimedEvent[], start: number): number {
  let end = start;
  while (end < ordered.length && ordered[end].user === ordered[start].user) end += 1;
  return end;
}

function heldOut(count: number, share: number, eventsMin: number): number {
  // One stays in train at least: a user with nothing there is a cold user, who is measured elsewhere.
  return count < Math.max(eventsMin, 2) ? 0 : Math.max(1, Math.floor(count * share));
}
