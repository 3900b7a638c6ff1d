import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { jobList, jobStatus, type JobStatus } from '@reelay/shared/contracts';
import { AppError, messageOf, systemClock } from '@reelay/shared/runtime';
import { readRunFile } from './run-file.ts';
import { readSettings } from './settings.ts';

const callMs = 30_000;
const pollMs = 250;
const open: JobStatus['state'][] = ['loading', 'running'];

export interface JobClient {
  /** A file of user ids, one a line, sent as it is read; or users active in so many days. */
  make(from: { file: string } | { active: number }, wishes: { n?: number; rows?: boolean }): Promise<JobStatus>;
  list(): Promise<JobStatus[]>;
  show(jobId: string): Promise<JobStatus>;
  cancel(jobId: string): Promise<JobStatus>;
  retry(jobId: string): Promise<JobStatus>;
  deadLetters(jobId: string): Promise<unknown>;
  /** Asks until it has ended. */
  wait(jobId: string, onProgress: (job: JobStatus) => void): Promise<JobStatus>;
  /** Results as lines of JSON, written as they come. */
  results(jobId: string, to: Writable): Promise<void>;
}

/** Jobs of the platform that runs in this home, or at `GATEWAY_URL`; `API_KEY` where it wants one. Everything throws `NOT_RUNNING` without one. */
export async function openJobClient(environment: NodeJS.ProcessEnv): Promise<JobClient> {
  const base = environment.GATEWAY_URL ?? (await readRunFile(readSettings(environment).REELAY_HOME))?.gateway;
  if (base === undefined) throw new AppError('NOT_RUNNING', 'no platform runs here: npm start, or set GATEWAY_URL');
  const key = environment.API_KEY;
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };

  const call = async (path: string, options: RequestInit & { unbounded?: boolean } = {}): Promise<Response> => {
    const { unbounded, headers: more, ...rest } = options;
    const signal = unbounded ? undefined : AbortSignal.timeout(callMs);
    const sent = { ...rest, signal, headers: { ...headers, ...(more as Record<string, string>) } };
    const response = await fetch(new URL(path, base), sent).catch((cause: unknown) => {
      throw new AppError('NOT_RUNNING', `${base} does not answer (${messageOf(cause)})`, { cause });
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  };
  const status = async (path: string, options?: RequestInit): Promise<JobStatus> =>
    jobStatus.parse(await (await call(path, options)).json());
  const show = (jobId: string): Promise<JobStatus> => status(pathOf(jobId));

  return {
    async make(from, { n, rows }) {
      if ('active' in from) {
        const body = JSON.stringify({ active: from.active, ...(n && { n }), ...(rows && { rows }) });
        return status('/jobs', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
      }
      const query = new URLSearchParams({ ...(n && { n: String(n) }), ...(rows && { rows: 'true' }) });
      return jobStatus.parse(await (await call(`/jobs?${query.toString()}`, await fileBody(from.file))).json());
    },
    list: async () => jobList.parse(await (await call('/jobs')).json()).jobs,
    show,
    cancel: (jobId) => status(pathOf(jobId), { method: 'DELETE' }),
    retry: (jobId) => status(`${pathOf(jobId)}/retry`, { method: 'POST' }),
    deadLetters: async (jobId) => (await call(`${pathOf(jobId)}/dead-letters`)).json(),
    async wait(jobId, onProgress) {
      for (;;) {
        const job = await show(jobId);
        onProgress(job);
        if (!open.includes(job.state)) return job;
        await systemClock.sleep(pollMs);
      }
    },
    async results(jobId, to) {
      const { body } = await call(`${pathOf(jobId)}/results`, { unbounded: true });
      if (body) await pipeline(Readable.fromWeb(body), to, { end: false });
    },
  };
}

const pathOf = (jobId: string): string => `/jobs/${encodeURIComponent(jobId)}`;

/** Opened before anything is sent, so that a file that is not there is told as such. */
async function fileBody(file: string): Promise<RequestInit & { duplex: 'half'; unbounded: true }> {
  const stream = createReadStream(file);
  await once(stream, 'open').catch((cause: unknown) => {
    throw new AppError('NOT_FOUND', `cannot read ${file}: ${messageOf(cause)}`, { cause });
  });
  const body = Readable.toWeb(stream) as unknown as ReadableStream;
  return { method: 'POST', body, duplex: 'half', unbounded: true, headers: { 'content-type': 'application/x-ndjson' } };
}

async function refusalOf(response: Response): Promise<AppError> {
  const content = (await response.json().catch(() => undefined)) as { error?: { code: string; message: string } };
  const text = content?.error?.message ?? `the gateway answered ${response.status}`;
  return new AppError(
    response.status === 404 ? 'NOT_FOUND' : response.status < 500 ? 'REQUEST_INVALID' : 'NOT_RUNNING',
    text,
  );
}
