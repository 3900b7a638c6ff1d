import { hash } from 'node:crypto';
import type { Ledger, StreamProgress } from '@reelay/shared/storage';
import { defaultLimits } from '../../services/ingestor/src/parse-line.ts';
import { parseSlowly } from '../../services/ingestor/src/testing/parse-slowly.ts';

/** All watching of one movie by one user. */
interface Watching {
  minutes: Set<number>;
  lines: number;
  firstTime: number;
  lastTime: number;
}

interface PartitionLines {
  received: number;
  quarantined: number;
}

/**
 * What is known once a log was read, as texts that compare as multisets. Filled line by line from the log, or row by row from SQL; the two ways share
 * nothing but the form of the texts.
 */
export class LogFacts {
  /** Ratings, accounts and recommendations. */
  readonly single: string[] = [];
  readonly refused: string[] = [];
  readonly watched = new Map<string, Watching>();
  readonly partitions = new Map<number, PartitionLines>();
  repeated = 0;

  /** Lines of watching and single rows. */
  get accepted(): number {
    return [...this.watched.values()].reduce((sum, { lines }) => sum + lines, this.single.length);
  }

  get received(): number {
    return [...this.partitions.values()].reduce((sum, { received }) => sum + received, 0);
  }

  watch(pair: string, minutes: [number, number], times: [number, number], lines: number): void {
    const known = this.watched.get(pair) ?? { minutes: new Set(), lines: 0, firstTime: Infinity, lastTime: -Infinity };
    for (let minute = minutes[0]; minute <= minutes[1]; minute++) known.minutes.add(minute);
    known.lines += lines;
    known.firstTime = Math.min(known.firstTime, times[0]);
    known.lastTime = Math.max(known.lastTime, times[1]);
    this.watched.set(pair, known);
  }

  texts(): string[] {
    const of = ({ minutes, lines, firstTime, lastTime }: Watching) =>
      `${lines} lines from ${firstTime} to ${lastTime}, minutes ${[...minutes].sort((a, b) => a - b).join()}`;
    return [
      ...this.single,
      ...this.refused,
      ...[...this.watched].map(([pair, watching]) => `watched ${pair}: ${of(watching)}`),
      ...[...this.partitions].flatMap(([partition, counts]) =>
        (['received', 'quarantined'] as const)
          .filter((what) => counts[what] !== 0)
          .map((what) => `partition ${partition}: ${counts[what]} ${what}`),
      ),
      `in all: ${this.accepted} accepted`,
      `in all: ${this.repeated} repeated`,
    ];
  }
}

/** The log, line by line, as the slow twin of the parser reads it. */
export class LogReading {
  readonly facts = new LogFacts();
  readonly #known = new Set<string>();

  /** `bytes` as they stand in the topic. */
  add(partition: number, offset: number, bytes: Uint8Array): void {
    const { facts } = this;
    const counts = facts.partitions.get(partition) ?? { received: 0, quarantined: 0 };
    facts.partitions.set(partition, counts);
    counts.received++;
    const parsed = parseSlowly(bytes, defaultLimits);
    if (!parsed.ok) {
      counts.quarantined++;
      facts.refused.push(`quarantined at ${offset}: ${parsed.reason} ${plain(Buffer.from(bytes).toString())}`);
      return;
    }
    const { event } = parsed;
    const { userId, time } = event;
    if (event.kind === 'watch') {
      facts.watch(`${userId} ${event.movieId}`, [event.minute, event.minute], [time, time], 1);
    } else if (event.kind === 'rate') this.#once(`rated: ${userId} ${event.movieId} ${time} ${event.rating}`);
    else if (event.kind === 'account') this.#once(`account: ${time} ${userId} ${shortHash(bytes)}`);
    else this.#once(`asked: ${time} ${userId} ${event.status} ${event.latencyMs} ${shortHash(bytes)}`);
  }

  #once(fact: string): void {
    if (this.#known.has(fact)) return void this.facts.repeated++;
    this.#known.add(fact);
    this.facts.single.push(fact);
  }
}

const shortHash = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex').slice(0, 16);

/** Text that both sides keep as it is; others are known by place and reason. */
const plain = (line: string): string => (/^[\x20-\x7e]{0,1000}$/.test(line) ? line : '');

/**
 * All rows of SQL, and its sums by partition. `replayed` by partition: lines that a replay read once more, which the log has once.
 */
export async function factsOfLedger(ledger: Ledger, topic: string, replayed: Map<number, number>): Promise<LogFacts> {
  const facts = new LogFacts();
  const movies = new Map((await ledger.items()).map(({ itemId, movie }) => [itemId, movie.id]));
  await ledger.allRows(({ ratings, segments, recommendations, accounts, quarantine }) => {
    for (const { userId, itemId, time, rating } of ratings)
      facts.single.push(`rated: ${userId} ${movies.get(itemId)} ${time} ${rating}`);
    for (const { userId, itemId, firstMinute, lastMinute, firstTime, lastTime, lines } of segments)
      facts.watch(`${userId} ${movies.get(itemId)}`, [firstMinute, lastMinute], [firstTime, lastTime], lines);
    for (const { time, userId, lineHash } of accounts) facts.single.push(`account: ${time} ${userId} ${lineHash}`);
    for (const { time, userId, status, latencyMs, lineHash } of recommendations)
      facts.single.push(`asked: ${time} ${userId} ${status} ${latencyMs} ${lineHash}`);
    for (const { offset, reason, line } of quarantine)
      facts.refused.push(`quarantined at ${offset}: ${reason} ${plain(line)}`);
  });
  for (const { partition, counts } of await ledger.progress(topic)) {
    const again = replayed.get(partition) ?? 0;
    facts.partitions.set(partition, { received: counts.received - again, quarantined: counts.quarantined });
    facts.repeated += counts.repeated - again;
  }
  return facts;
}

/** Partitions of which the ledger's own sums do not say received = accepted + repeated + quarantined. */
const unbalanced = (progress: PartitionSums[]): string[] =>
  progress.flatMap(({ partition, counts: { received, accepted, repeated, quarantined } }) =>
    received === accepted + repeated + quarantined
      ? []
      : [`partition ${partition}: ${received} received, ${accepted} + ${repeated} + ${quarantined} accounted for`],
  );

type PartitionSums = Pick<StreamProgress, 'partition' | 'counts'>;

/** What does not add up in the sums that the ledger keeps beside its rows, of which there are `rows` that stand for accepted lines. */
export function wrongSums(progress: PartitionSums[], rows: number): string[] {
  const accepted = progress.reduce((sum, { counts }) => sum + counts.accepted, 0);
  const wrong = unbalanced(progress);
  return accepted === rows ? wrong : [...wrong, `${accepted} accepted, ${rows} in rows`];
}

/** Where the sums of the ledger are not what was read of the log so far, less what replays read once more; with that, each incarnation adds up by itself. */
export const wrongSoFar = (
  progress: PartitionSums[],
  { partitions }: LogFacts,
  replayed: Map<number, number>,
): string[] => [
  ...unbalanced(progress),
  ...progress.flatMap(({ partition, counts }) => {
    const [received, read] = [counts.received - (replayed.get(partition) ?? 0), partitions.get(partition)];
    return received === (read?.received ?? 0) && counts.quarantined === (read?.quarantined ?? 0)
      ? []
      : [`partition ${partition}: ${received} received, ${read?.received} in the log`];
  }),
];

/** What one side has and the other has not, with how often; empty when they are equal. Two empty sides are no equality. */
export function differencesOf(log: LogFacts, sql: LogFacts): string[] {
  const balance = new Map<string, number>();
  for (const fact of log.texts()) balance.set(fact, (balance.get(fact) ?? 0) + 1);
  for (const fact of sql.texts()) balance.set(fact, (balance.get(fact) ?? 0) - 1);
  const differences = [...balance].flatMap(([fact, count]) =>
    count === 0 ? [] : [`${count > 0 ? 'only in the log' : 'only in SQL'} (${Math.abs(count)}): ${fact}`],
  );
  return log.accepted === 0 ? [...differences, 'the log has no line to compare'] : differences;
}
