import type { Command } from 'commander';
import { callAdmin } from '../admin-client.ts';
import { embeddedAddresses, readSettings } from '../settings.ts';
import { readRunFile } from '../run-file.ts';
import { trainInThisProcess } from '../train-once.ts';

/** What a finished training says. */
export interface TrainResult {
  version: string;
  metrics: Record<string, number | null>;
}

const trainWithinMs = 3_600_000;

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
async function train(): Promise<TrainResult> {
  const settings = readSettings(process.env);
  const run = await readRunFile(settings.REELAY_HOME);
  console.error('Training …');
  if (!run) return trainInThisProcess({ ...embeddedAddresses(settings), ...process.env });
  return callAdmin(run.admin.trainer, '/admin/train', {
    method: 'POST',
    body: { wait: true },
    timeoutMs: trainWithinMs,
  });
}

function asText({ version, metrics }: TrainResult): string {
  const figures = Object.entries(metrics).map(
    ([name, value]) => `  ${name.padEnd(22)} ${value === null ? '–' : +value.toFixed(4)}`,
  );
  return [`version ${version}`, ...figures].join('\n');
}
