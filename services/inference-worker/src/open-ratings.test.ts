import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artifactFiles, optionalArtifactFiles } from '@reelay/shared/contracts';
import { openArtifactStore, type ArtifactStore } from '@reelay/shared/storage';
import { tinyFirstItemId, type TinyModel } from '@reelay/shared/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadModel } from './load-model.ts';
import { recommendForUsers } from './recommend-for-user.ts';
import { ratedModel } from './testing/rated-model.ts';

let folder: string;
let store: ArtifactStore;
let made = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-open-ratings-'));
  store = await openArtifactStore(`file:${folder}`);
});
afterAll(() => rm(folder, { recursive: true }));

/** Puts a model after `change` was done to it, with right checksums, and loads it. */
async function load(change: (model: TinyModel) => void = () => {}) {
  const model = ratedModel({ version: `${++made}-aaaaaa` });
  change(model);
  await store.put(model.manifest, model.files);
  return loadModel(model.manifest.version, store);
}

const { ratings, biases } = { ...optionalArtifactFiles, ...artifactFiles };
const setRating = ({ files }: TinyModel, at: number, value: number) =>
  void (files[ratings] = new Uint8Array(new Float32Array(files[ratings].slice().buffer).with(at, value).buffer));
const history = [3, 9].map((index) => ({ index, minutes: 90, rating: 5 }));
const indexes = [0, 5, 11, 59];

test('each listed item is told with the rating that its user would give it', async () => {
  const loaded = await load();
  const entries = history.map(({ index, ...rest }) => ({
    ...rest,
    itemId: tinyFirstItemId + index,
    ratedAt: 1,
    time: 1,
  }));
  const user = { userId: 4, state: 'known' as const, version: 1, entries };
  const [{ made: receipt }] = recommendForUsers(loaded, [{ history: user, count: 10 }]);
  const listed = receipt.list.form === 'indices' ? receipt.list.items : [];
  expect(listed).toHaveLength(10);
  const estimated = loaded.ratings?.estimate(history, listed.map(({ index }) => index)); // prettier-ignore
  expect(listed.map(({ foretold }) => foretold)).toEqual(Array.from(estimated ?? []));
  expect(new Set(estimated).size).toBeGreaterThan(5);
});

test('ratings of the own history move what is foretold; a model without factors adds the own bias alone', async () => {
  const [rich, plain] = [await load(), await load(({ files, manifest }) => {
    delete files[ratings];
    delete manifest.probe.ratings;
  })]; // prettier-ignore
  const moved = (loaded: typeof rich): number[] => {
    const known = loaded.ratings!.estimate(history, indexes);
    return Array.from(loaded.ratings!.estimate([], indexes), (cold, at) => known[at] - cold);
  };
  expect(new Set(moved(rich).map((step) => step.toFixed(4))).size).toBe(indexes.length);
  expect(new Set(moved(plain).map((step) => step.toFixed(4))).size).toBe(1);
});

test('where nobody had rated nothing is foretold', async () => {
  const none = ({ files, manifest }: TinyModel): void => {
    files[biases] = new Uint8Array(files[biases].length);
    delete files[ratings];
    delete manifest.probe.ratings;
  };
  expect((await load(none)).ratings).toBeUndefined();
});

const damages: [string, (model: TinyModel) => void][] = [
  ['ratings of another form', (model) => setRating(model, 0, 2)],
  ['NaN among the ratings', (model) => setRating(model, 100, Number.NaN)],
  ['vectors of another width', (model) => setRating(model, 1, 5)],
  ['another share', (model) => setRating(model, 3, 0.2)],
  ['a vector that was changed', (model) => setRating(model, 7 + 8 + 3 * 4 + 1, 2)],
  ['half a number', ({ files }) => void (files[ratings] = files[ratings].slice(1))],
  ['an endless bias', ({ files }) => void files[biases].fill(255, 16, 24)],
  ['a bias too few', ({ files }) => void (files[biases] = files[biases].slice(8))],
  ['other biases', ({ files }) => void files[biases].copyWithin(8, 16)],
];

test.each(damages)('a version with %s is refused', async (_what, damage) => {
  await expect(load(damage)).rejects.toThrow(expect.objectContaining({ code: 'ARTIFACT_CORRUPT' }));
});
