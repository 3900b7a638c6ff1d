import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artifactFiles } from '@reelay/shared/contracts';
import { openArtifactStore, type ArtifactStore } from '@reelay/shared/storage';
import type { TinyModel } from '@reelay/shared/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadModel, type LoadOptions } from './load-model.ts';
import { probedModel } from './testing/probed-model.ts';

let folder: string;
let store: ArtifactStore;
let made = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-load-model-'));
  store = await openArtifactStore(`file:${folder}`);
});
afterAll(() => rm(folder, { recursive: true }));

/** Puts a model after `damage` was done to it; its checksums are right, as after a trainer's mistake. */
async function load(damage: (model: TinyModel) => void = () => {}, options: LoadOptions = {}) {
  const version = `${++made}-aaaaaa`;
  const model = probedModel({ version });
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
  expect(loads.length).toBe(4);
});

test.each(['simd', 'relaxed', 'plain'] as const)('the %s kernels pass the probe of a version', async (kernels) => {
  expect((await load(() => {}, { kernels })).model.kernelBuild).toMatch(/^[0-9a-f]{8}$/);
});
