import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artifactFiles, optionalArtifactFiles } from '@reelay/shared/contracts';
import { openArtifactStore, type ArtifactStore } from '@reelay/shared/storage';
import type { TinyModel } from '@reelay/shared/testing';
import { createModel } from '@reelay/recommender';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadModel, type LoadOptions } from './load-model.ts';
import { arraysOf, probedModel, weighedModel } from './testing/probed-model.ts';

let folder: string;
let store: ArtifactStore;
let made = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-load-model-'));
  store = await openArtifactStore(`file:${folder}`);
});
afterAll(() => rm(folder, { recursive: true }));

/** Puts a model after `damage` was done to it; its checksums are right, as after a trainer's mistake. */
async function load(damage: (model: TinyModel) => void = () => {}, options: LoadOptions = {}, make = probedModel) {
  const version = `${++made}-aaaaaa`;
  const model = make({ version });
  damage(model);
  await store.put(model.manifest, model.files);
  return loadModel(version, store, options);
}

test('a sound version answers by its catalogue and its groups', async () => {
  const loaded = await load();
  expect(loaded.catalogue.length).toBe(60);
  expect([loaded.indexOf(1_003), loaded.indexOf(3), loaded.indexOf(2_000)]).toEqual([3, undefined, undefined]);
  expect([loaded.groupOf(4), loaded.groupOf(299), loaded.groupOf(2_000_000)]).toEqual([1, 2, 0]);
});

const { catalogue, factors, priors, users } = artifactFiles;
const blobOf = ({ files }: TinyModel, file: string): Uint8Array => files[file] ?? new Uint8Array();
const floats = (model: TinyModel, file: string) => new Float32Array(blobOf(model, file).slice().buffer);
const setBlob = (model: TinyModel, file: string, values: Float32Array) =>
  void (model.files[file] = new Uint8Array(values.buffer));
const cut = (model: TinyModel, file: string, bytes: number) =>
  void (model.files[file] = blobOf(model, file).slice(0, -bytes));

const damages: [string, (model: TinyModel) => void][] = [
  ['a byte of the factors missing', (model) => cut(model, factors, 1)],
  ['a row of the factors missing', (model) => cut(model, factors, 8 * 4)],
  ['a number of the priors missing', (model) => cut(model, priors, 4)],
  ['NaN among the factors', (model) => setBlob(model, factors, floats(model, factors).with(5, Number.NaN))],
  ['an infinite prior', (model) => setBlob(model, priors, floats(model, priors).with(5, Infinity))],
  ['a factor of another number', (model) => setBlob(model, factors, floats(model, factors).with(3 * 8, 2))],
  ['factors in another order', (model) => setBlob(model, factors, floats(model, factors).reverse())],
  ['a user of a group that is not there', (model) => void blobOf(model, users).fill(3, 7, 8)],
  ['a catalogue in another order', (model) => void (model.files[catalogue] = json(model.catalogue.toReversed()))],
  ['a catalogue that is no JSON', (model) => void (model.files[catalogue] = new Uint8Array(3))],
  [
    'a probe about an unknown item',
    ({ manifest }) => void (manifest.probe.history = [{ itemId: 5, minutes: 1, rating: 0 }]),
  ],
  ['a probe of a group that is not there', ({ manifest }) => void (manifest.probe.group = 3)],
  ['another objective', ({ manifest }) => void (manifest.objective = { ...manifest.objective, alpha0: 0.3 })],
  ['other dimensions', ({ manifest }) => void ((manifest.items = 30), (manifest.factors = 16))],
];
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

test.each(damages)('a version with %s is refused', async (_what, damage) => {
  await expect(load(damage)).rejects.toThrow(expect.objectContaining({ code: 'ARTIFACT_CORRUPT' }));
});

const weights = optionalArtifactFiles.itemWeights;
const weightsDamages: [string, (model: TinyModel) => void][] = [
  ['a weight missing', (model) => cut(model, weights, 2)],
  ['a weight that is no number', (model) => void blobOf(model, weights).fill(0xff, -2)],
  ['other weights', (model) => void blobOf(model, weights).fill(0x34, -600)],
  ['another share of the weights', ({ manifest }) => void (manifest.itemWeights = { share: 0.5 })],
  ['weights that the manifest does not name', ({ manifest }) => void delete manifest.itemWeights],
];

test.each(weightsDamages)('a version with %s is refused', async (_what, damage) => {
  await expect(load(damage, {}, weighedModel)).rejects.toThrow(expect.objectContaining({ code: 'ARTIFACT_CORRUPT' }));
});

test('a version whose item weights are not there is refused', async () => {
  const lost = (model: TinyModel) => void delete model.files[weights];
  await expect(load(lost, {}, weighedModel)).rejects.toThrow(
    expect.objectContaining({ code: expect.stringMatching(/^ARTIFACT_/) }),
  );
});

test('a version with item weights answers as the model that it was made from', async () => {
  const { model } = await load(() => {}, {}, weighedModel);
  const question = { history: [{ index: 8, minutes: 80, rating: 0 }], seen: [], group: 2, count: 60 };
  const list = model.recommend(question);
  expect(list).toEqual(createModel(arraysOf(weighedModel({ version: 'any' }))).recommend(question));
  expect(list.map(({ source }) => source)).toContain('neighbours');
  expect(list).not.toEqual(createModel(arraysOf(probedModel({ version: 'any' }))).recommend(question));
});

test('a version that is not there is said to be not there', async () => {
  await expect(loadModel('99-ffffff', store)).rejects.toThrow(expect.objectContaining({ code: 'ARTIFACT_NOT_FOUND' }));
});

test('a version that is too large is refused before a file of it is read', async () => {
  const loads: string[] = [];
  const version = `${++made}-aaaaaa`;
  const model = probedModel({ version });
  await store.put(model.manifest, model.files);
  const watched = {
    ...store,
    manifest: (name: string) => store.manifest(name),
    load: (name: string, file: string) => (loads.push(file), store.load(name, file)),
  };
  const refused = loadModel(version, watched, { bytesMax: 50_000 });
  await expect(refused).rejects.toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  expect(loads).toEqual([]);
  expect((await loadModel(version, watched, { bytesMax: 3_000_000 })).version).toBe(version);
  expect(loads.length).toBe(5);
});

test.each(['simd', 'relaxed', 'plain'] as const)('the %s kernels pass the probe of a version', async (kernels) => {
  expect((await load(() => {}, { kernels })).model.kernelBuild).toMatch(/^[0-9a-f]{8}$/);
});
