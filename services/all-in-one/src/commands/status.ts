import { openLedger, type Ledger } from '@reelay/shared/storage';
import type { Command } from 'commander';
import { countersIn, readMetrics } from '../admin-client.ts';
import { readRunFile, type RunFile } from '../run-file.ts';
import { embeddedAddresses, readSettings } from '../settings.ts';

export interface Status {
  running: boolean;
  mode: RunFile['mode'] | null;
  gateway: string | null;
  admin: Record<string, string>;
  lines: { received: number; accepted: number; repeated: number; quarantined: number };
  /** Rating rows. */
  ratings: number;
  /** Accepted watch lines. */
  watches: number;
  model: { version: string | null };
  /** Since the start. */
  answers: { model: number; cache: number; fallback: number };
}

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('what was ingested, which model serves, how requests were answered')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ npx reelay status --json')
    .action(async ({ json }: { json?: boolean }) => {
      const status = await readStatus();
      console.log(json ? JSON.stringify(status) : asText(status));
    });
}

/** Reads the running platform of `REELAY_HOME`; without one, what its stores hold. */
export async function readStatus(): Promise<Status> {
  const settings = readSettings(process.env);
  const run = await readRunFile(settings.REELAY_HOME);
  const ledger = await openLedger(
    run?.addresses.LEDGER_URL ?? settings.LEDGER_URL ?? embeddedAddresses(settings).LEDGER_URL,
  );
  try {
    return await statusOf(run, ledger);
  } finally {
    await ledger.close();
  }
}

async function statusOf(run: RunFile | undefined, ledger: Ledger): Promise<Status> {
  const [counts, plan] = await Promise.all([ledger.counts(), ledger.plan()]);
  const gateways = Object.entries(run?.admin ?? {}).filter(([name]) => /^gateway(-\d+)?$/.test(name));
  const answers = await Promise.all(
    gateways.map(async ([, url]) => countersIn(await readMetrics(url), 'reelay_gateway_answers_total', 'outcome')),
  );
  const of = (outcome: string) => answers.reduce((sum, one) => sum + (one.get(outcome) ?? 0), 0);
  return {
    running: run !== undefined,
    mode: run?.mode ?? null,
    gateway: run?.gateway ?? null,
    admin: run?.admin ?? {},
    ...counts,
    model: { version: plan.stable },
    answers: { model: of('model'), cache: of('cache'), fallback: of('fallback') },
  };
}

const count = (value: number): string => value.toLocaleString('en');

function asText(status: Status): string {
  const { lines, answers } = status;
  const admin = Object.entries(status.admin).map(([name, url]) => `${name} ${url}`);
  return [
    status.running ? `running (${status.mode}) at ${status.gateway}` : 'not running',
    `lines     ${count(lines.received)} received = ${count(lines.accepted)} accepted + ${count(lines.repeated)} repeated + ${count(lines.quarantined)} quarantined`,
    `ratings   ${count(status.ratings)}`,
    `watches   ${count(status.watches)}`,
    `model     ${status.model.version ?? 'none yet'}`,
    `answers   ${count(answers.model)} model, ${count(answers.cache)} cache, ${count(answers.fallback)} fallback`,
    ...admin.map((line) => `admin     ${line}`),
  ].join('\n');
}
