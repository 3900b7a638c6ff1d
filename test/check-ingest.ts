import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rowKinds, type RowKind, type WindowRows } from '@reelay/shared/storage';
import { verifyCsv } from '../services/ingestor/src/index.ts';
import type { HistoryLine } from '../services/simulator/src/index.ts';
import { readPlainly } from './read-plainly.ts';
import type { World } from './world.ts';

type IngestWorld = Pick<World, 'ledger' | 'csvDir'>;

/** Everything that must be so when `history`, and nothing else, was ingested; returns what is not. */
export async function checkIngest(world: IngestWorld, history: readonly HistoryLine[]): Promise<string[]> {
  const rows = await allRowsIn(world);
  return [
    ...(await checkCounts(world, history.length, rows)),
    ...checkQuarantine(history, rows),
    ...(await checkContent(world, history, rows)),
    ...(await checkCsv(world, rows)),
  ];
}

export async function allRowsIn({ ledger }: Pick<World, 'ledger'>): Promise<WindowRows> {
  const all: WindowRows = { ratings: [], segments: [], recommendations: [], accounts: [], quarantine: [] };
  await ledger.allRows((rows) => {
    all.ratings.push(...rows.ratings);
    all.segments.push(...rows.segments);
    all.recommendations.push(...rows.recommendations);
    all.accounts.push(...rows.accounts);
    all.quarantine.push(...rows.quarantine);
  });
  return all;
}

async function checkCounts({ ledger }: IngestWorld, sent: number, rows: WindowRows): Promise<string[]> {
  const { received, accepted, repeated, quarantined } = (await ledger.counts()).lines;
  const inSegments = rows.segments.reduce((sum, { lines }) => sum + lines, 0);
  const inRows = inSegments + rows.ratings.length + rows.recommendations.length + rows.accounts.length;
  return [
    ...differs('received, of the lines sent', received, sent),
    ...differs('accepted + repeated + quarantined, of received', accepted + repeated + quarantined, received),
    ...differs('lines of segments and other rows, of accepted', inRows, accepted),
    ...differs('rows in quarantine, of quarantined', rows.quarantine.length, quarantined),
  ];
}

function checkQuarantine(history: readonly HistoryLine[], { quarantine }: WindowRows): string[] {
  const detectable = history.filter(({ dirty }) => dirty === 'detectable').map(({ line }) => line);
  return compare(
    'quarantined line',
    quarantine.map(({ line }) => line),
    detectable,
  );
}

/** The sound lines, folded plainly here: rating rows, the minutes of each user and movie, and how many of the other kinds. */
async function checkContent({ ledger }: IngestWorld, history: readonly HistoryLine[], rows: WindowRows) {
  const wanted = plainContent(history.filter(({ dirty }) => dirty !== 'detectable').map(({ line }) => line));
  const movies = new Map((await ledger.items()).map(({ itemId, movie }) => [itemId, movie.id]));
  const pairOf = ({ userId, itemId }: { userId: number; itemId: number }) => `${userId} ${movies.get(itemId)}`;
  const watched = new Map<string, Set<number>>();
  for (const row of rows.segments) {
    for (let minute = row.firstMinute; minute <= row.lastMinute; minute++) addTo(watched, pairOf(row), minute);
  }
  const distinct: string[] = [];
  await ledger.interactions((page) => {
    distinct.push(...page.filter(({ minutes }) => minutes > 0).map((row) => `${pairOf(row)} ${row.minutes}`));
  });
  const ratings = rows.ratings.map((row) => `${pairOf(row)} ${row.time} ${row.rating}`);
  return [
    ...compare('rating', ratings, wanted.ratings),
    ...compare('minutes of a viewing', textsOf(watched), textsOf(wanted.watched)),
    ...compare('distinct minutes', distinct, sizesOf(wanted.watched)),
    ...differs('recommendation rows', rows.recommendations.length, wanted.recommendations),
    ...differs('account rows', rows.accounts.length, wanted.accounts),
  ];
}

type MinutesByPair = Map<string, Set<number>>;

const addTo = (watched: MinutesByPair, pair: string, minute: number): void => {
  watched.set(pair, (watched.get(pair) ?? new Set()).add(minute));
};
const textsOf = (watched: MinutesByPair): string[] =>
  [...watched].map(([pair, minutes]) => `${pair} ${[...minutes].sort((a, b) => a - b).join()}`);
const sizesOf = (watched: MinutesByPair): string[] => [...watched].map(([pair, { size }]) => `${pair} ${size}`);

function plainContent(lines: readonly string[]) {
  const [ratings, others] = [new Set<string>(), { recommendation: new Set<string>(), account: new Set<string>() }];
  const watched: MinutesByPair = new Map();
  for (const line of lines) {
    const event = readPlainly(line);
    if (event.kind === 'watch') addTo(watched, `${event.userId} ${event.movieId}`, event.minute);
    else if (event.kind === 'rate') ratings.add(`${event.userId} ${event.movieId} ${event.time} ${event.rating}`);
    else others[event.kind].add(line);
  }
  return {
    ratings: [...ratings],
    watched,
    recommendations: others.recommendation.size,
    accounts: others.account.size,
  };
}

/** Twice: row for row by the product's own `verifyCsv`, and by counting the lines of the files. */
export async function checkCsv(world: IngestWorld, rows: WindowRows): Promise<string[]> {
  const verdict = await verifyCsv(world.ledger, world.csvDir);
  const counted = await countCsvLines(world);
  return [
    ...(verdict.equal ? [] : [`CSV is not SQL: ${verdict.differences.join('; ')}`]),
    ...rowKinds.flatMap((kind) => differs(`lines of CSV files of ${kind}`, counted[kind], rows[kind].length)),
  ];
}

/** No row of these logs has a line end in a field, so a row is a line; each file begins with one of names. */
async function countCsvLines({ ledger, csvDir }: IngestWorld): Promise<Record<RowKind, number>> {
  const counted: Record<RowKind, number> = { ratings: 0, segments: 0, recommendations: 0, accounts: 0, quarantine: 0 };
  for (const { path, kind } of await ledger.csvFiles()) {
    const text = await readFile(join(csvDir, path), 'utf8');
    counted[kind] += text.split('\r\n').length - 2;
  }
  return counted;
}

const differs = (what: string, found: number, wanted: number): string[] =>
  found === wanted ? [] : [`${what}: ${found}, not ${wanted}`];

/** Two multisets of texts. */
export function compare(what: string, found: readonly string[], wanted: readonly string[]): string[] {
  const balance = new Map<string, number>();
  for (const text of found) balance.set(text, (balance.get(text) ?? 0) + 1);
  for (const text of wanted) balance.set(text, (balance.get(text) ?? 0) - 1);
  return [...balance]
    .filter(([, surplus]) => surplus !== 0)
    .map(([text, surplus]) => `${what}, ${surplus > 0 ? 'too many' : 'too few'}: ${text}`);
}
