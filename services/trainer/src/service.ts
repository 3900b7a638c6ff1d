import type { ModelMetrics } from '@reelay/shared/contracts';
import type { Logger, Registry } from '@reelay/shared/observability';
import { AppError, createService, isRetryable, type Clock, type ErrorCode, type Service } from '@reelay/shared/runtime';
import type { ArtifactStore, Ledger } from '@reelay/shared/storage';
import { createCheckpointStore } from './checkpoints/checkpoint-store.ts';
import type { TrainerConfig } from './config.ts';
import { asTrainingError, createOutcomeTeller } from './tell-outcome.ts';
import { createTrainerMetrics } from './metrics.ts';
import { qualityLimits } from './quality/quality-limits.ts';
import { runTraining, type TrainingDeps, type TrainingProgress } from './run-training.ts';
import { createNoticeSender } from './send-notice.ts';
import { trainingFolders, trainingSettings } from './settings.ts';
import { createSnapshotStore } from './snapshot/snapshot-store.ts';
import { startTriggers } from './triggers/start-triggers.ts';

export interface TrainerDeps {
  config: TrainerConfig;
  ledger: Ledger;
  artifacts: ArtifactStore;
  log: Logger;
  registry: Registry;
  clock: Clock;
}

/** What a training was started by. `resume`: a process was killed in it. */
export type TrainingTrigger = 'command' | 'schedule' | 'volume' | 'start' | 'resume';

export interface TrainingResult {
  version: string;
  metrics: ModelMetrics;
}

export interface TrainOptions {
  onProgress?: (progress: TrainingProgress) => void;
  trigger?: TrainingTrigger;
  /** Train on data that failed its checks. */
  acceptData?: boolean;
}

export interface TrainerState {
  state: 'stopped' | 'idle' | 'training';
  /** Of the training in hand. */
  progress: TrainingProgress | null;
  trigger: TrainingTrigger | null;
  /** How the last one ended. */
  last: (TrainingResult & { seconds: number }) | { error: { code: ErrorCode; message: string } } | null;
}

export interface Trainer extends Service {
  /**
   * Trains once and publishes a candidate. `TRAINING_BUSY` while another is in hand, `NOT_ENOUGH_DATA`, `DATA_SUSPECT`, `TRAINING_TOO_LARGE`,
   * `TRAINING_CANCELLED`, `NOT_RUNNING` when stopped before or during it.
   */
  train(options?: TrainOptions): Promise<TrainingResult>;
  /** Ends the training in hand at its next pause and forgets it; `NOT_FOUND` without one. Resolves when it has ended. */
  cancel(): Promise<void>;
  state(): TrainerState;
}

/**
 * stopped → idle ⇄ training. Every other end than a stop or an outage forgets what was reached, so the next training starts clean; a stop, an
 * outage and a kill leave checkpoints, and the next start goes on.
 */
export function createTrainer(deps: TrainerDeps): Trainer {
  const parts = trainingParts(deps);
  const sendNotice = createNoticeSender({ url: deps.config.NOTICES_URL, ...deps });
  const teller = createOutcomeTeller(deps.log, createTrainerMetrics(deps.registry), sendNotice);
  const state: TrainerState = { state: 'stopped', progress: null, trigger: null, last: null };
  let inHand: Promise<TrainingResult> | undefined;
  let life = new AbortController();
  let cancelling = new AbortController();

  const service = createService('trainer', async (own) => {
    await deps.ledger.plan(); // an unusable ledger shows now, not at the first training
    life = new AbortController();
    state.state = 'idle';
    const end = () => life.abort(new AppError('NOT_RUNNING', 'the trainer was stopped'));
    own(async () => {
      end();
      await inHand?.catch(() => {});
      state.state = 'stopped';
    });
    await startTriggers({ ...deps, parts, train, sendNotice, signal: life.signal, end, own });
  });

  async function train(options: TrainOptions = {}): Promise<TrainingResult> {
    if (state.state === 'stopped') throw new AppError('NOT_RUNNING', 'the trainer does not run');
    if (inHand) throw new AppError('TRAINING_BUSY', 'a training is in hand; one at a time');
    state.state = 'training';
    cancelling = new AbortController();
    // A turn later: whoever cancels at the first progress finds it in hand.
    inHand = Promise.resolve()
      .then(() => trainOnce(options))
      .finally(() => {
        inHand = undefined;
        Object.assign(state, { progress: null, trigger: null });
        if (state.state === 'training') state.state = 'idle';
      });
    return inHand;
  }

  async function cancel(): Promise<void> {
    if (!inHand) throw new AppError('NOT_FOUND', 'no training is in hand');
    cancelling.abort(new AppError('TRAINING_CANCELLED', 'the training was cancelled'));
    await inHand.catch(() => {});
  }

  async function trainOnce({ onProgress, trigger = 'command', acceptData }: TrainOptions): Promise<TrainingResult> {
    state.trigger = trigger;
    const signal = AbortSignal.any([life.signal, cancelling.signal]);
    const startedMs = deps.clock.monotonicMs();
    const tell = (progress: TrainingProgress) => {
      state.progress = progress;
      teller.progress(progress);
      onProgress?.(progress);
    };
    const run = { signal, onProgress: tell, onData: teller.data, acceptData, resume: trigger === 'resume' };
    try {
      const manifest = await runTraining(parts, run);
      const result = { version: manifest.version, metrics: manifest.metrics };
      state.last = { ...result, seconds: (deps.clock.monotonicMs() - startedMs) / 1_000 };
      teller.published(manifest, { trigger, seconds: state.last.seconds });
      return result;
    } catch (cause) {
      // Whatever a stop broke on its way out, the stop is the cause.
      const error = asTrainingError(signal.aborted ? signal.reason : cause);
      state.last = { error: { code: error.code, message: error.message } };
      if (!isRetryable(error)) await parts.checkpoints.clear();
      teller.ended(error, trigger);
      throw error;
    } finally {
      teller.idle();
    }
  }

  return { ...service, train, cancel, state: () => structuredClone(state) };
}

function trainingParts(deps: TrainerDeps): TrainingDeps {
  const { config } = deps;
  const folders = trainingFolders(config);
  return {
    ...deps,
    settings: trainingSettings(config),
    threads: config.TRAINING_THREADS,
    snapshots: createSnapshotStore(folders.snapshots),
    checkpoints: createCheckpointStore(folders.checkpoints),
    rules: {
      partRows: config.SNAPSHOT_PART_ROWS,
      windowDays: config.TRAIN_WINDOW_DAYS === 0 ? null : config.TRAIN_WINDOW_DAYS,
      limits: qualityLimits(config),
      memoryMegabytesMax: config.TRAINING_MB_MAX,
      snapshotsKept: config.SNAPSHOTS_KEEP,
    },
  };
}
