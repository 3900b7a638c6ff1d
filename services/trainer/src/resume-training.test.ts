import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { createRegistry } from '@reelay/shared/observability';
import { waitUntil } from '@reelay/shared/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { trainerConfig } from './config.ts';
import type { TrainingProgress } from './run-training.ts';
import { createTrainer, type TrainerDeps } from './service.ts';
import { openTrainerWorld, type TrainerWorld } from './testing/trainer-world.ts';

const sweeps = 5;
/** Rows of a sweep, and of the last half sweep, of the small data. */
const rowsTotal = sweeps * (60 + 80) + 60;
const after = (sweep: number): number => (sweep * (60 + 80) + 1) / rowsTotal;

let world: TrainerWorld;
let deps: TrainerDeps;
let environment: Record<string, string>;
beforeEach(async () => {
  world = await openTrainerWorld();
  environment = {
    LEDGER_URL: `sqlite:${join(world.folder, 'ledger.db')}`,
    ARTIFACTS_URL: `file:${join(world.folder, 'artifacts')}`,
    FACTORS: '8',
    SWEEPS: String(sweeps),
    TRAIN_SCHEDULE: 'off',
    RESUME_ON_START: 'false',
  };
  deps = { ...world, config: trainerConfig.parse(environment) };
});
afterEach(() => world.dispose());

const checkpoints = () => readdir(join(world.folder, 'checkpoints'), { recursive: true }).catch(() => []);

/** Kills a training in a process of its own, by signal 9, at the moment when the step is so far. */
async function killAt(step: string, done: number): Promise<void> {
  const program = join(import.meta.dirname, 'testing', 'train-until.fixture.ts');
  const child = spawn(process.execPath, [program, JSON.stringify(environment), step, String(done)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [Buffer];
  expect(String(said)).toBe('there');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function trainHere(options: { trigger?: 'resume' } = {}, changed: Partial<TrainerDeps> = {}) {
  const trainer = createTrainer({ ...deps, registry: createRegistry(), ...changed });
  await trainer.start();
  const told: TrainingProgress[] = [];
  try {
    const { version } = await trainer.train({ ...options, onProgress: (progress) => void told.push(progress) });
    return { version, files: (await world.artifacts.manifest(version)).files, told };
  } finally {
    await trainer.stop();
  }
}

/** Files of a training that nothing cut off, in a world of its own. */
async function uninterrupted() {
  const other = await openTrainerWorld();
  const config = { ...deps.config, ARTIFACTS_URL: other.config.ARTIFACTS_URL };
  const trainer = createTrainer({ ...other, config });
  await trainer.start();
  const { version } = await trainer.train();
  const { files } = await other.artifacts.manifest(version);
  await trainer.stop();
  await other.dispose();
  return files;
}

const answering = ({ 'model-card.md': _card, ...files }: Record<string, { sha256: string }>) =>
  Object.fromEntries(Object.entries(files).map(([name, { sha256 }]) => [name, sha256]));

describe('a training that was killed goes on from its last sweep with the bits of one that was not', () => {
  test.each([
    ['train-part', 2],
    ['train-all', 1],
    ['train-all', 4],
  ])('in %s after sweep %i', async (step, sweep) => {
    await killAt(step, after(sweep));
    expect((await checkpoints()).filter((name) => name.endsWith(`${step}-${sweep}.f32`))).toHaveLength(1);
    const { files, told } = await trainHere({ trigger: 'resume' });
    const first = told.filter((progress) => progress.step === step && progress.done > 0)[0];
    expect(first.done).toBeGreaterThanOrEqual(after(sweep) - 1 / rowsTotal);
    expect(answering(files)).toEqual(answering(await uninterrupted()));
    expect(await checkpoints()).toEqual([]);
  });

  test('planted: other values in the checkpoint are other bits, so it is really used', async () => {
    await killAt('train-all', after(3));
    const name = (await checkpoints()).find((file) => file.endsWith('train-all-3.f32'));
    const path = join(world.folder, 'checkpoints', String(name));
    const values = new Float32Array(new Uint8Array((await readFile(path)).subarray(32)).buffer).map(
      (value) => value + 1,
    );
    const bytes = new Uint8Array(values.buffer);
    await writeFile(path, Buffer.concat([createHash('sha256').update(bytes).digest(), bytes]));
    const { files } = await trainHere({ trigger: 'resume' });
    expect(answering(files)).not.toEqual(answering(await uninterrupted()));
  });

  test('a checkpoint that the disk damaged is passed over for the one before', async () => {
    await killAt('train-all', after(3));
    const name = (await checkpoints()).find((file) => file.endsWith('train-all-3.f32'));
    const path = join(world.folder, 'checkpoints', String(name));
    const bytes = await readFile(path);
    bytes[50] ^= 4;
    await writeFile(path, bytes);
    const { files, told } = await trainHere({ trigger: 'resume' });
    const first = told.filter(({ step, done }) => step === 'train-all' && done > 0)[0];
    expect(first.done).toBeLessThan(after(3) - 1 / rowsTotal);
    expect(first.done).toBeGreaterThan(after(2) - 2 / rowsTotal);
    expect(answering(files)).toEqual(answering(await uninterrupted()));
  });
});

test('it goes on by itself when the next process starts, on the data that it began with', async () => {
  await killAt('train-all', after(2));
  const [begun] = await readdir(join(world.folder, 'snapshots')).then((names) =>
    names.filter((name) => name.length === 64),
  );
  await world.ledger.upsertUsers([{ userId: 7, age: 50, gender: 'F', occupation: 'none' }]);
  const trainer = createTrainer({ ...deps, config: { ...deps.config, RESUME_ON_START: true } });
  await trainer.start();
  await waitUntil('it has ended', () => trainer.state().last !== null);
  const { dataVersion } = await world.artifacts.manifest((await world.ledger.versions())[0].id);
  expect(dataVersion).toBe(begun);
  await trainer.stop();
  // A training that was asked for takes the data as it is now.
  const later = await trainHere();
  expect((await world.artifacts.manifest(later.version)).dataVersion).not.toBe(begun);
});

test('killed in the middle of a snapshot, nothing of it is visible, and the next training cleans up', async () => {
  await killAt('check', 0); // the snapshot is there, and nothing has begun on it
  expect(await checkpoints()).toEqual([]);
  await cp(join(world.folder, 'ledger.db'), join(world.folder, 'snapshots', '.incoming', 'left', 'x'), {
    recursive: true,
  });
  await trainHere();
  expect((await readdir(join(world.folder, 'snapshots'))).filter((name) => name.length === 64)).toHaveLength(1);
  expect(await readdir(join(world.folder, 'snapshots'))).not.toContain('.incoming');
});

test('checkpoints of other settings are not used, and go', async () => {
  await killAt('train-all', after(2));
  const left = await checkpoints();
  const config = { ...deps.config, SEED: 5 };
  const { told } = await trainHere({ trigger: 'resume' }, { config });
  expect(told.filter(({ step, done }) => step === 'train-part' && done > 0)[0].done).toBeLessThan(after(1));
  expect(left.length).toBeGreaterThan(2);
  expect(await checkpoints()).toEqual([]);
});

test('a training that ends its process again and again is given up', async () => {
  const registry = createRegistry();
  await killAt('train-all', after(1));
  const notes = (await checkpoints()).filter((name) => name.endsWith('training.json'));
  const path = join(world.folder, 'checkpoints', notes[0]);
  const note = JSON.parse(await readFile(path, 'utf8')) as object;
  expect(note).toMatchObject({ starts: 1 });
  await writeFile(path, JSON.stringify({ ...note, starts: 3 }));
  const trainer = createTrainer({ ...deps, registry, config: { ...deps.config, RESUME_ON_START: true } });
  await trainer.start();
  expect(trainer.state()).toMatchObject({ state: 'idle', last: null });
  expect(await checkpoints()).toEqual([]);
  await trainer.stop();
});
