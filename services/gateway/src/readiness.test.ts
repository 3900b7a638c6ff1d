import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorResponse } from '@reelay/shared/contracts';
import { createManualClock, putTinyModel, waitUntil } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { openWorld, type World } from './testing/world.ts';

async function using(options: Parameters<typeof openWorld>[0], use: (world: World) => Promise<void>): Promise<void> {
  const world = await openWorld(options);
  try {
    await use(world);
  } finally {
    await world.dispose();
  }
}

const readiness = (world: World) => fetch(`http://127.0.0.1:${world.gateway.adminPort}/readyz`);

test('before any list there is no empty answer but a 503 with a code; with the first model it is ready', () =>
  using({ version: null, clock: createManualClock() }, async (world) => {
    const response = await world.get('/recommend/42');
    expect([response.status, errorResponse.parse(await response.json()).error.code]).toEqual([503, 'NOT_RUNNING']);
    expect((await readiness(world)).status).toBe(503);
    expect((await world.get('/healthz')).status).toBe(503);
    await putTinyModel(world.artifacts, { version: '1-aaaaaa' });
    await world.announce({ epoch: 1, stable: '1-aaaaaa' });
    await waitUntil('ready', async () => (await readiness(world)).status === 200);
    expect((await world.get('/healthz')).status).toBe(200);
    expect(await (await readiness(world)).json()).toMatchObject({ parts: { plan: '1-aaaaaa', queue: 'up' } });
  }));

test('a base list answers before any model', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reelay-base-list-'));
  const file = join(folder, 'list.txt');
  await writeFile(file, 'one+2001,two+2002\nnot an id, three+2003\n');
  await using({ version: null, clock: createManualClock(), settings: { BASE_LIST: file } }, async (world) => {
    expect(await (await world.get('/recommend/42')).text()).toBe('one+2001,two+2002,three+2003');
    expect(await world.ask(42)).toMatchObject({ outcome: 'fallback', rung: 'popular', modelVersion: null });
  });
  await rm(folder, { recursive: true });
});

test('successes are logged once in a hundred, fallbacks each', () =>
  using({ clock: createManualClock() }, async (world) => {
    await world.queue.close();
    for (let at = 0; at < 3; at++) await world.ask(42);
    const answered = world.lines.filter(({ msg }) => msg === 'recommendation answered');
    expect(answered.map(({ outcome, reason }) => [outcome, reason].join(' '))).toEqual(
      Array(3).fill('fallback QUEUE_DOWN'),
    );
  }));
