import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { trainingSettings } from '../settings.ts';
import { smallConfig } from '../testing/trainer-world.ts';
import { createCheckpointStore, type CheckpointStore } from './checkpoint-store.ts';
import { trainingKey } from './unfinished-training.ts';

let folder: string;
let store: CheckpointStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-checkpoints-'));
  store = createCheckpointStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const training = { key: 'a'.repeat(32), dataVersion: 'data', starts: 1 };
const at = (sweep: number) => ({ sweep, values: Float32Array.of(sweep, -sweep, Math.fround(0.1)) });

test('the newest one of a stage comes back bit by bit, and the last two are kept', async () => {
  const checkpoints = await store.begin(training);
  for (const sweep of [1, 2, 9, 10]) await checkpoints.save('train-part', at(sweep));
  await checkpoints.save('train-all', at(1));
  expect(await checkpoints.latest('train-part', 3)).toEqual(at(10));
  expect(await checkpoints.latest('train-all', 3)).toEqual(at(1));
  expect((await readdir(join(folder, training.key))).sort()).toEqual(
    ['train-all-1.f32', 'train-part-10.f32', 'train-part-9.f32', 'training.json'].sort(),
  );
});

test('shared memory is kept like any other', async () => {
  const values = new Float32Array(new SharedArrayBuffer(12));
  values.set([1, 2, 3]);
  const checkpoints = await store.begin(training);
  await checkpoints.save('train-all', { sweep: 1, values });
  expect((await checkpoints.latest('train-all', 3))?.values).toEqual(Float32Array.of(1, 2, 3));
});

test('one that is cut off, changed, empty or of another length is none', async () => {
  const checkpoints = await store.begin(training);
  await checkpoints.save('train-all', at(1));
  const path = join(folder, training.key, 'train-all-1.f32');
  const whole = await readFile(path);
  expect(await checkpoints.latest('train-all', 4)).toBeUndefined();
  const changed = Buffer.from(whole);
  changed[40] ^= 1;
  for (const wrong of [whole.subarray(0, -4), whole.subarray(0, -1), changed, Buffer.alloc(0), Buffer.alloc(32)]) {
    await writeFile(path, wrong);
    expect(await checkpoints.latest('train-all', 3)).toBeUndefined();
  }
  await writeFile(path, whole);
  expect(await checkpoints.latest('train-all', 3)).toEqual(at(1));
});

test('a training that begins leaves nothing of any other, and its end nothing of itself', async () => {
  await (await store.begin(training)).save('train-all', at(1));
  const other = await store.begin({ ...training, key: 'b'.repeat(32) });
  expect(await readdir(folder)).toEqual(['b'.repeat(32)]);
  expect(await store.unfinished()).toEqual([{ ...training, key: 'b'.repeat(32) }]);
  await other.clear();
  expect(await store.unfinished()).toEqual([]);
});

test('the name of a training changes with its data, each setting, the seed and the code', () => {
  const settings = trainingSettings(smallConfig);
  const names = [
    trainingKey('data', settings, 'commit'),
    trainingKey('data 2', settings, 'commit'),
    trainingKey('data', { ...settings, sweeps: 9 }, 'commit'),
    trainingKey('data', { ...settings, seed: 9 }, 'commit'),
    trainingKey('data', { ...settings, objective: { ...settings.objective, alpha0: 9 } }, 'commit'),
    trainingKey('data', settings, 'other commit'),
  ];
  expect(new Set(names).size).toBe(names.length);
  expect(trainingKey('data', trainingSettings(smallConfig), 'commit')).toBe(names[0]);
});
