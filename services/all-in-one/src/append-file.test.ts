import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventLog, type EventLog } from '@reelay/shared/messaging';
import { createManualClock, waitUntil } from '@reelay/shared/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appendFile } from './append-file.ts';

const topic = 'movielog1';
let home: string;
let eventLog: EventLog;
let file: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'reelay-append-'));
  eventLog = await openEventLog(`sqlite:${join(home, 'events.db')}`);
  file = join(home, 'lines.log');
});
afterEach(async () => {
  await eventLog.close();
  await rm(home, { recursive: true, force: true });
});

const write = (lines: number) => writeFile(file, Array.from({ length: lines }, (_, line) => `line ${line}\n`).join(''));
const inLog = async () => (await eventLog.ranges(topic))[0]?.high ?? 0;

test('without a rate all lines are there at once', async () => {
  await write(7_000);
  const clock = createManualClock();
  expect(await appendFile({ eventLog, topic, file, clock })).toBe(7_000);
  expect(await inLog()).toBe(7_000);
});

test.each([
  { rate: 1_000, everyMs: 100, atOnce: 100 },
  { rate: 40, everyMs: 100, atOnce: 4 },
  { rate: 1, everyMs: 1_000, atOnce: 1 },
])('at $rate lines/s there are as many as the time allows, append by append', async ({ rate, everyMs, atOnce }) => {
  await write(8 * atOnce);
  const clock = createManualClock();
  const appending = appendFile({ eventLog, topic, file, rate, clock });
  for (let appends = 1; appends <= 5; appends++) {
    await waitUntil('it waits for its time', () => clock.pending === 1);
    expect(await inLog()).toBe(appends * atOnce);
    clock.advance(everyMs - 1);
    expect(clock.pending).toBe(1);
    clock.advance(1);
  }
  // The rest at once: after a stall it catches up.
  clock.advance(3_600_000);
  expect(await appending).toBe(8 * atOnce);
  expect(await inLog()).toBe(8 * atOnce);
});
