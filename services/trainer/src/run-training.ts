import type { Manifest } from '@reelay/shared/contracts';
import { buildVersion } from '@reelay/shared/observability';
import type { Ledger } from '@reelay/shared/storage';
import { buildArtifact } from './build-artifact.ts';
import type { TrainingCheckpoints } from './checkpoints/checkpoint-store.ts';
import { compareWithLive } from './compare-with-live.ts';
import { evaluateModel, type UserRanking } from './evaluate-model.ts';
import { groupFigures } from './group-figures.ts';
import { letOthersRun } from './let-others-run.ts';
import { openLiveModel } from './open-live-model.ts';
import { chooseBlend } from './ranking/choose-blend.ts';
import { measureCandidates } from './ranking/measure-candidates.ts';
import { prepareData, type DataDeps, type PreparedData } from './prepare-data.ts';
import { publishVersion, type PublishDeps } from './publish-version.ts';
import type { TrainingSettings } from './settings.ts';
import { openSnapshot } from './snapshot/open-snapshot.ts';
import { splitHoldOut } from './split-hold-out.ts';
import { trainModel } from './train-model.ts';
import type { TrainingControl } from './training-control.ts';

/** The steps in their order. */
export const trainingSteps = [
  'snapshot',
  'check',
  'split',
  'choose',
  'train-part',
  'evaluate',
  'train-all',
  'publish',
] as const;
export type TrainingStep = (typeof trainingSteps)[number];

export interface TrainingProgress {
  step: TrainingStep;
  /** Of this step, 0 to 1. */
  done: number;
}

export interface TrainingDeps extends PublishDeps, DataDeps {
  ledger: Ledger;
  settings: TrainingSettings;
}

export interface TrainingRun {
  signal?: AbortSignal;
  onProgress?: (progress: TrainingProgress) => void;
  /** Called when the data is known and checked. */
  onData?: (data: PreparedData) => void;
  /** Train on data that failed its checks. */
  acceptData?: boolean;
  /** Go on with what a killed process left, on its data. */
  resume?: boolean;
}

/**
 * From the rows to a candidate. Chooses on a part of the training rows what counts how much, then trains twice: on a part, to be measured on what was left
 * out, and on everything, to be served.
 * Rejects with the signal's reason once it fired; nothing is published then.
 */
export async function runTraining(deps: TrainingDeps, run: TrainingRun): Promise<Manifest> {
  const { signal, onProgress = () => {} } = run;
  const { settings } = deps;
  const startedMs = deps.clock.monotonicMs();
  const begin = async (step: TrainingStep) => {
    onProgress({ step, done: 0 });
    await letOthersRun(signal);
  };
  await begin('snapshot');
  const parent = (await deps.ledger.plan()).stable;
  const data = await prepareData(deps, { ...run, onChecking: () => begin('check') });
  run.onData?.(data);
  const control = (step: TrainingStep): TrainingControl => ({
    signal,
    threads: deps.threads,
    checkpoints: checkpointsOf(data.checkpoints, step),
    onProgress: ({ rowsDone, rowsTotal }) => onProgress({ step, done: rowsDone / rowsTotal }),
  });
  await begin('split');
  const snapshot = await openSnapshot(deps.snapshots, data.description, signal);
  const holdOut = await splitHoldOut(snapshot, signal);
  await begin('choose');
  const choice = await chooseBlend(snapshot, holdOut, settings, control('choose'));
  await begin('train-part');
  const part = await trainModel(snapshot, holdOut.train, settings, control('train-part'), choice);
  await begin('evaluate');
  const usersMax = settings.evaluationUsersMax;
  const users: UserRanking[] = [];
  const evaluation = { snapshot, holdOut, model: part, usersMax, signal };
  const figures = await evaluateModel({ ...evaluation, onUser: (user) => users.push(user) });
  const candidates = await measureCandidates(evaluation);
  const metrics = { ...figures, ...(candidates && { candidates }) };
  const live = await openLiveModel(deps, parent, snapshot);
  const comparison = live && (await compareWithLive(evaluation, live));
  await begin('train-all');
  const model = await trainModel(snapshot, allRows(snapshot.rows.item.length), settings, control('train-all'), choice);
  await begin('publish');
  const gitCommit = buildVersion().commit;
  const seconds = (deps.clock.monotonicMs() - startedMs) / 1_000;
  const costs = { seconds, memoryBytes: data.memoryBytes };
  const groups = groupFigures(users);
  const { quality, dataCreatedAt } = data;
  const parts = { snapshot, model, choice, metrics, settings, parent, gitCommit, quality, costs, groups, comparison };
  const artifact = buildArtifact(parts);
  const manifest = await publishVersion(deps, { ...artifact, manifest: { ...artifact.manifest, dataCreatedAt } });
  await data.checkpoints.clear();
  return manifest;
}

const checkpointsOf = (checkpoints: TrainingCheckpoints, stage: TrainingStep): TrainingControl['checkpoints'] => ({
  latest: (length) => checkpoints.latest(stage, length),
  save: (checkpoint) => checkpoints.save(stage, checkpoint),
});

const allRows = (count: number): Int32Array => Int32Array.from({ length: count }, (_, row) => row);
