import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { Router, type Request, type Response } from 'express';
import { activeJobRequest, jobItemsMax } from '@reelay/shared/contracts';
import { AppError, messageOf } from '@reelay/shared/runtime';
import type { JobRow, Ledger } from '@reelay/shared/storage';
import type { JobDeps, JobWishes } from './job-deps.ts';
import type { JobKeeper } from './keep-jobs.ts';
import type { JobMaker } from './make-job.ts';
import { createItemNames, readResults } from './read-results.ts';
import { readUserLines } from './read-user-lines.ts';
import { deadLettersOf, statusOf } from './show-job.ts';

const listedMax = 100;
const bodyMax = '4kb';
const finished: JobRow['state'][] = ['done', 'incomplete', 'cancelled'];

/** `/jobs`: made, listed, watched, read, tried again and cancelled. */
export function createJobRoutes(deps: JobDeps, maker: JobMaker, keeper: JobKeeper): Router {
  const router = Router();
  const names = createItemNames(deps.ledger);
  const show = async (ledger: Ledger, jobId: string) => statusOf(await jobOf(ledger, jobId));

  router.post('/jobs', express.json({ limit: bodyMax }), async (request, response) => {
    const jobId = await makeJob(request, deps, maker);
    response
      .status(202)
      .location(`/jobs/${jobId}`)
      .json(await show(await deps.ledger(), jobId));
  });
  router.get('/jobs', async (_request, response) => {
    response.json({ jobs: (await (await deps.ledger()).jobs(listedMax)).map(statusOf) });
  });
  router.get('/jobs/:id', async (request, response) => {
    response.json(await show(await deps.ledger(), request.params.id));
  });
  router.get('/jobs/:id/results', async (request, response) => {
    const ledger = await deps.ledger();
    const job = await jobOf(ledger, request.params.id);
    if (!finished.includes(job.state) && queryOf(request).get('partial') !== 'true')
      throw new AppError('NOT_FINISHED', `the job is ${job.state}; ?partial=true gives what is there`);
    response.type('application/x-ndjson').set('X-Job-State', job.state);
    await send(readResults(job.jobId, ledger, names), response, deps);
  });
  router.get('/jobs/:id/dead-letters', async (request, response) => {
    const ledger = await deps.ledger();
    const { jobId } = await jobOf(ledger, request.params.id);
    const after = Number(queryOf(request).get('after') ?? -1);
    response.json(deadLettersOf(await ledger.deadSlices(jobId, Number.isInteger(after) ? after : -1, listedMax)));
  });
  router.post('/jobs/:id/retry', async (request, response) => {
    const ledger = await deps.ledger();
    const { jobId } = await jobOf(ledger, request.params.id);
    await ledger.retryDead(jobId);
    keeper.wake();
    response.status(202).json(await show(ledger, jobId));
  });
  router.delete('/jobs/:id', async (request, response) => {
    const ledger = await deps.ledger();
    const { jobId } = await jobOf(ledger, request.params.id);
    if (await ledger.cancelJob(jobId, deps.clock.now())) deps.metrics.countJob('cancelled');
    response.json(await show(ledger, jobId));
  });
  return router;
}

async function jobOf(ledger: Ledger, jobId: string): Promise<JobRow> {
  const job = jobId.length <= 64 ? await ledger.job(jobId) : null;
  if (job === null) throw new AppError('NOT_FOUND', 'no job of this id');
  return job;
}

/** JSON: active users. Anything else is a list of ids, a line each. */
async function makeJob(request: Request, { config }: JobDeps, maker: JobMaker): Promise<string> {
  if (!request.is('application/json'))
    return maker.fromUsers(readUserLines(request), wishesOf(request, config.LIST_LENGTH));
  const parsed = activeJobRequest.safeParse(request.body);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
    throw new AppError('REQUEST_INVALID', problems.join('; '));
  }
  const { active, n = config.LIST_LENGTH, rows = false } = parsed.data;
  return (await maker.fromActive(active, { count: n, asRows: rows })) as string;
}

const queryOf = (request: Request): URLSearchParams => new URLSearchParams(request.url.split('?', 2)[1]);

/** With a list of ids the wishes stand in the query. */
function wishesOf(request: Request, listLength: number): JobWishes {
  const query = queryOf(request);
  const count = Number(query.get('n') ?? listLength);
  if (!Number.isInteger(count) || count < 1 || count > jobItemsMax)
    throw new AppError('REQUEST_INVALID', `n: a whole number from 1 to ${jobItemsMax}`);
  return { count, asRows: query.get('rows') === 'true' };
}

/** A caller that goes away is no fault; a ledger that does cuts the answer off, so that half of it is not taken for all. */
async function send(lines: AsyncGenerator<string>, response: Response, { log }: JobDeps): Promise<void> {
  try {
    await pipeline(Readable.from(lines, { objectMode: false }), response);
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'results were not sent in full');
    response.destroy();
  }
}
