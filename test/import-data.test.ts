import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecommendResponse } from '@reelay/shared/contracts';
import { openLedger } from '@reelay/shared/storage';
import { waitUntil } from '@reelay/shared/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawMovieLens, type DrawnMovieLens } from './draw-movielens.ts';
import { exitOf, startPlatform } from './run-platform.ts';

const main = join(import.meta.dirname, '../services/all-in-one/src/main.ts');
let folder: string;
let drawn: DrawnMovieLens;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-import-'));
  drawn = await drawMovieLens(join(folder, 'ml'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  code: number;
  out: Record<string, unknown>;
  stderr: string;
}

/** A command as a user gives it. */
function reelay(home: string, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { ...process.env, REELAY_HOME: home };
    execFile(process.execPath, [main, ...args, '--json'], { env }, (error, stdout, stderr) =>
      resolve({
        code: error ? Number(error.code) : 0,
        out: stdout === '' ? {} : (JSON.parse(stdout) as Ran['out']),
        stderr,
      }),
    );
  });
}

interface Counts {
  ratings: number;
  watches: number;
  users: number;
  items: number;
}

async function countsOf(home: string): Promise<Counts> {
  const ledger = await openLedger(`sqlite:${join(home, 'ledger.db')}`);
  let users = 0;
  await ledger.users((rows) => void (users += rows.length));
  const { ratings, watches } = await ledger.counts();
  const items = (await ledger.items()).length;
  await ledger.close();
  return { ratings, watches, users, items };
}

/** Age ratings of the items of events. */
async function agesOf(home: string): Promise<Map<string, number | undefined>> {
  const ledger = await openLedger(`sqlite:${join(home, 'ledger.db')}`);
  const items = await ledger.items();
  await ledger.close();
  return new Map(items.filter(({ movie }) => movie.id.length === 2).map(({ movie }) => [movie.id, movie.minAge]));
}

test('a MovieLens folder imported twice is there once, and its model answers its users', async () => {
  const home = join(folder, 'home');
  const first = await reelay(home, 'import', join(folder, 'ml'));
  expect(first).toMatchObject({ code: 0, out: { kind: 'ml-100k', rows: drawn.rows, users: drawn.users, bad: [] } });
  const counts = await countsOf(home);
  expect(counts).toEqual({ ratings: drawn.rows, watches: 0, users: drawn.users, items: drawn.items });
  const second = await reelay(home, 'import', join(folder, 'ml'), '--no-train');
  expect(second.out.lines).toEqual(first.out.lines);
  expect(await countsOf(home)).toEqual(counts);

  const { child, ready } = await startPlatform(['--no-simulator'], { REELAY_HOME: home });
  const answer = await answered(ready.gateway, 7, String(first.out.version));
  expect(answer).toMatchObject({ outcome: 'model', modelVersion: first.out.version });
  expect(answer.history?.items).toBeGreaterThan(0);
  expect(answer.items.map(({ id }) => id).every((id) => id.startsWith('film+'))).toBe(true);
  child.kill('SIGINT');
  expect(await exitOf(child)).toBe(0);
}, 120_000);

/** Asks until the version answers; it is released within seconds of the start. */
async function answered(gateway: string, user: number, version: string): Promise<RecommendResponse> {
  let answer: RecommendResponse | undefined;
  const isServed = async () => {
    const response = await fetch(`${gateway}/recommend/${user}`, { headers: { accept: 'application/json' } });
    answer = (await response.json()) as RecommendResponse;
    return answer.modelVersion === version && answer.outcome === 'model';
  };
  await waitUntil('the version answers', isServed, 60_000);
  return answer!;
}

test('rows that cannot be used are counted with their first line, stay in quarantine, and the exit code says so', async () => {
  const file = join(folder, 'bad.csv');
  const rows = ['user,item,rating,time', '1,10,4,100', '1,11,nine,100', '2,10,-3,100', ',10,3,100', '2,10', '2,12,NaN,100', '2,13,5,soon', '2,12,5,200', '1,10,4,100']; // prettier-ignore
  await writeFile(file, `${rows.join('\n')}\n`);
  const home = join(folder, 'bad-home');
  const { code, out } = await reelay(home, 'import', file, '--no-train');
  expect(code).toBe(1);
  expect(out).toMatchObject({ rows: 9, lines: { received: 9, accepted: 2, repeated: 1, quarantined: 6 }, ratings: 2 });
  expect(out.bad).toEqual([
    { reason: 'RATING', count: 2, firstLine: 3 },
    { reason: 'RATING_RANGE', count: 1, firstLine: 4 },
    { reason: 'USER', count: 1, firstLine: 5 },
    { reason: 'FORM', count: 1, firstLine: 6 },
    { reason: 'TIME', count: 1, firstLine: 8 },
  ]);
}, 60_000);

test('minutes of people with names, and events, become viewings and ratings', async () => {
  const home = join(folder, 'minutes-home');
  const csv = join(folder, 'minutes.csv');
  await writeFile(
    csv,
    'user,item,minutes,time\nanna,"Heat, 1995",3,2031-01-01T10:00:00Z\nbo,Alien,2,2031-01-01T10:01:00Z\n',
  );
  const first = await reelay(home, 'import', csv, '--no-train');
  expect(first).toMatchObject({ code: 0, out: { lines: { received: 5, accepted: 5 }, ratings: 0, users: 2 } });
  expect(String(first.out.userIdsFile)).toContain('imports');
  const events = join(folder, 'events.ndjson');
  const event = (id: string, data: object) => JSON.stringify({ specversion: '1.0', id, source: 'shop', type: 'seen', time: '2031-01-02T00:00:00Z', data }); // prettier-ignore
  const lines = [event('a', { userId: 7, itemId: 'x', rating: 4, minAge: 12 }), event('a', { userId: 7, itemId: 'x', rating: 4 }), event('b', { userId: 7, itemId: 'y', minutes: 2, minAge: 'PG' }), '{"id":"c"}', event('d', { userId: 7 })]; // prettier-ignore
  await writeFile(events, `${lines.join('\n')}\n`);
  const second = await reelay(home, 'import', events, '--no-train');
  expect(second).toMatchObject({
    code: 1,
    out: { kind: 'events', rows: 5, bad: [{ reason: 'EVENT', count: 2, firstLine: 4 }] },
  });
  expect(second.out).toMatchObject({ lines: { received: 5, accepted: 3, quarantined: 2 }, ratings: 1 });
  expect(await countsOf(home)).toMatchObject({ ratings: 1, watches: 7 });
  expect(await agesOf(home)).toEqual(new Map([['x+', 12], ['y+', undefined]])); // prettier-ignore
}, 60_000);

test('what is no data set is said in one sentence with a code', async () => {
  const empty = join(folder, 'empty.csv');
  await writeFile(empty, 'user,item,rating\n');
  for (const [path, code] of [
    [join(folder, 'nothing'), 'NOT_FOUND'],
    [folder, 'DATA_INVALID'],
    [empty, 'NOT_ENOUGH_DATA'],
  ]) {
    // prettier-ignore
    const { code: exit, stderr } = await reelay(join(folder, 'none'), 'import', path, '--no-train');
    expect(exit).toBe(1);
    expect(stderr).toMatch(new RegExp(`^reelay: .*\\[${code}\\]$`, 'm'));
  }
}, 60_000);
