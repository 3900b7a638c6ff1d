import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@reelay/shared/runtime';
import { waitUntil } from '@reelay/shared/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLeadership } from './lead-alone.ts';
import { createLocalWorkers } from './local-workers.ts';
import type { Scaler, Worker } from './scaler.ts';

let folder: string;
let opened: Scaler[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reelay-workers-'));
  opened = [];
});
afterEach(async () => {
  for (const scaler of opened) for (const { id } of await scaler.list()) await scaler.drain(id);
  await waitUntil(
    'all workers have left',
    async () => (await Promise.all(opened.map((one) => one.list()))).flat().length === 0,
  );
  rmSync(folder, { recursive: true, force: true });
});

function open(environment: Record<string, string> = {}, drainWithinMs = 5_000): Scaler {
  const program = {
    main: join(import.meta.dirname, 'testing/sleeping-worker.fixture.ts'),
    environment: { PATH: process.env.PATH ?? '', ...environment },
    logFolder: join(folder, 'logs'),
  };
  const scaler = createLocalWorkers({ folder: join(folder, 'workers'), program, drainWithinMs, clock: systemClock });
  opened.push(scaler);
  return scaler;
}

/** What the worker says of itself, once it is there. */
async function askWorker({ admin }: Worker): Promise<{ slots: string; pid: number }> {
  let said: unknown;
  await waitUntil('the worker answers', async () => {
    said = await fetch(admin).then(
      (response) => response.json(),
      () => undefined,
    );
    return said !== undefined;
  });
  return said as { slots: string; pid: number };
}

describe('workers as local processes', () => {
  test('one is started for its pool, found by another autoscaler, and leaves when drained', async () => {
    const [scaler, successor] = [open(), open()];
    const worker = await scaler.start('single', 0);
    expect(await askWorker(worker)).toMatchObject({ slots: 'stable,canary' });
    expect(await successor.list()).toEqual([worker]);
    await successor.drain(worker.id);
    await successor.drain(worker.id);
    await waitUntil('it has left', async () => (await scaler.list()).length === 0);
    expect(readdirSync(join(folder, 'workers'))).toEqual([]);
  });

  test('it is marked for its slot by its place; alone, and where somebody chose a slot, it is not', async () => {
    const marks = async (scaler: Scaler, place: number | null) => askWorker(await scaler.start('single', place));
    expect(await marks(open(), 0)).toMatchObject({ slot: 'stable' });
    expect(await marks(open(), 2)).toMatchObject({ slot: 'canary', aboveShare: '0.5' });
    expect(await marks(open(), null)).not.toHaveProperty('slot');
    expect(await marks(open({ WORKER_SLOT: 'both' }), 1)).toMatchObject({ slot: 'both' });
  });

  test('batch slices come from their own queue', async () => {
    expect(await askWorker(await open().start('batch', 0))).toMatchObject({ slots: 'batch' });
  });

  test('one that does not leave within the bound is ended', async () => {
    const scaler = open({ STUBBORN: 'yes' }, 1);
    const worker = await scaler.start('single', 0);
    await askWorker(worker);
    await scaler.drain(worker.id);
    await waitUntil('it was ended', async () => (await scaler.list()).length === 0);
  });

  test('a killed one is no longer listed', async () => {
    const scaler = open();
    const { pid } = await askWorker(await scaler.start('single', 0));
    process.kill(pid, 'SIGKILL');
    await waitUntil('it is gone', async () => (await scaler.list()).length === 0);
  });

  test('a record whose number belongs to another process now is dropped, and that process left alone', async () => {
    const scaler = open();
    const stale = { id: 'single-old', pool: 'single', adminPort: 1, startedAtMs: 0, drainingSinceMs: 0 };
    const identity = { pid: process.pid, startTicks: 1, bootId: 'another boot' };
    writeFileSync(join(folder, 'workers', 'single-old.json'), JSON.stringify({ ...stale, identity }));
    writeFileSync(join(folder, 'workers', 'half.json'), '{"id":');
    expect(await scaler.list()).toEqual([]);
  });
});

describe('of two autoscalers one leads', () => {
  test('the other one does when the first is killed', async () => {
    const file = join(folder, 'leader.db');
    const first = spawn(process.execPath, [join(import.meta.dirname, 'testing/leader.fixture.ts'), file]);
    const [said] = (await once(first.stdout, 'data')) as [Buffer];
    const second = createLeadership(file);
    expect([String(said).trim(), second.lead()]).toEqual(['leads', false]);
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect(second.lead()).toBe(true);
    second.resign();
  });

  test('one that resigns leaves it to the next', () => {
    const [one, other] = [createLeadership(join(folder, 'l.db')), createLeadership(join(folder, 'l.db'))];
    expect([one.lead(), one.lead(), other.lead()]).toEqual([true, true, false]);
    one.resign();
    expect(other.lead()).toBe(true);
    other.resign();
  });
});
