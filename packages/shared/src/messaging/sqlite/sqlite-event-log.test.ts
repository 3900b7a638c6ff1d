import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { eventLogContract, LogRecorder, waitUntil } from '../../testing/index.ts';
import { openSqliteEventLog } from './sqlite-event-log.ts';

const home = mkdtempSync(join(tmpdir(), 'reelay-event-log-'));
afterAll(() => rmSync(home, { recursive: true }));
const url = `sqlite:${join(home, 'events.db')}`;

eventLogContract({ name: 'sqlite', open: () => openSqliteEventLog(url), features: { groups: false } });

test('lines survive the process', async () => {
  const first = await openSqliteEventLog(url);
  await first.ensureTopic('kept', 1);
  await first.append('kept', ['a', 'b']);
  await first.close();
  const second = await openSqliteEventLog(url);
  const recorder = new LogRecorder();
  await second.follow('kept', recorder);
  await waitUntil('both lines', () => recorder.lines().length === 2);
  expect(recorder.texts()).toEqual(['a', 'b']);
  await second.close();
});

test('long lines make a batch shorter', async () => {
  const log = await openSqliteEventLog(url);
  await log.ensureTopic('long', 1);
  await log.append(
    'long',
    Array.from({ length: 20 }, () => Buffer.alloc(1024 * 1024)),
  );
  const recorder = new LogRecorder();
  await log.follow('long', recorder);
  await waitUntil('all lines', () => recorder.lines().length === 20);
  expect(recorder.batches.map((batch) => batch.lines.length)).toEqual([8, 8, 4]);
  await log.close();
});

test('a file that cannot be opened is EVENT_LOG_DOWN', async () => {
  await expect(openSqliteEventLog(`sqlite:${home}`)).rejects.toMatchObject({ code: 'EVENT_LOG_DOWN' });
});

test('an append waits for another writer without blocking its thread', async () => {
  const log = await openSqliteEventLog(url);
  await log.ensureTopic('shared-file', 1);
  const other = new DatabaseSync(join(home, 'events.db'));
  other.exec('BEGIN IMMEDIATE');
  let appended = false;
  const appending = log.append('shared-file', ['waits']).then(() => (appended = true));
  await waitUntil('a turn of the event loop', () => true);
  expect(appended).toBe(false);
  other.exec('COMMIT');
  other.close();
  await appending;
  expect((await log.ranges('shared-file'))[0].high).toBe(1);
  await log.close();
});
