import type { Manifest } from '@reelay/shared/contracts';
import type { Ledger } from '@reelay/shared/storage';
import { buildVersion } from '@reelay/shared/observability';
import { buildArtifact } from './build-artifact.ts';
import { evaluateModel } from './evaluate-model.ts';
import { letOthersRun } from './let-others-run.ts';
import { publishVersion, type PublishDeps } from './publish-version.ts';
import type { TrainingSettings } from './settings.ts';
import { splitHoldOut } from './split-hold-out.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { trainModel } from './train-model.ts';

/** The steps in their order. */
export const trainingSteps = ['snapshot', 'split', 'train-part', 'evaluate', 'train-all', 'publish'] as const;
export type TrainingStep = (typeof trainingSteps)[number];

export interface TrainingProgress {
  step: TrainingStep;
  /** Of this step, 0 to 1. */
  done: number;
}

export interface TrainingDeps extends PublishDeps {
  ledger: Ledger;
  settings: TrainingSettings;
  /** Threads for the sweeps; they change no bit. */
  threads?: number;
}

export interface TrainingRun {
  signal?: AbortSignal;
  onProgress?: (progress: TrainingProgress) => void;
}

/**
 * From the rows to a candidate. Trains twice: on a part, to be measured on what was left out, then on everything, to be served.
 * Rejects with the signal's reason once it fired; nothing is published then.
 */
export async function runTraining(
  deps: TrainingDeps,
  { signal, onProgress = () => {} }: TrainingRun,
): Promise<Manifest> {
  const { ledger, settings } = deps;
  const begin = async (step: TrainingStep) => {
    onProgress({ step, done: 0 });
    await letOthersRun(signal);
  };
  const control = (step: TrainingStep) => ({
    signal,
    threads: deps.threads,
    onProgress: ({ rowsDone, rowsTotal }: { rowsDone: number; rowsTotal: number }) =>
      onProgress({ step, done: rowsDone / rowsTotal }),
  });
  await begin('snapshot');
  const parent = (await ledger.plan()).stable;
  const dataCreatedAt = new Date(deps.clock.now()).toISOString();
  const snapshot = await takeSnapshot(ledger, settings.minimum, signal);
  await begin('split');
  const holdOut = await splitHoldOut(snapshot, signal);
  await begin('train-part');
  const part = await trainModel(snapshot, holdOut.train, settings, control('train-part'));
  await begin('evaluate');
  const usersMax = settings.evaluationUsersMax;
  const metrics = await evaluateModel({ snapshot, holdOut, model: part, usersMax, signal });
  await begin('train-all');
  const model = await trainModel(snapshot, allRows(snapshot.rows.item.length), settings, control('train-all'));
  await begin('publish');
  const gitCommit = buildVersion().commit;
  const artifact = buildArtifact({ snapshot, model, metrics, settings, parent, gitCommit });
  return publishVersion(deps, { ...artifact, manifest: { ...artifact.manifest, dataCreatedAt } });
}

const allRows = (count: number): Int32Array => Int32Array.from({ length: count }, (_, row) => row);
