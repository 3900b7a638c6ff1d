import type { Ledger, LineCounts } from '@reelay/shared/storage';
import { defaultLimits } from '../parse-line.ts';
import { parseSlowly } from './parse-slowly.ts';

/** What a log comes to, worked out the slow and plain way; or what a ledger says that it came to. */
export interface IngestOutcome {
  counts: LineCounts;
  /** `user movie time rating`. */
  ratings: string[];
  /** `user movie minutes rating`: distinct minutes and the newest rating. */
  interactions: string[];
  recommendations: number;
  accounts: number;
  /** `offset reason`, over all partitions. */
  quarantined: string[];
}

/** Lines of one partition, in order. */
export function outcomeOf(partitions: string[][]): IngestOutcome {
  const ratings = new Map<string, { pair: string; time: number; rating: number }>();
  const minutes = new Map<string, Set<number>>();
  const [recommendations, accounts] = [new Set<string>(), new Set<string>()];
  const quarantined: string[] = [];
  const counts: LineCounts = { received: 0, accepted: 0, repeated: 0, quarantined: 0 };
  partitions.forEach((lines) =>
    lines.forEach((line, offset) => {
      counts.received += 1;
      const parsed = parseSlowly(Buffer.from(line), defaultLimits);
      if (!parsed.ok) {
        quarantined.push(`${offset} ${parsed.reason}`);
        counts.quarantined += 1;
        return;
      }
      const { event } = parsed;
      let isNew = true;
      if (event.kind === 'watch') {
        const pair = `${event.userId} ${event.movieId}`;
        minutes.set(pair, (minutes.get(pair) ?? new Set()).add(event.minute));
      } else if (event.kind === 'rate') {
        const pair = `${event.userId} ${event.movieId}`;
        const key = `${pair} ${event.time} ${event.rating}`;
        isNew = !ratings.has(key);
        ratings.set(key, { pair, time: event.time, rating: event.rating });
      } else {
        const seen = event.kind === 'account' ? accounts : recommendations;
        isNew = !seen.has(line);
        seen.add(line);
      }
      counts[isNew ? 'accepted' : 'repeated'] += 1;
    }),
  );
  return {
    counts,
    ratings: [...ratings.keys()].sort(),
    interactions: interactionsOf(minutes, [...ratings.values()]).sort(),
    recommendations: recommendations.size,
    accounts: accounts.size,
    quarantined: quarantined.sort(),
  };
}

function interactionsOf(
  minutes: Map<string, Set<number>>,
  ratings: { pair: string; time: number; rating: number }[],
): string[] {
  const newest = new Map<string, { time: number; rating: number }>();
  for (const { pair, time, rating } of ratings) {
    const known = newest.get(pair);
    if (!known || time > known.time || (time === known.time && rating > known.rating))
      newest.set(pair, { time, rating });
  }
  const pairs = new Set([...minutes.keys(), ...newest.keys()]);
  return [...pairs].map((pair) => `${pair} ${minutes.get(pair)?.size ?? 0} ${newest.get(pair)?.rating ?? 0}`);
}

/** The same of a ledger. Also checks that its watch lines and rows add up to what it accepted. */
export async function outcomeIn(ledger: Ledger): Promise<IngestOutcome> {
  const movies = new Map((await ledger.items()).map(({ itemId, movie }) => [itemId, movie.id]));
  const outcome: IngestOutcome = {
    counts: (await ledger.counts()).lines,
    ratings: [],
    interactions: [],
    recommendations: 0,
    accounts: 0,
    quarantined: [],
  };
  let lines = 0;
  await ledger.allRows((rows) => {
    for (const row of rows.ratings)
      outcome.ratings.push(`${row.userId} ${movies.get(row.itemId)} ${row.time} ${row.rating}`);
    for (const row of rows.quarantine) outcome.quarantined.push(`${row.offset} ${row.reason}`);
    for (const row of rows.segments) lines += row.lines;
    outcome.recommendations += rows.recommendations.length;
    outcome.accounts += rows.accounts.length;
  });
  await ledger.interactions((rows) => {
    for (const row of rows)
      outcome.interactions.push(`${row.userId} ${movies.get(row.itemId)} ${row.minutes} ${row.rating}`);
  });
  const rows = lines + outcome.ratings.length + outcome.recommendations + outcome.accounts;
  if (rows !== outcome.counts.accepted) throw new Error(`${rows} lines in rows, ${outcome.counts.accepted} accepted`);
  outcome.ratings.sort();
  outcome.interactions.sort();
  outcome.quarantined.sort();
  return outcome;
}
