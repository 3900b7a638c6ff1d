import { AppError, systemClock } from '@reelay/shared/runtime';
import type { TrainerState, TrainingResult } from '@reelay/trainer';
import type { Command } from 'commander';
import { callAdmin } from '../admin-client.ts';
import { embeddedAddresses, readSettings } from '../settings.ts';
import { readRunFile } from '../run-file.ts';
import { trainInThisProcess } from '../train-once.ts';

const pollMs = 200;

export function addTrainCommand(program: Command): void {
  program
    .command('train')
    .description('train a model from all that was ingested and offer it for release')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ npx reelay train')
    .action(async ({ json }: { json?: boolean }) => {
      const result = await train();
      console.log(json ? JSON.stringify(result) : asText(result));
    });
}

/** In the running platform's trainer; without one, here. */
async function train(): Promise<TrainingResult> {
  const settings = readSettings(process.env);
  const run = await readRunFile(settings.REELAY_HOME);
  if (!run) return trainInThisProcess({ ...embeddedAddresses(settings), ...process.env });
  return trainThere(run.admin.trainer);
}

/** Starts the training and asks for its state until it has ended. */
export async function trainThere(admin: string, onProgress?: (done: number) => void): Promise<TrainingResult> {
  await callAdmin(admin, '/admin/train', { method: 'POST', body: { wait: false } });
  for (;;) {
    const { state, progress, last } = await callAdmin<TrainerState>(admin, '/admin/train');
    if (state !== 'training') {
      if (last && 'version' in last) return { version: last.version, metrics: last.metrics };
      throw new AppError('TRAINING_FAILED', last?.error.message ?? 'the training ended without a version');
    }
    onProgress?.(progress?.done ?? 0);
    await systemClock.sleep(pollMs);
  }
}

function asText({ version, metrics }: TrainingResult): string {
  const figures = Object.entries(metrics).map(
    ([name, value]) => `  ${name.padEnd(22)} ${value === null ? '–' : +value.toFixed(4)}`,
  );
  return [`version ${version}`, ...figures].join('\n');
}
