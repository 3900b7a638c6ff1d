import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRowsOf, aRating, aWindow, noCsv, waitUntil } from '../../testing/index.ts';
import { openLedger } from '../open.ts';
import { SqliteDatabase } from './sqlite-database.ts';

let folder: string;
let made = 0;
const aFile = () => join(folder, `${++made}.db`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-sqlite-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a process killed while it writes leaves whole windows, as many as it says', async () => {
  const file = aFile();
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'endless-writer.fixture.ts'), `sqlite:${file}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = 0;
  writer.stdout.on('data', (bytes: Buffer) => (said += bytes.length));
  await waitUntil('ten windows', () => said >= 10);
  const gone = once(writer, 'exit');
  writer.kill('SIGKILL');
  await gone;

  const ledger = await openLedger(`sqlite:${file}`);
  const { lines, ratings, watches } = await ledger.counts();
  const rows = await allRowsOf(ledger);
  const windows = ratings / 10;
  expect(windows).toBeGreaterThanOrEqual(said);
  expect(Number.isInteger(windows)).toBe(true);
  expect([rows.ratings.length, rows.segments.length]).toEqual([ratings, ratings]);
  expect([lines.received, watches]).toEqual([windows * 60, windows * 50]);
  expect((await ledger.progress())[0].nextOffset).toBe(windows * 60);
  await ledger.close();
});

test('while another process writes, a call waits and other work of its thread goes on', async () => {
  const file = aFile();
  const ledger = await openLedger(`sqlite:${file}`);
  const other = new DatabaseSync(file);
  other.exec('begin immediate');
  let done = false;
  const claim = ledger.claim('movielog1', 0).then(() => (done = true));
  for (let turn = 0; turn < 1_000; turn++) await setImmediate();
  expect(done).toBe(false);
  expect(await ledger.isUp()).toBe(true);
  other.exec('commit');
  await claim;
  other.close();
  await ledger.close();
});

test('readers do not wait for a writer', async () => {
  const file = aFile();
  const ledger = await openLedger(`sqlite:${file}`);
  const other = new DatabaseSync(file);
  other.exec('begin immediate');
  expect((await ledger.counts()).ratings).toBe(0);
  other.close();
  await ledger.close();
});

test('a ledger that stays locked is LEDGER_DOWN', async () => {
  const file = aFile();
  const database = await SqliteDatabase.open(file, { busyMsMax: 30 });
  const other = new DatabaseSync(file);
  other.exec('begin immediate');
  await expect(database.run('create table x (y int)')).rejects.toMatchObject({ code: 'LEDGER_DOWN' });
  await expect(database.transaction(async () => {})).rejects.toMatchObject({ code: 'LEDGER_DOWN' });
  other.exec('rollback');
  expect(await database.run('create table x (y int)')).toBe(0);
  other.close();
  await database.close();
});

test('a call after a failed transaction finds none open', async () => {
  const ledger = await openLedger('sqlite::memory:');
  const start = await ledger.claim('movielog1', 0);
  const window = aWindow(start, { ratings: [aRating({ rating: NaN })] });
  await expect(ledger.commitWindow(window, noCsv)).rejects.toMatchObject({ code: 'DATA_INVALID' });
  expect(await ledger.nextVersionNumber()).toBe(1);
  await ledger.close();
});

test('after close every call is LEDGER_DOWN, and closing again is no error', async () => {
  const ledger = await openLedger('sqlite::memory:');
  await ledger.close();
  await ledger.close();
  expect(await ledger.isUp()).toBe(false);
  await expect(ledger.counts()).rejects.toMatchObject({ code: 'LEDGER_DOWN' });
  await expect(ledger.nextVersionNumber()).rejects.toMatchObject({ code: 'LEDGER_DOWN' });
});

test('a file that is no ledger, and a URL without one, are told', async () => {
  const file = aFile();
  await writeFile(file, 'no database, but long enough to look like something that could be one'.repeat(20));
  await expect(openLedger(`sqlite:${file}`)).rejects.toMatchObject({ code: 'LEDGER_DOWN' });
  await expect(openLedger('sqlite:')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await expect(openLedger(`sqlite:${file}/below/it.db`)).rejects.toMatchObject({ code: 'LEDGER_DOWN' });
  await expect(openLedger('postgres://x')).rejects.toMatchObject({ code: 'UNSUPPORTED' });
});
