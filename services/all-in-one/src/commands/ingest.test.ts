import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openEventLog } from '@reelay/shared/messaging';
import { openLedger } from '@reelay/shared/storage';
import { allRowsOf } from '@reelay/shared/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeRunFile, writeRunFile } from '../run-file.ts';
import { embeddedAddresses, readSettings } from '../settings.ts';

const main = join(import.meta.dirname, '../main.ts');
let home: string;
beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), 'reelay-ingest-'))));
afterAll(() => rm(home, { recursive: true, force: true }));

/** A command as a user gives it; its JSON, or what it said. */
async function reelay(...args: string[]): Promise<Record<string, unknown>> {
  const run = promisify(execFile)(process.execPath, [main, ...args, '--json'], {
    env: { ...process.env, REELAY_HOME: home },
  });
  return run.then(
    ({ stdout }) => JSON.parse(stdout) as Record<string, unknown>,
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
  );
}

const addresses = () => embeddedAddresses(readSettings({ REELAY_HOME: home }));

async function rows() {
  const ledger = await openLedger(addresses().LEDGER_URL);
  const all = await allRowsOf(ledger);
  await ledger.close();
  return all;
}

const lines = Array.from({ length: 600 }, (_, place) => {
  const [time, user] = [new Date(Date.UTC(2031, 0, 1) + place * 1_000).toISOString().slice(0, 19), (place % 9) + 1];
  if (place % 3 === 0) return `${time},${user},GET /rate/heat+1995=${(place % 5) + 1}`;
  if (place % 3 === 1) return `${time},${user},GET /data/m/alien+1979/${place % 100}.mpg`;
  const failed = place % 2 === 0;
  const result = failed ? 'status 0, result: Connection refused: host:8082, 900' : 'status 200, result: heat+1995, 31';
  return `${time},${user},recommendation request host:8082, ${result} ms`;
});

test('from earliest, from stored and from a time: each line is stored once, and the report counts each request once', async () => {
  const log = await openEventLog(addresses().EVENT_LOG_URL);
  await log.ensureTopic('movielog', 1);
  await log.append('movielog', lines);
  await log.close();
  const first = await reelay('ingest', '--from', '2031-01-01T00:05:00');
  expect(first).toMatchObject({ passedOver: 300, reread: { lines: 0 }, lines: { received: 300 }, lag: 0 });
  const stored = await rows();
  for (const [from, again] of [
    ['earliest', 600],
    ['2031-01-01T00:09:00', 60],
    ['stored', 0],
  ] as const) {
    expect(await reelay('ingest', '--from', from)).toMatchObject({ reread: { lines: again }, lag: 0 });
  }
  expect((await rows()).segments).toEqual(stored.segments);
  const figures = { requests: 200, ok: 100, availability: 0.5, p50Ms: 31, p95Ms: 31, p99Ms: 31 };
  expect(await reelay('report', 'availability')).toMatchObject(figures);
}, 60_000);

test('beside a running platform only its own ingestor works; the sentence says what to do', async () => {
  const anything = {
    mode: 'embedded' as const,
    startedAt: '',
    gateway: '',
    admin: {},
    topic: 'movielog',
    namespace: 'reelay',
  };
  await writeRunFile(home, { ...anything, pid: process.pid, addresses: addresses() });
  const refused = await reelay('ingest', '--from', 'earliest');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(`process ${process.pid}`) as string });
  expect(refused.stderr).toContain('stop it');
  await removeRunFile(home);
}, 30_000);

test('what is no place to start from is said before anything is opened', async () => {
  expect(await reelay('ingest', '--from', 'yesterday')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('REQUEST_INVALID') as string,
  });
}, 30_000);
