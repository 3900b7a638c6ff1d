import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '@reelay/shared/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { appendAndStore, historyOf, tinyPopulation, untilHistoriesHold, withDetailsOf } from './append-history.ts';
import { ask } from './ask-for-list.ts';
import { checkAnswers, checkOddIds } from './check-answers.ts';
import { allRowsIn, checkCsv, checkIngest } from './check-ingest.ts';
import { changed, listsThatBeginWith, logFaults } from './plant-fault.ts';
import { historiesIn } from './read-plainly.ts';
import { trainAndRelease } from './train-and-release.ts';
import { worldNames } from './world-addresses.ts';
import { openWorld, type ChangePorts, type World } from './world.ts';

// Whole platforms, beside other tests: a bound for what hangs, not for what is slow.
vi.setConfig({ testTimeout: 90_000 });

const population = tinyPopulation();
const history = historyOf(population, 50_000);
const textOf = (lines: typeof history) => lines.map(({ line }) => line);
const sound = textOf(history.filter(({ dirty }) => dirty !== 'detectable'));

test('the history has lines of all kinds, nearly all of watching, and both kinds of dirt', () => {
  const count = (part: string) => history.filter(({ line, dirty }) => !dirty && line.includes(part)).length;
  expect(history).toHaveLength(50_000);
  expect(count('GET /data/m/')).toBeGreaterThan(49_000);
  expect(count('GET /rate/')).toBeGreaterThanOrEqual(500);
  expect(count('recommendation request')).toBeGreaterThan(50);
  expect(count('GET /create_account')).toBeGreaterThan(20);
  expect(history.filter(({ dirty }) => dirty === 'detectable').length).toBeGreaterThan(10);
  expect(history.filter(({ dirty }) => dirty === 'undetectable').length).toBeGreaterThan(0);
});

describe.each(worldNames)('%s', (name) => {
  let world: World;
  let version: string;
  beforeAll(async () => {
    world = await openWorld(name, { prepare: withDetailsOf(population) });
    await appendAndStore(world, textOf(history));
    await untilHistoriesHold(world, sound);
  });
  afterAll(() => world?.close());

  test('every line is in SQL and in CSV once, and exactly the detectable dirt is in quarantine', async () => {
    expect(await checkIngest(world, history)).toEqual([]);
  });

  test('a model is trained on it and released, and 200 users get their lists by contract', async () => {
    version = await trainAndRelease(world);
    expect((await world.ledger.versions()).map(({ state }) => state)).toEqual(['released']);
    const users = Array.from(population.userIds.slice(0, 200));
    expect(await checkAnswers(world, version, users, sound)).toEqual([]);
    expect(world.gateway.state().fallback).toBe(0);
  });

  test('a movie that was seen, an unknown one, and a fallback are noticed in answers', async () => {
    const [userId = 0] = population.userIds;
    const seen = [...(historiesIn(sound).get(userId)?.keys() ?? [])][0] ?? '';
    const faults: ChangePorts[] = [
      ({ answers }) => ({ answers: listsThatBeginWith(answers, seen) }),
      ({ answers }) => ({ answers: listsThatBeginWith(answers, 'of+nobody+1999') }),
      // Without its queue a gateway still gives what is kept, and is current.
      ({ queue, answers }) => ({
        queue: changed(queue, { isUp: () => false }),
        answers: changed(answers, { latest: async () => null }),
      }),
    ];
    for (const fault of faults) {
      const other = await world.throughAnotherGateway(fault);
      await waitUntil('it has its ready lists', async () => (await ask(other, '/healthz')).status === 200);
      expect(await checkAnswers(other, version, [userId], sound)).not.toEqual([]);
    }
  });

  test('ids that are none are refused with a code, odd ones that are some are answered', async () => {
    expect(await checkOddIds(world)).toEqual([]);
  });
});

describe('the checks can fail', () => {
  const some = history.slice(0, 5_000);

  test.each(Object.entries(logFaults))('when %s', async (_, fault) => {
    const world = await openWorld('embedded', { ingestorPorts: ({ eventLog }) => ({ eventLog: fault(eventLog) }) });
    try {
      await appendAndStore(world, textOf(some));
      expect(await checkIngest(world, some)).not.toEqual([]);
    } finally {
      await world.close();
    }
  });

  test('when a CSV row is lost or doubled on the disk', async () => {
    const world = await openWorld('embedded');
    try {
      await appendAndStore(world, textOf(some));
      expect(await checkIngest(world, some)).toEqual([]);
      const rows = await allRowsIn(world);
      const file = (await world.ledger.csvFiles()).find(({ kind }) => kind === 'segments');
      const path = join(world.csvDir, file?.path ?? '');
      const lines = (await readFile(path, 'utf8')).split('\r\n');
      for (const planted of [
        lines.toSpliced(3, 1),
        lines.toSpliced(3, 0, lines[3] ?? ''),
        lines.with(3, lines[4] ?? ''),
      ]) {
        await writeFile(path, planted.join('\r\n'));
        expect(await checkCsv(world, rows)).not.toEqual([]);
      }
      await writeFile(path, lines.join('\r\n'));
      expect(await checkCsv(world, rows)).toEqual([]);
    } finally {
      await world.close();
    }
  });
});
