import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@reelay/shared/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createServiceProcess } from './service-process.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-process-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A process that ends as soon as it has begun; how often it was started and what was told until then. */
async function dyingProcess(goesOn: boolean, until: (told: { restarts: number; loops: number }) => boolean) {
  const program = join(folder, 'dies.mjs');
  await writeFile(program, 'process.exit(3);');
  const told = { restarts: 0, loops: 0 };
  const service = createServiceProcess({
    name: 'dies',
    program,
    environment: {},
    folder,
    onRestart: () => void told.restarts++,
    onCrashLoop: () => (told.loops++, goesOn),
  });
  await service.start();
  try {
    await waitUntil('it has died often enough', () => until(told), 40_000);
    return told;
  } finally {
    await service.stop();
  }
}

test('a crash loop ends the starting', async () => {
  expect(await dyingProcess(false, ({ loops }) => loops === 1)).toEqual({ restarts: 5, loops: 1 });
}, 60_000);

test('unless it goes on all the same', async () => {
  expect((await dyingProcess(true, ({ restarts }) => restarts === 7)).loops).toBe(2);
}, 60_000);
