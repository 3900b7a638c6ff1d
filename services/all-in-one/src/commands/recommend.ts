import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { jobResult, type JobStatus } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import type { Command } from 'commander';
import { openJobClient, type JobClient } from '../job-client.ts';
import { createProgress } from '../terminal/progress.ts';

interface RecommendOptions {
  users?: string;
  active?: string;
  n?: string;
  rows?: boolean;
  out?: string;
  json?: boolean;
}

export function addRecommendCommand(program: Command): void {
  program
    .command('recommend')
    .description('lists for many users, as a job of the running platform')
    .option('--users <file>', 'a file of user ids, one a line')
    .option('--active <days>', 'users who did something in the last days')
    .option('--n <items>', 'items of each list')
    .option('--rows', 'also as rows of SQL (table job_rows)')
    .option('--out <file>', 'the results go there as lines of JSON, and the job is told here')
    .option('--json', 'one JSON object a user; with --out one for the job')
    .addHelpText(
      'after',
      '\nExamples:\n  $ npx reelay recommend --users ids.txt --out lists.ndjson\n  $ npx reelay recommend --active 30 --n 10 --json',
    )
    .action(recommend);
}

async function recommend(options: RecommendOptions): Promise<void> {
  const source = sourceOf(options);
  const n = options.n === undefined ? undefined : numberOf(options.n, '--n');
  const client = await openJobClient(process.env);
  const started = performance.now();
  const { jobId } = await client.make(source, { n, rows: options.rows });
  const progress = createProgress('users');
  const job = await client.wait(jobId, ({ users }) => progress.update(users.model + users.fallback + users.failed, users.total)); // prettier-ignore
  progress.end();
  await writeResults(client, job, options);
  const seconds = (performance.now() - started) / 1_000;
  if (options.out !== undefined) console.log(options.json ? JSON.stringify(job) : jobText(job, seconds));
  if (job.state !== 'done')
    throw new AppError('NOT_FINISHED', `job ${jobId} is ${job.state}: npx reelay jobs show ${jobId}`);
}

function sourceOf({ users, active }: RecommendOptions): { file: string } | { active: number } {
  if ((users === undefined) === (active === undefined))
    throw new AppError('REQUEST_INVALID', 'say whose lists: --users <file> or --active <days>');
  return users === undefined ? { active: numberOf(active ?? '', '--active') } : { file: users };
}

function numberOf(text: string, name: string): number {
  const value = Number(text);
  if (text === '' || !(value > 0)) throw new AppError('REQUEST_INVALID', `${name} is a number above 0`);
  return value;
}

async function writeResults(client: JobClient, { jobId }: JobStatus, { out, json }: RecommendOptions): Promise<void> {
  if (out === undefined) return client.results(jobId, json ? process.stdout : tableTo(process.stdout));
  const file = createWriteStream(out);
  await client.results(jobId, file);
  file.end();
  await finished(file);
}

/** Lines of JSON in, one line a user out. */
function tableTo(stream: NodeJS.WritableStream): Writable {
  let rest = '';
  return new Writable({
    decodeStrings: false,
    write(chunk: Buffer | string, _encoding, done) {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      stream.write(lines.map(lineOf).join(''));
      done();
    },
  });
}

function lineOf(line: string): string {
  const { userId, outcome, items } = jobResult.parse(JSON.parse(line));
  const mark = outcome === 'model' ? '' : `  (${outcome})`;
  return `${userId}  ${items.map(({ id }) => id).join(',')}${mark}\n`;
}

function jobText({ jobId, state, users, retries }: JobStatus, seconds: number): string {
  const count = (value: number): string => value.toLocaleString('en');
  const rate = Math.round(users.total / seconds);
  return `job ${jobId} ${state}: ${count(users.total)} users, ${count(users.fallback)} fallbacks, ${count(users.failed)} failed, ${retries} retries, ${count(rate)} users/s`;
}
