import { createHash } from 'node:crypto';
import type { Ledger } from '@reelay/shared/storage';
import { keepsTheRules } from '../../services/simulator/src/index.ts';

/**
 * What must be known after a log was read, one text a fact, so that two readings compare as multisets: each rating, the distinct minutes
 * of each user and movie, each recommendation, account and refused line, and the sums.
 */
export type Facts = string[];

interface Reading {
  ratings: string[];
  /** Minutes by `user movie`. */
  minutes: Map<string, Set<number>>;
  watchLines: number;
  recommendations: string[];
  accounts: string[];
  /** `offset line`. */
  quarantined: string[];
  received: number;
  repeated: number;
}

const ratingMax = 5;

/** Read from the lines themselves, split by split, sharing no code with the ingestor. `partitions[p][offset]` is a line. */
export function factsOfLines(partitions: string[][]): Facts {
  const reading = noReading();
  const seen = new Set<string>();
  for (const lines of partitions) {
    for (const [offset, line] of lines.entries()) {
      reading.received++;
      if (keepsTheRules(line, ratingMax)) readLine(line, reading, seen);
      else reading.quarantined.push(`${offset} ${line}`);
    }
  }
  return toFacts(reading);
}

function readLine(line: string, reading: Reading, seen: Set<string>): void {
  const [stamp, userText] = line.split(',', 2);
  const text = line.slice(stamp.length + userText.length + 2);
  const user = Number(userText);
  if (text.startsWith('GET /data/m/')) {
    const [movie, file] = text.slice('GET /data/m/'.length).split('/');
    reading.watchLines++;
    addMinutes(reading, `${user} ${movie}`, Number.parseInt(file, 10), Number.parseInt(file, 10));
    return;
  }
  const kind = text.startsWith('GET /rate/')
    ? 'ratings'
    : text === 'GET /create_account'
      ? 'accounts'
      : 'recommendations';
  const [movie, rating] = text.slice('GET /rate/'.length).split('=');
  const second = Math.floor(Date.parse(`${stamp}Z`) / 1_000);
  const fact = kind === 'ratings' ? `${user} ${movie} ${second} ${Number(rating)}` : hashOf(line);
  if (seen.has(`${kind} ${fact}`)) return void reading.repeated++;
  seen.add(`${kind} ${fact}`);
  reading[kind].push(fact);
}

/** Read from all rows of the ledger, and from the sums that it keeps beside them. */
export async function factsOfLedger(ledger: Ledger): Promise<Facts> {
  const movies = new Map((await ledger.items()).map(({ itemId, movie }) => [itemId, movie.id]));
  const { lines } = await ledger.counts();
  const reading = { ...noReading(), received: lines.received, repeated: lines.repeated };
  await ledger.allRows((rows) => {
    for (const { userId, itemId, time, rating } of rows.ratings)
      reading.ratings.push(`${userId} ${movies.get(itemId)} ${time} ${rating}`);
    for (const segment of rows.segments) {
      reading.watchLines += segment.lines;
      const pair = `${segment.userId} ${movies.get(segment.itemId)}`;
      addMinutes(reading, pair, segment.firstMinute, segment.lastMinute);
    }
    for (const { lineHash } of rows.recommendations) reading.recommendations.push(lineHash);
    for (const { lineHash } of rows.accounts) reading.accounts.push(lineHash);
    for (const { offset, line } of rows.quarantine) reading.quarantined.push(`${offset} ${line}`);
  });
  return [
    ...toFacts(reading),
    ...(lines.received === lines.accepted + lines.repeated + lines.quarantined ? [] : ['the sums do not add up']),
    ...(lines.accepted === acceptedOf(reading) ? [] : ['accepted is not the sum of the rows']),
  ];
}

/** What one side has and the other has not, with how often; empty when they are equal. */
export function differencesOf(expected: Facts, found: Facts): string[] {
  const balance = new Map<string, number>();
  for (const fact of expected) balance.set(fact, (balance.get(fact) ?? 0) + 1);
  for (const fact of found) balance.set(fact, (balance.get(fact) ?? 0) - 1);
  return [...balance].flatMap(([fact, count]) =>
    count === 0 ? [] : [`${count > 0 ? 'missing' : 'too much'} (${Math.abs(count)}): ${fact}`],
  );
}

function toFacts(reading: Reading): Facts {
  const facts: Facts = [];
  for (const kind of ['ratings', 'recommendations', 'accounts', 'quarantined'] as const)
    for (const fact of reading[kind]) facts.push(`${kind}: ${fact}`);
  for (const [pair, minutes] of reading.minutes)
    facts.push(`minutes: ${pair} ${[...minutes].sort((a, b) => a - b).join()}`);
  const sums = {
    received: reading.received,
    accepted: acceptedOf(reading),
    repeated: reading.repeated,
    quarantined: reading.quarantined.length,
    watchLines: reading.watchLines,
  };
  for (const [name, sum] of Object.entries(sums)) facts.push(`${name}: ${sum}`);
  return facts;
}

const acceptedOf = ({ ratings, recommendations, accounts, watchLines }: Reading): number =>
  ratings.length + recommendations.length + accounts.length + watchLines;

function addMinutes({ minutes }: Reading, pair: string, first: number, last: number): void {
  const known = minutes.get(pair) ?? new Set();
  for (let minute = first; minute <= last; minute++) known.add(minute);
  minutes.set(pair, known);
}

const hashOf = (line: string): string => createHash('sha256').update(line).digest('hex').slice(0, 16);

const noReading = (): Reading => ({
  ratings: [],
  minutes: new Map(),
  watchLines: 0,
  recommendations: [],
  accounts: [],
  quarantined: [],
  received: 0,
  repeated: 0,
});
