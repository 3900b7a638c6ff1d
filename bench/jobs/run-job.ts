import { setTimeout as pause } from 'node:timers/promises';
import { jobStatus, type JobStatus } from '@reelay/shared/contracts';
import { checkResults, noProblems } from '../../test/check-results.ts';

const pollMs = 50;

export interface JobRun {
  /** From the first byte of the request to the end of the job. */
  seconds: number;
  job: JobStatus;
}

/** Sends users 1 to `users` as a job and waits for its end. Throws unless every one of them got a list of their own. */
export async function runJob(gatewayUrl: string, users: number, query = ''): Promise<JobRun> {
  const body = Array.from({ length: users }, (_, at) => at + 1).join('\n');
  const started = performance.now();
  const response = await fetch(`${gatewayUrl}/jobs${query}`, { method: 'POST', body });
  let job = jobStatus.parse(await response.json());
  while (job.state === 'loading' || job.state === 'running') {
    await pause(pollMs);
    job = jobStatus.parse(await (await fetch(`${gatewayUrl}/jobs/${job.jobId}`)).json());
  }
  const seconds = (performance.now() - started) / 1_000;
  if (job.state !== 'done' || job.users.model !== users) throw new Error(`the job ended so: ${JSON.stringify(job)}`);
  return { seconds, job };
}

/** Reads the results and throws unless each user is there once with a full list. */
export async function verifyJob(gatewayUrl: string, { job }: JobRun, users: number): Promise<void> {
  const text = await (await fetch(`${gatewayUrl}/jobs/${job.jobId}/results`)).text();
  const ids = Array.from({ length: users }, (_, at) => at + 1);
  const problems = checkResults(ids, text, job.n);
  if (JSON.stringify(problems) !== JSON.stringify(noProblems))
    throw new Error(`results are wrong: ${JSON.stringify(problems).slice(0, 500)}`);
}
