import { RecommenderError } from '@reelay/recommender';
import type { Manifest } from '@reelay/shared/contracts';
import type { Logger } from '@reelay/shared/observability';
import { AppError, messageOf, type ErrorCode } from '@reelay/shared/runtime';
import type { TrainerMetrics, TrainingOutcome } from './metrics.ts';
import type { PreparedData } from './prepare-data.ts';
import type { SendNotice } from './send-notice.ts';
import type { TrainingProgress } from './run-training.ts';

/** What is said of a training, to the log and in metrics; the one place that tells how it ended. */
export interface OutcomeTeller {
  progress(progress: TrainingProgress): void;
  data(data: PreparedData): void;
  published(manifest: Manifest, run: { trigger: string; seconds: number }): void;
  ended(error: AppError, trigger: string): void;
  idle(): void;
}

export function createOutcomeTeller(log: Logger, metrics: TrainerMetrics, sendNotice: SendNotice): OutcomeTeller {
  return {
    progress: ({ step, done }) => metrics.progress.set({ step }, done),
    data({ description, quality, memoryBytes }) {
      metrics.memory.set(memoryBytes);
      metrics.rows.set(description.summary.interactions);
      const odd = quality.checks.filter(({ verdict }) => verdict !== 'passed').map(({ text }) => text);
      if (odd.length > 0)
        log.warn({ dataVersion: description.dataVersion, odd }, 'the data looks odd and is trained on');
    },
    published(manifest, run) {
      notePublished(metrics, manifest, run.seconds);
      const { version, metrics: figures, dataVersion } = manifest;
      log.info({ version, metrics: figures, dataVersion, ...run }, 'version published');
    },
    ended(error, trigger) {
      const outcome = outcomes[error.code] ?? 'failed';
      metrics.trainings.inc({ outcome });
      const facts = { code: error.code, error: error.message, trigger };
      if (outcome === 'data_suspect') {
        log.error(facts, 'the data looks wrong; not trained');
        sendNotice({ kind: 'data-quality', subject: 'Training stopped: the data looks wrong', text: error.message });
      } else if (outcome === 'failed') {
        log.error(facts, 'training failed');
        sendNotice({ kind: 'training-crash', subject: `Training failed (${error.code})`, text: error.message });
      } else log.warn(facts, 'training ended without a version');
    },
    idle: () => metrics.progress.reset(),
  };
}

/** A refusal of the mathematics is the data's fault or the settings'; the same try would fail again. */
export function asTrainingError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const code = cause instanceof RecommenderError ? 'DATA_INVALID' : 'TRAINING_FAILED';
  return new AppError(code, messageOf(cause), { cause });
}

const outcomes: Partial<Record<ErrorCode, TrainingOutcome>> = {
  NOT_ENOUGH_DATA: 'not_enough_data',
  DATA_SUSPECT: 'data_suspect',
  TRAINING_TOO_LARGE: 'too_large',
  TRAINING_CANCELLED: 'cancelled',
  NOT_RUNNING: 'stopped',
};

function notePublished(metrics: TrainerMetrics, manifest: Manifest, seconds: number): void {
  const { version, gitCommit, metrics: figures } = manifest;
  metrics.trainings.inc({ outcome: 'published' satisfies TrainingOutcome });
  metrics.duration.observe(seconds);
  metrics.published.reset();
  metrics.published.set({ version, commit: gitCommit }, 1);
  metrics.publishedAt.set(Date.parse(manifest.createdAt) / 1_000);
  metrics.quality.reset();
  for (const [measure, value] of Object.entries(figures)) {
    if (typeof value === 'number') metrics.quality.set({ measure }, value);
  }
}
