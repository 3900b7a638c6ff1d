import { createRegistry } from '@reelay/shared/observability';
import { AppError } from '@reelay/shared/runtime';
import { waitUntil } from '@reelay/shared/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { trainerRoutes } from './admin-routes.ts';
import { createTrainer, type Trainer } from './service.ts';
import { drawTasteData, type TasteData } from './testing/taste-data.ts';
import { openTrainerWorld, smallData, type TrainerWorld } from './testing/trainer-world.ts';

let world: TrainerWorld;
let trainer: Trainer | undefined;
beforeEach(async () => {
  world = await openTrainerWorld();
});
afterEach(async () => {
  await trainer?.stop();
  await world.dispose();
});

async function start(
  changed: Partial<TrainerWorld['config']> = {},
  over: Partial<TrainerWorld> = {},
): Promise<Trainer> {
  const config = { ...world.config, TRAIN_SCHEDULE: 'off', ...changed };
  trainer = createTrainer({ ...world, ...over, registry: createRegistry(), config });
  await trainer.start();
  return trainer;
}
const versions = () => world.ledger.versions();
const left = () => readdir(join(world.folder, 'checkpoints'), { recursive: true }).catch(() => []);

describe('cancel', () => {
  test.each(['snapshot', 'train-part', 'train-all', 'publish'])(
    'in step %s publishes nothing and forgets all',
    async (at) => {
      const running = await start();
      let cancelled: Promise<void> | undefined;
      const training = running.train({
        onProgress: ({ step }) => void (step === at && (cancelled ??= running.cancel())),
      });
      await expect(training).rejects.toMatchObject({ code: 'TRAINING_CANCELLED' });
      await cancelled;
      expect(running.state()).toMatchObject({
        state: 'idle',
        progress: null,
        last: { error: { code: 'TRAINING_CANCELLED' } },
      });
      expect(await versions()).toEqual([]);
      expect(await left()).toEqual([]);
      expect((await running.train()).version).toMatch(/^1-/);
    },
  );

  test('by DELETE, which says so when there is nothing to cancel', async () => {
    const running = await start();
    const routes = trainerRoutes(running);
    await expect(routes['DELETE /admin/train']({}, {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const training = running.train();
    training.catch(() => {});
    expect(await routes['DELETE /admin/train']({}, {})).toMatchObject({ state: 'idle' });
    await expect(training).rejects.toMatchObject({ code: 'TRAINING_CANCELLED' });
  });
});

describe('data that looks wrong', () => {
  /** The same people and films; what they did, changed. */
  const changed = (change: (row: TasteData['interactions'][number]) => TasteData['interactions'][number]) => ({
    ...smallData,
    interactions: smallData.interactions.map(change),
  });

  async function trainOnBoth(bad: TasteData, acceptData = false) {
    const running = await start();
    await running.train();
    const later = await openTrainerWorld(bad);
    const ledger = new Proxy(world.ledger, {
      get: (target, name) =>
        Reflect.get(
          ['interactions', 'items', 'users', 'counts', 'progress'].includes(String(name)) ? later.ledger : target,
          name,
        ),
    });
    await running.stop();
    const again = await start({}, { ledger });
    return again.train({ acceptData }).finally(() => later.dispose());
  }

  test('stops the run with every reason in one message, and keeps the report', async () => {
    const bad = changed((row) => ({ ...row, minutes: row.minutes * 60, rating: row.rating > 0 ? 5 : 0 }));
    const message = await trainOnBoth(bad).then(String, (error: Error) => error.message);
    expect(message).toMatch(/minutes out of range .*; minutes drifted: .*; ratings drifted: .*--accept-data/);
    expect(trainer?.state().last).toMatchObject({ error: { code: 'DATA_SUSPECT' } });
    expect(await versions()).toHaveLength(1);
    const reports = (await readdir(join(world.folder, 'snapshots'))).filter((name) => name.endsWith('.quality.json'));
    const outcomes = await Promise.all(
      reports.map(
        async (name) =>
          JSON.parse(await readFile(join(world.folder, 'snapshots', name), 'utf8')) as { outcome: string },
      ),
    );
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['failed', 'passed']);
  });

  test('is trained on when a person wants it, and is then what later data is laid beside', async () => {
    const bad = changed((row) => ({ ...row, rating: row.rating > 0 ? 5 : 0 }));
    const { version } = await trainOnBoth(bad, true);
    expect((await world.artifacts.manifest(version)).parameters).toMatchObject({ dataQuality: 'accepted' });
    const card = new TextDecoder().decode(await world.artifacts.load(version, 'model-card.md'));
    expect(card).toMatch(/Data checks: \*\*accepted\*\*/);
    expect(card).toMatch(/\| drift of ratings \| [\d.]+ \| [\d.]+ \| failed \|/);
    // The first data is the odd one now.
    const message = await trainer
      ?.stop()
      .then(() => start())
      .then((first) => first.train())
      .then(String, (error: Error) => error.message);
    expect(message).toMatch(/ratings drifted/);
  });

  test('ordinary growth is not', async () => {
    const grown = drawTasteData({ users: 90, items: 80, eventsPerUser: 11, seed: 1 });
    expect((await trainOnBoth(grown)).version).toMatch(/^2-/);
  });
});

test('more data than memory allows is refused in one sentence', async () => {
  const running = await start({ TRAINING_MB_MAX: 200 });
  await expect(running.train()).rejects.toMatchObject({
    code: 'TRAINING_TOO_LARGE',
    message: expect.stringMatching(
      /^600 interactions need about \d+ MiB to train on, TRAINING_MB_MAX allows 200: raise it/,
    ),
  });
  expect(await left()).toEqual([]);
});

describe('triggers', () => {
  test('the schedule trains, and two at once are one training', async () => {
    const running = await start(
      { TRAIN_SCHEDULE: '* * * * * *', TRAIN_AFTER_RATINGS: 1, TRAIN_POLL_MS: 10 },
      { clock: world.clock },
    );
    await waitUntil(
      'the schedule has begun one',
      () => running.state().state === 'training' || running.state().last !== null,
    );
    world.clock.advance(10);
    await waitUntil('there is a version', async () => (await versions()).length > 0);
    await running.stop();
    const rows = await versions();
    expect(new Set(rows.map(({ number }) => number)).size).toBe(rows.length);
  });

  test('a schedule that is none is told at the start', async () => {
    await expect(start({ TRAIN_SCHEDULE: 'now and then' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  test('enough new ratings train, once, and then as many again', async () => {
    const ratings = smallData.interactions.filter(({ rating }) => rating > 0).length;
    const running = await start({ TRAIN_AFTER_RATINGS: ratings, TRAIN_POLL_MS: 10 });
    const look = async () => {
      await waitUntil('it waits for the clock', () => world.clock.pending > 0);
      world.clock.advance(10);
    };
    await look();
    await waitUntil('it has trained', async () => running.state().state === 'idle' && (await versions()).length === 1);
    for (let looks = 0; looks < 5; looks += 1) await look();
    expect(await versions()).toHaveLength(1);
  });

  test('too few new ratings do not', async () => {
    const ratings = smallData.interactions.filter(({ rating }) => rating > 0).length;
    const running = await start({ TRAIN_AFTER_RATINGS: ratings + 1, TRAIN_POLL_MS: 10 });
    for (let looks = 0; looks < 5; looks += 1) {
      await waitUntil('it waits for the clock', () => world.clock.pending > 0);
      world.clock.advance(10);
    }
    expect(running.state()).toMatchObject({ state: 'idle', last: null });
  });
});

describe('what a failed training leaves', () => {
  /** Numbers of versions cannot be had, once. */
  const failingOnce = (error: Error) => {
    let failures = 1;
    const nextVersionNumber = () => (failures-- > 0 ? Promise.reject(error) : world.ledger.nextVersionNumber());
    return new Proxy(world.ledger, {
      get: (target, name) => (name === 'nextVersionNumber' ? nextVersionNumber : Reflect.get(target, name)),
    });
  };

  test('an outage: every sweep, and the next training on the same data does none again', async () => {
    const running = await start({}, { ledger: failingOnce(new AppError('LEDGER_DOWN', 'away')) });
    await expect(running.train()).rejects.toMatchObject({ code: 'LEDGER_DOWN' });
    expect((await left()).length).toBeGreaterThan(2);
    const done: number[] = [];
    await running.train({ onProgress: (told) => void (told.step === 'train-all' && done.push(told.done)) });
    expect(done.filter((one) => one > 0 && one < (3 * 140) / (3 * 140 + 60))).toEqual([]);
    expect(await left()).toEqual([]);
  });

  test('a defect: nothing, for what it reached is not trusted', async () => {
    const running = await start({}, { ledger: failingOnce(new Error('a defect')) });
    await expect(running.train()).rejects.toMatchObject({ code: 'TRAINING_FAILED' });
    expect(await left()).toEqual([]);
    expect((await running.train()).version).toMatch(/^1-/);
  });
});
