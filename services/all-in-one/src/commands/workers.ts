import type { AutoscalerView } from '@reelay/autoscaler';
import { AppError } from '@reelay/shared/runtime';
import type { Command } from 'commander';
import { callAdmin } from '../admin-client.ts';
import { readWorkerRange } from '../processes/worker-processes.ts';
import { readRunFile } from '../run-file.ts';
import { readSettings } from '../settings.ts';

interface WorkersOptions {
  set?: string;
  pool: 'single' | 'batch';
  json?: boolean;
}

export function addWorkersCommand(program: Command): void {
  program
    .command('workers')
    .description('the inference workers of a platform that was started with --workers: how many, why, and new bounds')
    .option('--set <n>', 'so many workers (3), or by load within a range (1-6); ends a crash loop')
    .option('--pool <pool>', 'single (requests) or batch (slices of jobs)', 'single')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExamples:\n  $ npx reelay workers\n  $ npx reelay workers --set 2-6')
    .action(async (options: WorkersOptions) => {
      const view = await workers(options);
      console.log(options.json ? JSON.stringify(view) : asText(view));
    });
}

async function workers({ set, pool }: WorkersOptions): Promise<AutoscalerView> {
  const run = await readRunFile(readSettings(process.env).REELAY_HOME);
  const admin = run?.admin.autoscaler;
  if (!admin)
    throw new AppError(
      'NOT_RUNNING',
      'no platform with an autoscaler runs here; start one with "npm run up -- --workers auto"',
    );
  if (set === undefined) return callAdmin<AutoscalerView>(admin, '/admin/workers');
  const { least, most } = readWorkerRange(set);
  if (least === undefined || most === undefined)
    throw new AppError('REQUEST_INVALID', '--set takes a number or a range such as 1-6');
  return callAdmin<AutoscalerView>(admin, '/admin/workers', { method: 'POST', body: { pool, min: least, max: most } });
}

function asText({ pools, workers: all }: AutoscalerView): string {
  const of = (pool: string, state: string) =>
    all.filter((worker) => worker.pool === pool && worker.state === state).length;
  const lines = pools.map(({ pool, wanted, bounds, reason, crashLoop, signals }) =>
    [
      `${pool.padEnd(7)} ${wanted} wanted (${bounds.least}-${bounds.most}, last change: ${reason}), ${of(pool, 'running')} running, ${of(pool, 'draining')} draining`,
      `busy ${percent(signals?.busyFraction)}, ${rate(signals?.arrivalRate)} asked, ${rate(signals?.serviceRate)} a worker, late ${percent(signals?.fallbackShare)}`,
      ...(crashLoop
        ? ['workers die right after their start: see logs/inference-worker.log; --set starts them again']
        : []),
    ].join('\n        '),
  );
  const rows = all.map((worker) =>
    [worker.id.padEnd(18), worker.state.padEnd(9), slotOf(worker).padEnd(6), worker.admin].join(' '),
  );
  return [...lines, ...rows].join('\n');
}

/** Whom a worker serves while a canary runs; the first of a row serves stable alone. */
function slotOf({ pool, place }: AutoscalerView['workers'][number]): string {
  if (pool === 'batch') return 'batch';
  if (place === null) return 'both';
  return place === 0 ? 'stable' : 'canary';
}

const percent = (share: number | null | undefined): string => (share == null ? '–' : `${(share * 100).toFixed(1)} %`);
const rate = (perSecond: number | null | undefined): string => (perSecond == null ? '–' : `${perSecond.toFixed(1)}/s`);
