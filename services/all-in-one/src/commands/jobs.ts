import type { JobStatus } from '@reelay/shared/contracts';
import type { Command } from 'commander';
import { openJobClient, type JobClient } from '../job-client.ts';

interface JobsOptions {
  json?: boolean;
}

export function addJobsCommand(program: Command): void {
  const jobs = program
    .command('jobs')
    .description('jobs over many users: those of late, one of them, its dead letters, its end')
    .addHelpText(
      'after',
      '\nExamples:\n  $ npx reelay jobs list --json\n  $ npx reelay jobs show <id>\n  $ npx reelay jobs cancel <id>\n\nEvery one of them takes --json.',
    );
  jobs
    .command('list')
    .description('the newest jobs')
    .option('--json', 'one JSON object')
    .action(async (options: JobsOptions) => {
      const listed = await (await openJobClient(process.env)).list();
      console.log(options.json ? JSON.stringify({ jobs: listed }) : listed.map(lineOf).join('\n') || 'no jobs yet');
    });
  addAction(jobs, 'show', 'how far a job is', (client, jobId) => client.show(jobId));
  addAction(jobs, 'cancel', 'nothing more of it is computed; what is done stays', (client, jobId) =>
    client.cancel(jobId),
  );
  addAction(jobs, 'retry', 'its dead letters are tried once more', (client, jobId) => client.retry(jobId));
  jobs
    .command('dead-letters <id>')
    .description('slices that were given up, with their users and the reason')
    .option('--json', 'one JSON object')
    .action(async (jobId: string) => {
      console.log(JSON.stringify(await (await openJobClient(process.env)).deadLetters(jobId), null, 2));
    });
}

function addAction(
  jobs: Command,
  name: string,
  description: string,
  act: (client: JobClient, jobId: string) => Promise<JobStatus>,
): void {
  jobs
    .command(`${name} <id>`)
    .description(description)
    .option('--json', 'one JSON object')
    .action(async (jobId: string, { json }: JobsOptions) => {
      const job = await act(await openJobClient(process.env), jobId);
      console.log(json ? JSON.stringify(job) : lineOf(job));
    });
}

function lineOf({ jobId, state, created, users, slices, reason }: JobStatus): string {
  const done = users.model + users.fallback + users.failed;
  const dead = slices.dead > 0 ? `, ${slices.dead} slices dead` : '';
  const why = reason === '' ? '' : `  ${reason}`;
  return `${created}  ${jobId}  ${state}  ${done.toLocaleString('en')} of ${users.total.toLocaleString('en')} users${dead}${why}`;
}
