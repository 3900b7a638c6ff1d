import { createRegistry } from '@reelay/shared/observability';
import { expect, test } from 'vitest';
import { compareWithLive } from './compare-with-live.ts';
import { groupFigures } from './group-figures.ts';
import { groupNames } from './groups-of-user.ts';
import { trainingSettings } from './settings.ts';
import { createTrainer } from './service.ts';
import { splitHoldOut } from './split-hold-out.ts';
import { snapshotOf } from './testing/snapshot-of.ts';
import { drawTasteData } from './testing/taste-data.ts';
import { openTrainerWorld, smallConfig, smallData } from './testing/trainer-world.ts';
import { trainModel } from './train-model.ts';

const data = drawTasteData({ users: 200, items: 80, eventsPerUser: 20, seed: 2 });
const snapshot = await snapshotOf(data);
const holdOut = await splitHoldOut(snapshot);
const model = await trainModel(snapshot, holdOut.train, trainingSettings(smallConfig));
const evaluation = { snapshot, holdOut, model, usersMax: 1_000 };
const other = { ...model, itemFactors: model.itemFactors.toReversed(), priors: model.priors.toReversed() };

test('a model beside itself: no difference, for anybody', async () => {
  const comparison = await compareWithLive(evaluation, { version: '1-aaaaaa', model, newestTime: 0 });
  expect(comparison?.live).toBe('1-aaaaaa');
  expect(comparison?.overall.ndcg?.difference).toMatchObject({ users: 200, y: 0, yy: 0 });
  expect(comparison?.overall.squaredError?.difference).toMatchObject({ y: 0, yy: 0 });
  const genders = ['gender=M', 'gender=F'].map((group) => comparison?.groups[group].ndcg?.difference.users ?? 0);
  expect(genders[0] + genders[1]).toBe(200);
});

test('planted: a live model that shows the wrong items loses', async () => {
  const comparison = await compareWithLive(evaluation, { version: '1-aaaaaa', model: other, newestTime: 0 });
  const { candidate, live } = comparison?.overall.ndcg ?? { candidate: 0, live: 1 };
  expect(candidate).toBeGreaterThan(live);
});

test('what the live model has seen does not count', async () => {
  const times = Array.from(holdOut.test, (row) => snapshot.rows.lastTime[row]).sort((a, b) => a - b);
  const middle = times[times.length >> 1];
  const comparison = await compareWithLive(evaluation, { version: '1-aaaaaa', model, newestTime: middle });
  expect(comparison?.overall.ndcg?.difference.users).toBeLessThan(200);
  expect(
    await compareWithLive(evaluation, { version: '1-aaaaaa', model, newestTime: times.at(-1) ?? 0 }),
  ).toBeUndefined();
});

test('a user is in every group that fits, and an interval holds its mean', () => {
  expect([0, 2, 3, 16].map(groupNames)).toEqual([[], ['gender=F'], ['gender=M', 'age=0-17'], ['gender=F', 'age=56+']]);
  const figures = groupFigures([
    { group: 0, ndcg: 1 },
    { group: 3, ndcg: 0 },
    { group: 3, ndcg: 0.5 },
  ]);
  expect(figures.map(({ group, users }) => [group, users])).toEqual([
    ['everybody', 3],
    ['gender=M', 2],
    ['age=0-17', 2],
  ]);
  expect(figures[0].ndcg.value).toBeCloseTo(0.5, 12);
  for (const { ndcg } of figures) expect(ndcg.low <= ndcg.value && ndcg.value <= ndcg.high).toBe(true);
});

test('a candidate carries the comparison with the version that the plan serves', async () => {
  const early = {
    ...smallData,
    interactions: smallData.interactions.filter(({ lastTime }) => lastTime < 1_700_800_000),
  };
  const world = await openTrainerWorld(early);
  const all = await openTrainerWorld(smallData);
  let stable: string | null = null;
  const readsAll = ['interactions', 'items', 'users', 'counts', 'progress'];
  const ledger = new Proxy(world.ledger, {
    get: (target, name) =>
      name === 'plan'
        ? async () => ({ ...(await target.plan()), stable })
        : (Reflect.get(stable && readsAll.includes(String(name)) ? all.ledger : target, name) as unknown),
  });
  const trainer = createTrainer({ ...world, ledger, registry: createRegistry() });
  await trainer.start();
  const first = await trainer.train();
  expect((await world.artifacts.manifest(first.version)).comparison).toBeUndefined();
  stable = first.version;
  const second = await world.artifacts.manifest((await trainer.train()).version);
  expect(second.comparison).toMatchObject({ live: first.version });
  expect(second.comparison?.overall.ndcg?.difference.users).toBeGreaterThan(20);
  const card = new TextDecoder().decode(await world.artifacts.load(second.version, 'model-card.md'));
  expect(card).toMatch(new RegExp(`Live \`${first.version}\` beside it`));
  expect(card).toMatch(/\| gender=F \| \d+ \| [\d.]+ \([\d.]+ to [\d.]+\) \| [\d.]+ \(model [\d.]+, \d+ users\) \|/);
  await trainer.stop();
  await Promise.all([world.dispose(), all.dispose()]);
});
