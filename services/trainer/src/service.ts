import { RecommenderError } from '@reelay/recommender';
import type { Manifest, ModelMetrics } from '@reelay/shared/contracts';
import type { Logger, Registry } from '@reelay/shared/observability';
import { AppError, createService, errorCode, messageOf, type Clock, type Service } from '@reelay/shared/runtime';
import type { ArtifactStore, Ledger } from '@reelay/shared/storage';
import { trainingSettings } from './settings.ts';
import type { TrainerConfig } from './config.ts';
import { createTrainerMetrics, type TrainerMetrics, type TrainingOutcome } from './metrics.ts';
import { runTraining, type TrainingDeps, type TrainingProgress } from './run-training.ts';
import { trainOnStart } from './train-on-start.ts';

export interface TrainerDeps {
  config: TrainerConfig;
  ledger: Ledger;
  artifacts: ArtifactStore;
  log: Logger;
  registry: Registry;
  clock: Clock;
}

export interface TrainingResult {
  version: string;
  metrics: ModelMetrics;
}

export interface TrainOptions {
  onProgress?: (progress: TrainingProgress) => void;
}

export interface TrainerState {
  state: 'stopped' | 'idle' | 'training';
  /** Of the training in hand. */
  progress: TrainingProgress | null;
  /** How the last one ended. */
  last: (TrainingResult & { seconds: number }) | { error: { code: string; message: string } } | null;
}

export interface Trainer extends Service {
  /**
   * Trains once and publishes a candidate. `TRAINING_BUSY` while another is in hand, `NOT_ENOUGH_DATA`, `NOT_RUNNING` when stopped before
   * or during it.
   */
  train(options?: TrainOptions): Promise<TrainingResult>;
  state(): TrainerState;
}

/** stopped → idle ⇄ training; a stop ends the training in hand at its next pause and publishes nothing. */
export function createTrainer(deps: TrainerDeps): Trainer {
  const metrics = createTrainerMetrics(deps.registry);
  const parts: TrainingDeps = {
    ...deps,
    settings: trainingSettings(deps.config),
    threads: deps.config.TRAINING_THREADS,
  };
  const state: TrainerState = { state: 'stopped', progress: null, last: null };
  let inHand: Promise<TrainingResult> | undefined;
  let life = new AbortController();

  const service = createService('trainer', async (own) => {
    await deps.ledger.plan(); // an unusable ledger shows now, not at the first training
    life = new AbortController();
    state.state = 'idle';
    own(async () => {
      life.abort(new AppError('NOT_RUNNING', 'the trainer was stopped'));
      await inHand?.catch(() => {});
      state.state = 'stopped';
    });
    if (!deps.config.TRAIN_ON_START) return;
    const waiting = trainOnStart(deps, train, life.signal);
    own(async () => {
      life.abort(new AppError('NOT_RUNNING', 'the trainer was stopped'));
      await waiting;
    });
  });

  async function train({ onProgress }: TrainOptions = {}): Promise<TrainingResult> {
    if (state.state === 'stopped') throw new AppError('NOT_RUNNING', 'the trainer does not run');
    if (inHand) throw new AppError('TRAINING_BUSY', 'a training is in hand; one at a time');
    inHand = trainOnce(onProgress).finally(() => {
      inHand = undefined;
      state.progress = null;
      if (state.state === 'training') state.state = 'idle';
    });
    return inHand;
  }

  async function trainOnce(onProgress?: TrainOptions['onProgress']): Promise<TrainingResult> {
    state.state = 'training';
    const startedMs = deps.clock.monotonicMs();
    const tell = (progress: TrainingProgress) => {
      state.progress = progress;
      metrics.progress.set({ step: progress.step }, progress.done);
      onProgress?.(progress);
    };
    try {
      const manifest = await runTraining(parts, { signal: life.signal, onProgress: tell });
      const seconds = (deps.clock.monotonicMs() - startedMs) / 1_000;
      const result = { version: manifest.version, metrics: manifest.metrics };
      state.last = { ...result, seconds };
      notePublished(metrics, manifest, seconds);
      deps.log.info({ ...result, seconds, dataVersion: manifest.dataVersion }, 'version published');
      return result;
    } catch (cause) {
      // Whatever a stop broke on its way out, the stop is the cause.
      const error = asAppError(life.signal.aborted ? life.signal.reason : cause);
      state.last = { error: { code: error.code, message: error.message } };
      metrics.trainings.inc({ outcome: outcomeOf(error) });
      deps.log.warn({ code: error.code, error: error.message }, 'training ended without a version');
      throw error;
    } finally {
      metrics.progress.reset();
    }
  }

  return { ...service, train, state: () => structuredClone(state) };
}

function notePublished(metrics: TrainerMetrics, { version, gitCommit, metrics: figures }: Manifest, seconds: number) {
  metrics.trainings.inc({ outcome: 'published' satisfies TrainingOutcome });
  metrics.duration.observe(seconds);
  metrics.published.reset();
  metrics.published.set({ version, commit: gitCommit }, 1);
  metrics.quality.reset();
  for (const [measure, value] of Object.entries(figures)) if (value !== null) metrics.quality.set({ measure }, value);
}

function asAppError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  // What the mathematics refuses is the data's fault or the settings'; the same try would fail again.
  const code = cause instanceof RecommenderError ? 'DATA_INVALID' : 'TRAINING_FAILED';
  return new AppError(code, messageOf(cause), { cause });
}

function outcomeOf(error: AppError): TrainingOutcome {
  if (errorCode(error) === 'NOT_ENOUGH_DATA') return 'not_enough_data';
  return errorCode(error) === 'NOT_RUNNING' ? 'stopped' : 'failed';
}
