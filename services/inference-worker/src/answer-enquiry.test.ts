import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { confidenceOf, createRatingEstimator, foldInReference, unboundBiases } from '@reelay/recommender';
import { artifactFiles, type Enquiry, type UserHistory } from '@reelay/shared/contracts';
import { openArtifactStore, type ArtifactStore } from '@reelay/shared/storage';
import { tinyFirstItemId, tinyObjective, type TinyModel } from '@reelay/shared/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerEnquiry } from './answer-enquiry.ts';
import { loadModel } from './load-model.ts';
import { createLikenesses, type LikenessOf } from './open-likeness.ts';
import { probedModel, weighedModel } from './testing/probed-model.ts';
import { ratedModel } from './testing/rated-model.ts';
import { aJob } from './testing/world.ts';

const models: Record<string, TinyModel> = {
  '1-aaaaaa': probedModel({ version: '1-aaaaaa' }),
  '2-bbbbbb': weighedModel({ version: '2-bbbbbb' }),
  '3-cccccc': ratedModel({ version: '3-cccccc' }),
};
const plain = models['1-aaaaaa'];
let folder: string;
let artifacts: ArtifactStore;
let likenessOf: LikenessOf;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-enquiry-'));
  artifacts = await openArtifactStore(`file:${folder}`);
  for (const { manifest, files } of Object.values(models)) await artifacts.put(manifest, files);
  likenessOf = createLikenesses(artifacts);
});
afterAll(async () => {
  await artifacts.close();
  await rm(folder, { recursive: true, force: true });
});

const watched = [3, 17, 40].map((index, at) => ({ index, minutes: 30 * at, rating: at === 2 ? 0 : 4 }));
/** What no version knows is in it, too. */
const history: UserHistory = {
  userId: 42,
  state: 'known',
  version: 9,
  entries: [
    { itemId: 5, minutes: 50, rating: 5, ratedAt: 0, time: 3 },
    ...watched.map(({ index, ...rest }) => ({ itemId: tinyFirstItemId + index, ...rest, ratedAt: 0, time: 2 })),
  ],
};

async function enquire(enquiry: Enquiry, modelVersion = '1-aaaaaa', of: UserHistory = history) {
  const job = { ...aJob, modelVersion, enquiry };
  return answerEnquiry({ job, loaded: await loadModel(modelVersion, artifacts), history: of }, likenessOf);
}

test('the vector is the one that the objective has, and zeros for nobody', async () => {
  const { told, items, history: madeFrom } = await enquire({ kind: 'vector' });
  const vector = told?.kind === 'vector' ? told.vector : [];
  const exact = foldInReference(
    plain.factors,
    8,
    tinyObjective,
    watched.map((item) => ({ index: item.index, confidence: confidenceOf(item, tinyObjective) })),
  );
  expect(vector).toHaveLength(8);
  for (const [at, value] of vector.entries()) expect(value).toBeCloseTo(exact[at], 5);
  expect([items, madeFrom]).toEqual([[], { items: 4, version: 9 }]);
  const nobody = await enquire({ kind: 'vector' }, '1-aaaaaa', { ...history, entries: [] });
  expect(nobody.told).toEqual({ kind: 'vector', vector: Array.from({ length: 8 }, () => 0) });
});

test('similar items are those with the largest cosine of factors, best first and without the item itself', async () => {
  const { told, items } = await enquire({ kind: 'similar', itemId: plain.catalogue[7].id, count: 5 });
  const rows = plain.catalogue.map((_, at) => [...plain.factors.subarray(at * 8, at * 8 + 8)]);
  const dot = (a: number[], b: number[]): number => a.reduce((sum, value, at) => sum + value * b[at], 0);
  const cosines = rows.map((row) => dot(row, rows[7]) / Math.sqrt(dot(row, row) * dot(rows[7], rows[7])));
  const best = [...cosines.keys()].filter((at) => at !== 7).sort((a, b) => cosines[b] - cosines[a]).slice(0, 5); // prettier-ignore
  expect(told).toEqual({ kind: 'similar', by: 'factors' });
  expect(items.map(({ id }) => id)).toEqual(best.map((at) => plain.catalogue[at].id));
  expect(items[0].score).toBeCloseTo(cosines[best[0]], 6);
});

test('where a version has item weights, they say what is similar', async () => {
  const { told, items } = await enquire({ kind: 'similar', itemId: plain.catalogue[7].id, count: 3 }, '2-bbbbbb');
  expect(told).toEqual({ kind: 'similar', by: 'item-weights' });
  expect(items.map(({ id }) => id)).toEqual([8, 9, 10].map((at) => plain.catalogue[at].id));
  expect(items.map(({ score }) => score)).toEqual([0.5, expect.closeTo(1 / 3, 3), 0.25]);
});

test('an estimate is that of the ratings of the version, biases alone where it has no others', async () => {
  const itemId = plain.catalogue[11].id;
  const { told } = await enquire({ kind: 'estimate', itemId }, '3-cccccc');
  const { ratings } = await loadModel('3-cccccc', artifacts);
  expect(told).toEqual({ kind: 'estimate', rating: ratings?.estimate(watched, [11])[0] });
  const others = await enquire({ kind: 'estimate', itemId }, '3-cccccc', { ...history, entries: [] });
  expect(others.told).not.toEqual(told);
  const biases = new Float64Array(plain.files[artifactFiles.biases].slice().buffer);
  const [rating] = createRatingEstimator(biases, unboundBiases(biases)).estimate(watched, [11]);
  expect((await enquire({ kind: 'estimate', itemId })).told).toEqual({ kind: 'estimate', rating });
});

test('an item that the version does not know is said to be unknown', async () => {
  for (const kind of ['similar', 'estimate'] as const) {
    const { told, items } = await enquire({ kind, itemId: 'no+such+movie+1900', count: 5 });
    expect([told, items]).toEqual([{ kind: 'unknown-item' }, []]);
  }
});

test('files that could not be read are read again for the next enquiry', async () => {
  let away = true;
  const load: ArtifactStore['load'] = (version, file) =>
    away ? Promise.reject(new Error('away')) : artifacts.load(version, file);
  const likenesses = createLikenesses({ manifest: (version) => artifacts.manifest(version), load });
  await expect(likenesses('1-aaaaaa')).rejects.toThrow('away');
  away = false;
  expect((await likenesses('1-aaaaaa')).similar(7, 5).items).toHaveLength(5);
});
