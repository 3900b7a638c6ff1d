import { buildVersion } from '@reelay/shared/observability';
import type { Clock } from '@reelay/shared/runtime';
import type { Ledger } from '@reelay/shared/storage';
import type { CheckpointStore, TrainingCheckpoints } from './checkpoints/checkpoint-store.ts';
import { trainingKey, type UnfinishedTraining } from './checkpoints/unfinished-training.ts';
import { assertFits, memoryNeeded } from './memory-needed.ts';
import { assertGood, judgeData } from './quality/judge-data.ts';
import type { QualityLimits } from './quality/quality-limits.ts';
import type { QualityReport } from './quality/quality-report.ts';
import type { TrainingSettings } from './settings.ts';
import type { SnapshotDescription } from './snapshot/snapshot-description.ts';
import type { SnapshotStore } from './snapshot/snapshot-store.ts';
import { takeSnapshot } from './snapshot/take-snapshot.ts';

/** How data is taken and what it may cost. */
export interface DataRules {
  partRows: number;
  /** Null: everything. */
  windowDays: number | null;
  limits: QualityLimits;
  memoryMegabytesMax: number;
  snapshotsKept: number;
}

export interface DataDeps {
  ledger: Ledger;
  clock: Clock;
  settings: TrainingSettings;
  /** Threads for the sweeps; they change no bit. */
  threads?: number;
  rules: DataRules;
  snapshots: SnapshotStore;
  checkpoints: CheckpointStore;
}

export interface DataRun {
  signal?: AbortSignal;
  acceptData?: boolean;
  resume?: boolean;
  /** The rows are there; now they are checked. */
  onChecking: () => Promise<void>;
}

/** Data that a model may learn from. */
export interface PreparedData {
  description: SnapshotDescription;
  /** When its rows were read, ISO. */
  dataCreatedAt: string;
  quality: QualityReport;
  /** What training on it takes, from above. */
  memoryBytes: number;
  checkpoints: TrainingCheckpoints;
}

/**
 * Rows → snapshot → checks. Throws `NOT_ENOUGH_DATA`, `DATA_SUSPECT`, `TRAINING_TOO_LARGE` and the signal's reason; the snapshot and the report
 * of what was refused stay, to be looked at.
 */
export async function prepareData(deps: DataDeps, run: DataRun): Promise<PreparedData> {
  const { snapshots, settings, rules, clock } = deps;
  const left = run.resume ? await leftTraining(deps) : undefined;
  const description = left?.description ?? (await takeAnew(deps, run.signal));
  const dataCreatedAt = left?.description.createdAt ?? new Date(clock.now()).toISOString();
  await run.onChecking();
  // Whoever began it had it checked, and perhaps accepted.
  const accept = run.acceptData === true || left !== undefined;
  const quality = await judgeData(snapshots, description, { limits: rules.limits, accept, now: clock.now() });
  await snapshots.prune(rules.snapshotsKept, await namedData(deps, quality));
  assertGood(quality);
  const { threads = 1 } = deps;
  const memoryBytes = memoryNeeded(description.summary, settings, threads);
  assertFits(memoryBytes, description.summary, rules.memoryMegabytesMax);
  const key = keyOf(description.dataVersion, settings);
  const starts = (left?.note.starts ?? 0) + 1;
  const checkpoints = await deps.checkpoints.begin({ key, dataVersion: description.dataVersion, starts });
  return { description, dataCreatedAt, quality, memoryBytes, checkpoints };
}

const keyOf = (dataVersion: string, settings: TrainingSettings): string =>
  trainingKey(dataVersion, settings, buildVersion().commit);

const takeAnew = ({ ledger, snapshots, settings, rules, clock }: DataDeps, signal?: AbortSignal) =>
  takeSnapshot(ledger, snapshots, { minimum: settings.minimum, ...rules, ...rules.limits, now: clock.now() }, signal);

/** A training that a process was killed in, of the same settings and code, whose data is still there. */
export async function leftTraining({
  checkpoints,
  snapshots,
  settings,
}: Pick<DataDeps, 'checkpoints' | 'snapshots' | 'settings'>): Promise<
  { note: UnfinishedTraining; description: SnapshotDescription } | undefined
> {
  for (const note of await checkpoints.unfinished()) {
    if (note.key !== keyOf(note.dataVersion, settings)) continue;
    const description = await snapshots.find(note.dataVersion);
    if (description) return { note, description };
  }
  return undefined;
}

/** Data of the versions that the plan names, and what the next data is laid beside. */
async function namedData({ ledger }: DataDeps, { comparedWith }: QualityReport): Promise<Set<string>> {
  const plan = await ledger.plan();
  const named = new Set([comparedWith].filter((one) => one !== null));
  for (const { id, manifest } of await ledger.versions()) {
    if (id === plan.stable || id === plan.canary) named.add(dataVersionIn(manifest));
  }
  return named;
}

const dataVersionIn = (manifest: string): string =>
  String((JSON.parse(manifest) as { dataVersion?: unknown }).dataVersion);
