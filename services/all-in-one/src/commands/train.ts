import { AppError, systemClock } from '@reelay/shared/runtime';
import type { TrainerState, TrainingProgress, TrainingResult } from '@reelay/trainer';
import type { Command } from 'commander';
import { callAdmin } from '../admin-client.ts';
import { embeddedAddresses, readSettings } from '../settings.ts';
import { readRunFile } from '../run-file.ts';
import { createTrainingProgress } from '../terminal/training-progress.ts';
import { trainInThisProcess } from '../train-once.ts';

const pollMs = 200;

interface TrainCommand {
  json?: boolean;
  acceptData?: boolean;
}

export function addTrainCommand(program: Command): void {
  program
    .command('train')
    .description('train a model from all that was ingested and offer it for release; Ctrl-C cancels')
    .option('--accept-data', 'train though the data failed its checks, and compare later data with it')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ npx reelay train')
    .action(async (options: TrainCommand) => {
      const result = await train(options);
      console.log(options.json ? JSON.stringify(result) : asText(result));
    });
}

/** In the running platform's trainer; without one, here. */
async function train({ acceptData = false }: TrainCommand): Promise<TrainingResult> {
  const settings = readSettings(process.env);
  const run = await readRunFile(settings.REELAY_HOME);
  if (!run) return trainInThisProcess({ ...embeddedAddresses(settings), ...process.env }, { acceptData });
  const progress = createTrainingProgress();
  const cancel = () => void callAdmin(run.admin.trainer, '/admin/train', { method: 'DELETE' }).catch(() => {});
  try {
    return await trainThere(run.admin.trainer, { acceptData, onProgress: progress.update, onStarted: () => process.once('SIGINT', cancel) }); // prettier-ignore
  } finally {
    process.off('SIGINT', cancel);
    progress.end();
  }
}

export interface TrainThere {
  acceptData?: boolean;
  onProgress?: (progress: TrainingProgress) => void;
  /** The training is ours, and nobody else's whom we follow. */
  onStarted?: () => void;
}

/** Starts the training, or follows the one that is in hand, and asks for its state until it has ended. */
export async function trainThere(
  admin: string,
  { acceptData = false, onProgress, onStarted }: TrainThere = {},
): Promise<TrainingResult> {
  const before = await callAdmin<TrainerState>(admin, '/admin/train');
  if (before.state !== 'training') {
    await callAdmin(admin, '/admin/train', { method: 'POST', body: { wait: false, acceptData } });
    onStarted?.();
  }
  for (;;) {
    const { state, progress, last } = await callAdmin<TrainerState>(admin, '/admin/train');
    if (state !== 'training') {
      if (last && 'version' in last) return { version: last.version, metrics: last.metrics };
      throw new AppError(last?.error.code ?? 'TRAINING_FAILED', last?.error.message ?? 'it ended without a version');
    }
    if (progress) onProgress?.(progress);
    await systemClock.sleep(pollMs);
  }
}

function asText({ version, metrics }: TrainingResult): string {
  const figures = Object.entries(metrics).flatMap(([name, value]) =>
    typeof value === 'number' || value === null
      ? [`  ${name.padEnd(22)} ${value === null ? '–' : +value.toFixed(4)}`]
      : [],
  );
  return [`version ${version}`, ...figures].join('\n');
}
