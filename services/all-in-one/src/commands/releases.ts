import { userInfo } from 'node:os';
import {
  viewReleases,
  type CanaryLook,
  type CommandName,
  type CommandResult,
  type ReleasesView,
} from '@reelay/release-manager';
import type { Plan } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import type { Command } from 'commander';
import { callAdmin } from '../admin-client.ts';
import { withLedgerAtHome } from '../ledger-at-home.ts';
import { readRunFile } from '../run-file.ts';
import { readSettings } from '../settings.ts';

/** Loading and checking a whole model may come before the change. */
const commandMs = 120_000;
/** Of what may be left out. */
const lookMs = 2_000;

interface CommandOptions {
  json?: boolean;
  reason?: string;
  end?: boolean;
}

/** `releases`, and the commands that move a release: `promote`, `abort`, `rollback`, `hold`. */
export function addReleaseCommands(program: Command): void {
  program
    .command('releases')
    .description('every model version with its state, and the plan: which of them serves whom')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ npx reelay releases')
    .action(({ json }: CommandOptions) =>
      withLedgerAtHome(async ({ ledger }) => {
        const view = { ...(await viewReleases(ledger)), verdict: await lastLook() };
        console.log(json ? JSON.stringify(view) : asText(view, view.verdict));
      }),
    );
  moving(program, 'promote', 'the canary, or a version by its id or number, serves everybody from now on')
    .argument('[version]', 'such as 17 or 17-3fa9c1; without one, the canary')
    .addHelpText('after', '\nExample:\n  $ npx reelay promote --reason "seen enough"')
    .action((version: string | undefined, options: CommandOptions) => run('promote', options, version));
  moving(program, 'abort', 'the canary is withdrawn; all its users go back to the stable version')
    .addHelpText('after', '\nExample:\n  $ npx reelay abort --reason "recommends one film to everybody"')
    .action((options: CommandOptions) => run('abort', options));
  moving(program, 'rollback', 'an earlier version serves everybody again; the present one is withdrawn')
    .argument('<version>', 'such as 16 or 16-0b77de')
    .addHelpText('after', '\nExample:\n  $ npx reelay rollback 16')
    .action((version: string, options: CommandOptions) => run('rollback', options, version));
  moving(program, 'hold', 'releases stay as they are: no canary begins, grows or is promoted by itself')
    .option('--end', 'they go on')
    .addHelpText('after', '\nExamples:\n  $ npx reelay hold\n  $ npx reelay hold --end')
    .action((options: CommandOptions) => run(options.end ? 'resume' : 'hold', options));
}

const moving = (program: Command, name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .option('--reason <text>', 'kept with the change, beside who and when')
    .option('--json', 'one JSON object');

const adminOfManager = async (): Promise<string | undefined> =>
  (await readRunFile(readSettings(process.env).REELAY_HOME))?.admin['release-manager'];

/** What the running release-manager found when it last looked at the canary; null when none runs, of either. */
async function lastLook(): Promise<CanaryLook | null> {
  const admin = await adminOfManager();
  return admin === undefined
    ? null
    : callAdmin<CanaryLook | null>(admin, '/admin/releases/verdict', { timeoutMs: lookMs }).catch(() => null);
}

/** In the running release-manager, the only writer of the plan. */
async function run(name: CommandName, { json, reason }: CommandOptions, version?: string): Promise<void> {
  const admin = await adminOfManager();
  if (admin === undefined) throw new AppError('NOT_RUNNING', 'no release-manager runs here; start it: npx reelay up');
  const body = { by: userInfo().username, version, reason };
  const result = await callAdmin<CommandResult>(admin, `/admin/releases/${name}`, {
    method: 'POST',
    body,
    timeoutMs: commandMs,
  });
  console.log(json ? JSON.stringify(result) : result.changed ? planText(result.plan) : result.reason);
}

function asText({ plan, versions, history }: ReleasesView, look: CanaryLook | null): string {
  const rows = versions.map(({ id, state, reason }) => `${id.padEnd(14)} ${state.padEnd(10)} ${reason}`);
  const changes = history.map(({ epoch, at, state, held, version, by, reason }) => {
    const what = `${state}${held ? ', held' : ''}`.padEnd(12);
    return `${String(epoch).padStart(4)}  ${new Date(at).toISOString()}  ${what} ${version.padEnd(14)} ${by}: ${reason}`;
  });
  const parts = [[planText(plan)], lookLines(plan, look), rows, changes].filter((part) => part.length > 0);
  return parts.map((part) => part.join('\n')).join('\n\n');
}

/** Of the canary that runs now. */
function lookLines({ canary }: Plan, look: CanaryLook | null): string[] {
  if (look === null || look.version !== canary) return [];
  const findings = look.findings.map(({ state, text }) => `  ${state.padEnd(5)} ${text}`);
  return [`${look.outcome}, ${new Date(look.at).toISOString()}: ${look.reason}`, ...findings];
}

function planText({ stable, canary, share, release }: Plan): string {
  if (stable === null) return 'nothing is released yet';
  const serving = canary === null ? stable : `${stable}, ${+(share * 100).toFixed(2)} % of the users on ${canary}`;
  if (!release) return serving;
  const { state, by, at, reason, held } = release;
  return `${serving}\n${state}${held ? ', held' : ''} by ${by}, ${new Date(at).toISOString()}: ${reason}`;
}
