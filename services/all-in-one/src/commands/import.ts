import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@reelay/shared/runtime';
import type { TrainingResult } from '@reelay/trainer';
import type { Command } from 'commander';
import { importData, type ImportResult } from '../importing/import-data.ts';
import { readRunFile } from '../run-file.ts';
import { addressesHere, readSettings } from '../settings.ts';
import { trainInThisProcess } from '../train-once.ts';

interface ImportOptions {
  train: boolean;
  json?: boolean;
}

type Imported = Omit<ImportResult, 'numberedUsers'> & {
  /** File of `user_id,id`, where the users of the data set were numbered. */
  userIdsFile: string | null;
  /** The candidate that was trained; the next start releases it. */
  version: string | null;
};

export function addImportCommand(program: Command): void {
  program
    .command('import')
    .argument('<path>', 'a MovieLens folder, a CSV file of user,item,rating|minutes[,time], or CloudEvents (.ndjson)')
    .description('store a data set as if the event log had brought it, and train a model of it')
    .option('--no-train', 'store it alone')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nThe same data twice is stored once. A row that cannot be used goes to quarantine and makes the exit code 1.\n\nExamples:\n  $ npx reelay import ml-100k\n  $ npx reelay import plays.csv --no-train --json\n  $ npx reelay up --no-simulator   # then serves it',
    )
    .action(async (path: string, options: ImportOptions) => {
      const result = await importHere(path, options);
      console.log(options.json ? JSON.stringify(result) : asText(result));
      if (result.bad.length > 0) process.exitCode = 1;
    });
}

async function importHere(path: string, { train }: ImportOptions): Promise<Imported> {
  const settings = readSettings(process.env);
  const run = await readRunFile(settings.REELAY_HOME);
  if (run)
    throw new AppError('REQUEST_INVALID', `a platform runs from ${settings.REELAY_HOME} (process ${run.pid}): stop it, then import`); // prettier-ignore
  const addresses = addressesHere(settings);
  const { numberedUsers, ...result } = await importData(path, addresses);
  const userIdsFile = numberedUsers ? await writeUserIds(settings.REELAY_HOME, result.topic, numberedUsers) : null;
  const trained = train ? await trainInThisProcess({ ...addresses, ...process.env }) : undefined;
  return { ...result, userIdsFile, version: versionOf(trained) };
}

const versionOf = (trained: TrainingResult | undefined): string | null => trained?.version ?? null;

async function writeUserIds(home: string, topic: string, ids: readonly string[]): Promise<string> {
  const folder = join(home, 'imports');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${topic}-users.csv`);
  const rows = ids.map((id, place) => `${place + 1},"${id.replaceAll('"', '""')}"`);
  await writeFile(file, `user_id,id\n${rows.join('\n')}\n`);
  return file;
}

const count = (value: number): string => value.toLocaleString('en');

function asText(result: Imported): string {
  const { rows, users, items, lines, ratings, bad, version, userIdsFile, ratingFactor } = result;
  return [
    `${count(rows)} rows of ${count(users)} users and ${count(items)} items`,
    `lines  ${count(lines.received)} received = ${count(lines.accepted)} accepted + ${count(lines.repeated)} repeated + ${count(lines.quarantined)} quarantined`,
    `ratings in the ledger  ${count(ratings)}`,
    ...(ratingFactor === 1 ? [] : ['half stars: ratings are stored as points, twice the stars']),
    ...(userIdsFile ? [`the users were numbered: ${userIdsFile}`] : []),
    ...bad.map((one) => `not used  ${count(one.count)} rows: ${one.reason}, first in line ${one.firstLine} (npx reelay quarantine)`), // prettier-ignore
    ...(version ? [`version ${version}: npx reelay up --no-simulator serves it`] : []),
  ].join('\n');
}
