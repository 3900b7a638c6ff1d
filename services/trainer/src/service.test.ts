import { createModel, viewItemWeights } from '@reelay/recommender';
import {
  artifactFiles,
  catalogueEntry,
  fallbackLists,
  manifest,
  optionalArtifactFiles,
  type Manifest,
} from '@reelay/shared/contracts';
import { createRegistry } from '@reelay/shared/observability';
import type { ArtifactStore } from '@reelay/shared/storage';
import { lifecycleContract, waitUntil } from '@reelay/shared/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { trainerRoutes } from './admin-routes.ts';
import { trainingSteps } from './run-training.ts';
import { createTrainer, type Trainer } from './service.ts';
import { fillLedger } from './testing/fill-ledger.ts';
import { openTrainerWorld, smallConfig, smallData, type TrainerWorld } from './testing/trainer-world.ts';

const contentOf = (version: string) => version.split('-')[1];
const openOf = (trainer: Trainer) => () => (trainer.state().state === 'stopped' ? 0 : 1);
lifecycleContract('trainer', {
  async make() {
    const world = await openTrainerWorld();
    const service = createTrainer(world);
    return { service, open: openOf(service), dispose: () => world.dispose() };
  },
  async makeFailing() {
    const world = await openTrainerWorld(null);
    await world.ledger.close();
    const service = createTrainer(world);
    return { service, open: openOf(service), dispose: () => world.dispose() };
  },
});

describe('a running trainer', () => {
  let world: TrainerWorld;
  let trainer: Trainer;
  beforeEach(async () => {
    world = await openTrainerWorld();
    trainer = createTrainer(world);
    await trainer.start();
  });
  afterEach(async () => {
    await trainer.stop();
    await world.dispose();
  });

  test('publishes a candidate whose row, manifest and files agree', async () => {
    const { version, metrics } = await trainer.train();
    expect(version).toMatch(/^1-[0-9a-f]{6}$/);
    const [row] = await world.ledger.versions();
    expect(row).toMatchObject({ number: 1, id: version, state: 'candidate' });
    const stored = await world.artifacts.manifest(version);
    expect(manifest.parse(JSON.parse(row.manifest))).toEqual(stored);
    expect(stored).toMatchObject({ version, metrics, items: 80, users: 61, parent: null, seed: 1 });
    expect(stored.parameters).toMatchObject({ trainedUsers: 60, trainedInteractions: 600 });
    const files = [...Object.values(artifactFiles), optionalArtifactFiles.ratings, 'model-card.md'];
    expect(Object.keys(stored.files).sort()).toEqual(files.sort());
  });

  test('a model loaded from the files answers the golden probe', async () => {
    const { version } = await trainer.train();
    const stored = await world.artifacts.manifest(version);
    const { catalogue, ask } = await loadModel(world.artifacts, stored);
    expect(catalogue).toHaveLength(80);
    expect(ask(stored.probe.history)).toEqual(stored.probe.expected);
    // Planted: another history, another answer.
    expect(ask(stored.probe.history.slice(1))).not.toEqual(stored.probe.expected);
  });

  test('item weights with a share are a file of the version, of one content for any number of threads, and in the probe', async () => {
    await trainer.stop();
    const versions: string[] = [];
    for (const TRAINING_THREADS of [1, 2]) {
      const config = { ...world.config, TRAINING_THREADS, ITEM_WEIGHTS_SHARE: 0.4, ITEM_WEIGHTS_KEPT: 10 };
      const weighing = createTrainer({ ...world, config, registry: createRegistry() });
      await weighing.start();
      versions.push((await weighing.train()).version);
      await weighing.stop();
    }
    const stored = await world.artifacts.manifest(versions[0]);
    expect(contentOf(versions[1])).toBe(contentOf(versions[0]));
    expect(stored.itemWeights).toEqual({ share: 0.4 });
    expect(stored.parameters).toMatchObject({ itemWeightsKept: 10 });
    const { ask } = await loadModel(world.artifacts, stored);
    expect(ask(stored.probe.history)).toEqual(stored.probe.expected);
    // Planted: the weights left out, another answer.
    const without = await loadModel(world.artifacts, { ...stored, itemWeights: undefined });
    expect(without.ask(stored.probe.history)).not.toEqual(stored.probe.expected);
  });

  test('the ready lists hold known titles, the first of all being the most popular', async () => {
    const { version } = await trainer.train();
    const text = await world.artifacts.load(version, artifactFiles.fallback);
    const lists = fallbackLists.parse(JSON.parse(new TextDecoder().decode(text)));
    const watchers = new Map<number, number>();
    for (const { itemId } of smallData.interactions) watchers.set(itemId, (watchers.get(itemId) ?? 0) + 1);
    const most = Math.max(...watchers.values());
    expect(watchers.get(smallData.movies.findIndex(({ id }) => id === lists.all[0]) + 1)).toBe(most);
    expect(lists.groups).toHaveLength((await world.artifacts.manifest(version)).groups);
    expect(lists.groups[0]).toEqual(lists.all);
    for (const list of lists.groups) expect(new Set(list).size).toBe(80);
  });

  test('the same data and seed give the same content under a new number; another seed another content', async () => {
    const first = await trainer.train();
    const second = await trainer.train();
    expect(second.version).toBe(`2-${contentOf(first.version)}`);
    const other = createTrainer({ ...world, config: { ...world.config, SEED: 2 }, registry: createRegistry() });
    await other.start();
    expect(contentOf((await other.train()).version)).not.toBe(contentOf(first.version));
    await other.stop();
  });

  test('one training at a time', async () => {
    const first = trainer.train();
    await expect(trainer.train()).rejects.toMatchObject({ code: 'TRAINING_BUSY' });
    await first;
    expect(await world.ledger.versions()).toHaveLength(1);
  });

  test('tells its steps in their order', async () => {
    const steps: string[] = [];
    await trainer.train({ onProgress: ({ step }) => void (steps.at(-1) === step || steps.push(step)) });
    expect(steps).toEqual(trainingSteps);
  });

  test.each(trainingSteps)('a stop in step %s publishes nothing and leaves the trainer usable', async (at) => {
    let stopping: Promise<void> | undefined;
    const training = trainer.train({ onProgress: ({ step }) => void (step === at && (stopping ??= trainer.stop())) });
    await expect(training).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    await stopping;
    expect(trainer.state()).toMatchObject({ state: 'stopped', progress: null });
    expect(await world.ledger.versions()).toEqual([]);
    await trainer.start();
    // What was stopped after its data was known goes on by itself; before, there is nothing to go on with.
    if (trainer.state().state === 'idle') await trainer.train();
    await waitUntil('it has ended', () => trainer.state().state === 'idle');
    expect(trainer.state().last).toMatchObject({ version: expect.stringMatching(/^1-/) });
  });

  test('a failure before the row leaves nothing that could be released, and the next training succeeds', async () => {
    const { ledger } = world;
    let failures = 1;
    const addVersion: typeof ledger.addVersion = async (row) => {
      if (failures-- > 0) throw new Error('crashed');
      await ledger.addVersion(row);
    };
    const overriding = new Proxy(ledger, {
      get: (target, name) => (name === 'addVersion' ? addVersion : Reflect.get(target, name)),
    });
    const crashing = createTrainer({ ...world, ledger: overriding, registry: createRegistry() });
    await crashing.start();
    await expect(crashing.train()).rejects.toMatchObject({ code: 'TRAINING_FAILED' });
    expect(await ledger.versions()).toEqual([]);
    expect((await crashing.train()).version).toMatch(/^2-/);
    await crashing.stop();
  });

  test('the control routes train, answer at once when asked to, and refuse nonsense', async () => {
    const routes = trainerRoutes(trainer);
    const train = routes['POST /admin/train'];
    expect(await train({}, {})).toMatchObject({ version: expect.stringMatching(/^1-/) });
    expect(await train({ wait: false }, {})).toMatchObject({ state: 'training' });
    await expect(train({}, {})).rejects.toMatchObject({ code: 'TRAINING_BUSY' });
    await expect(train({ wait: 'yes' }, {})).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await waitUntil('the second one ends', () => trainer.state().state === 'idle');
    expect(routes['GET /admin/train']({}, {})).toMatchObject({ last: { version: expect.stringMatching(/^2-/) } });
  });

  test('its figures are in the metrics', async () => {
    await trainer.train();
    const text = await world.registry.metrics();
    expect(text).toContain('reelay_trainer_trainings_total{outcome="published"} 1');
    expect(text).toContain('reelay_trainer_hold_out_quality{measure="ndcgAt10"}');
  });
});

test('too little data is said with its code and number', async () => {
  const world = await openTrainerWorld(null);
  const trainer = createTrainer(world);
  await trainer.start();
  await expect(trainer.train()).rejects.toMatchObject({ code: 'NOT_ENOUGH_DATA' });
  expect(trainer.state().last).toMatchObject({ error: { code: 'NOT_ENOUGH_DATA' } });
  await trainer.stop();
  await world.dispose();
});

test('told to, it trains by itself as soon as the data is enough, and once', async () => {
  const world = await openTrainerWorld(null);
  const trainer = createTrainer({ ...world, config: { ...world.config, TRAIN_ON_START: true } });
  await trainer.start();
  await waitUntil('it waits for data', () => world.clock.pending > 0);
  await fillLedger(world.ledger, smallData);
  world.clock.advance(smallConfig.TRAIN_ON_START_POLL_MS);
  await waitUntil('a version is there', async () => (await world.ledger.versions()).length === 1);
  await waitUntil('the training ended', () => trainer.state().state === 'idle');
  expect(world.clock.pending).toBe(0);
  await trainer.stop();
  await world.dispose();
});

async function loadModel(artifacts: ArtifactStore, stored: Manifest) {
  const { version, factors, groups, items, objective, probe, itemWeights } = stored;
  const bytes = async (file: string) => Uint8Array.from(await artifacts.load(version, file)).buffer;
  const text = new TextDecoder().decode(await bytes(artifactFiles.catalogue));
  const catalogue = catalogueEntry.array().parse(JSON.parse(text));
  const weights = itemWeights && viewItemWeights(await artifacts.load(version, optionalArtifactFiles.itemWeights));
  const model = createModel({
    blend: itemWeights && weights && { ...itemWeights, weights },
    catalogueSize: items,
    factors,
    groups,
    objective,
    itemFactors: new Float32Array(await bytes(artifactFiles.factors)),
    priors: new Float32Array(await bytes(artifactFiles.priors)),
    groupOfUser: new Uint8Array(await bytes(artifactFiles.users)),
    biases: new Float64Array(await bytes(artifactFiles.biases)),
  });
  const placeOf = new Map(catalogue.map(({ itemId }, place) => [itemId, place]));
  const ask = (history: Manifest['probe']['history']) =>
    model
      .recommend({
        history: history.map(({ itemId, ...evidence }) => ({ index: placeOf.get(itemId) ?? -1, ...evidence })),
        seen: [],
        group: probe.group,
        count: probe.expected.length,
      })
      .map(({ index, score }) => ({ index, score }));
  return { catalogue, ask };
}
