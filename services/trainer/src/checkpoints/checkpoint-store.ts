import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceDurably } from '@reelay/shared/storage';
import { unfinishedTraining, type UnfinishedTraining } from './unfinished-training.ts';

/** What a stage of a training has reached. */
export interface Checkpoint {
  /** Sweeps done, from 1 on. */
  sweep: number;
  values: Float32Array;
}

/** Checkpoints of one training: the same data, settings, seed and code. */
export interface TrainingCheckpoints {
  /** Of this stage, the last one that is whole; `length` numbers. */
  latest(stage: string, length: number): Promise<Checkpoint | undefined>;
  /** Durable when it resolves; older ones of the stage go, save one. */
  save(stage: string, checkpoint: Checkpoint): Promise<void>;
  /** When the training has ended, well or not. */
  clear(): Promise<void>;
}

/** In a folder: one folder a training, named by its key. */
export interface CheckpointStore {
  /** Trainings that a process began and did not end. */
  unfinished(): Promise<UnfinishedTraining[]>;
  /** Notes that it has begun, and removes what belongs to any other: one trains at a time. */
  begin(training: UnfinishedTraining): Promise<TrainingCheckpoints>;
  clear(): Promise<void>;
}

const noteFile = 'training.json';
/** The last two: should the disk lose the newest, the one before is there. */
const kept = 2;

export function createCheckpointStore(root: string): CheckpointStore {
  const keys = () => readdir(root).catch(() => [] as string[]);
  return {
    async unfinished() {
      const notes = await Promise.all((await keys()).map((key) => readNote(join(root, key, noteFile))));
      return notes.filter((note) => note !== undefined);
    },
    async begin(training) {
      for (const key of await keys()) {
        if (key !== training.key) await rm(join(root, key), { recursive: true, force: true });
      }
      const folder = join(root, training.key);
      await mkdir(folder, { recursive: true });
      await replaceDurably(join(folder, noteFile), JSON.stringify(training));
      return openCheckpoints(folder);
    },
    clear: () => rm(root, { recursive: true, force: true }),
  };
}

function openCheckpoints(folder: string): TrainingCheckpoints {
  const ofStage = async (stage: string): Promise<{ file: string; sweep: number }[]> => {
    const name = new RegExp(`^${stage}-(\\d+)\\.f32$`);
    return (await readdir(folder).catch(() => []))
      .map((file) => ({ file, sweep: Number(name.exec(file)?.[1]) }))
      .filter(({ sweep }) => Number.isInteger(sweep))
      .sort((a, b) => b.sweep - a.sweep);
  };
  return {
    async latest(stage, length) {
      for (const { file, sweep } of await ofStage(stage)) {
        const values = wholeValues(await readFile(join(folder, file)).catch(() => Buffer.alloc(0)));
        if (values?.length === length) return { sweep, values };
      }
      return undefined;
    },
    async save(stage, { sweep, values }) {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      await replaceDurably(join(folder, `${stage}-${sweep}.f32`), Buffer.concat([sumOf(bytes), bytes]));
      for (const { file } of (await ofStage(stage)).slice(kept)) await rm(join(folder, file), { force: true });
    },
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}

const sumLength = 32;
const sumOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** The sum of the values stands before them; undefined when it is not theirs. */
function wholeValues(content: Buffer): Float32Array | undefined {
  const bytes = new Uint8Array(content.subarray(sumLength));
  if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined;
  if (!sumOf(bytes).equals(content.subarray(0, sumLength))) return undefined;
  return new Float32Array(bytes.buffer);
}

async function readNote(path: string): Promise<UnfinishedTraining | undefined> {
  try {
    return unfinishedTraining.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}
