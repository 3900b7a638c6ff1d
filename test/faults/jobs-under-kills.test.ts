import { request } from 'node:http';
import { missingServers } from '@reelay/native';
import { jobStatus, type JobStatus } from '@reelay/shared/contracts';
import { waitUntil } from '@reelay/shared/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MysqlDatabase } from '../../packages/shared/src/storage/mysql/mysql-database.ts';
import { MysqlPool } from '../../packages/shared/src/storage/mysql/mysql-pool.ts';
import { checkResults, noProblems } from '../check-results.ts';
import { openJobPlatform, type JobPlatform } from './job-platform.ts';

const missing = await missingServers(['rabbitmq', 'redis', 'mariadb']);
if (missing.length > 0) {
  const sentence = `not run: jobs under kills, since ${missing.map(({ name }) => name).join(' and ')} are not installed. ${missing[0]?.cure}`;
  if (process.env.REQUIRE_REAL === '1') throw new Error(sentence);
  console.log(sentence);
}

const userCount = 160_000;
const sliceUsers = 250;
const count = 3;
/** Spread over all ids, some with a history, some never heard of. */
const userIds = Array.from({ length: userCount }, (_, at) => 1 + at * 31);
const testTimeoutMs = 200_000;
/** Slices that are finished between two kills. */
const slicesBetween = 12;

type Victim = 'worker' | 'both workers' | 'gateway' | 'rabbitmq';
const victims: Victim[] = ['worker', 'gateway', 'rabbitmq', 'both workers', 'rabbitmq', 'gateway', 'worker'];

describe.runIf(missing.length === 0)('a job that is killed at any point', () => {
  let platform: JobPlatform;
  let jobId = '';
  beforeAll(async () => {
    platform = await openJobPlatform({ JOB_SLICE_USERS: `${sliceUsers}`, JOB_WINDOW: '8' });
  });
  afterAll(() => platform?.close());

  const statusOf = async (id: string): Promise<JobStatus> => {
    for (const { url, pid } of platform.gateways) {
      if (pid === 0) continue;
      const response = await fetch(`${url}/jobs/${id}`).catch(() => undefined);
      if (response?.ok) return jobStatus.parse(await response.json());
    }
    throw new Error('no gateway answers');
  };
  const resultsOf = async (id: string): Promise<string> =>
    (await fetch(`${platform.gateways[0].url}/jobs/${id}/results`)).text();

  async function killAndStart(victim: Victim): Promise<void> {
    const { workers, gateways, rabbitmq } = platform;
    const struck = {
      worker: [workers[0]],
      'both workers': workers,
      gateway: [gateways[0]],
      rabbitmq: [rabbitmq],
    }[victim];
    await Promise.all(struck.map((one) => one.kill()));
    await Promise.all(struck.map((one) => one.start()));
  }

  test('is finished, with each user once', { timeout: testTimeoutMs }, async () => {
    const response = await fetch(`${platform.gateways[0].url}/jobs?n=${count}&rows=true`, {
      method: 'POST',
      body: userIds.join('\n'),
    });
    jobId = jobStatus.parse(await response.json()).jobId;
    const hits: { victim: Victim; done: number; inHand: number }[] = [];
    for (const victim of victims) {
      const doneBefore = hits.at(-1)?.done ?? 0;
      await waitUntil('slices in hand, and some done since', async () => {
        const { slices } = await statusOf(jobId);
        return slices.started > 0 && slices.done >= doneBefore + slicesBetween;
      }, 60_000); // prettier-ignore
      const { slices, state } = await statusOf(jobId);
      expect({ victim, state }, 'the fault hit').toEqual({ victim, state: 'running' });
      expect(slices.started, 'slices in hand').toBeGreaterThan(0);
      hits.push({ victim, done: slices.done, inHand: slices.started });
      await killAndStart(victim);
    }
    await waitUntil('the end', async () => !['loading', 'running'].includes((await statusOf(jobId)).state), 120_000);
    const ended = await statusOf(jobId);
    expect(ended, await platform.output()).toMatchObject({
      state: 'done',
      slices: { total: userCount / sliceUsers, done: userCount / sliceUsers, dead: 0 },
      users: { total: userCount, model: userCount },
    });
    expect(ended.retries, 'slices were taken once more').toBeGreaterThan(0);
    expect(checkResults(userIds, await resultsOf(jobId), count)).toEqual(noProblems);
    console.log(`jobs under kills: ${JSON.stringify(hits)}, ${ended.retries} retries`);
  });

  test('has each row once, too', { timeout: testTimeoutMs }, async () => {
    const rows = new Map<number, number[]>();
    await platform.ledger.jobRows(jobId, (page) => {
      for (const { userId, rank } of page) rows.set(userId, [...(rows.get(userId) ?? []), rank]);
    });
    const ranks = Array.from({ length: count }, (_, at) => at + 1).join();
    expect(rows.size).toBe(userCount);
    expect([...rows].filter(([, own]) => own.join() !== ranks)).toEqual([]);
  });

  test('what finishing without comparing would leave is told', { timeout: testTimeoutMs }, async () => {
    const database = new MysqlDatabase(new MysqlPool(platform.ledgerUrl));
    try {
      // A slice that came twice, and was written by whoever had it.
      const written = await database.run(
        'insert into job_results (job_id, slice_no, body) select job_id, slice_no + 100000, body from job_results where job_id = ? and slice_no = 3',
        [jobId],
      );
      expect(written).toBe(1);
      const doubled = checkResults(userIds, await resultsOf(jobId), count);
      expect(doubled).toMatchObject({ missing: [], doubled: userIds.slice(3 * sliceUsers, 4 * sliceUsers) });
      await database.run('delete from job_results where job_id = ? and slice_no in (3, 100003)', [jobId]);
      const lost = checkResults(userIds, await resultsOf(jobId), count);
      expect(lost).toMatchObject({ missing: userIds.slice(3 * sliceUsers, 4 * sliceUsers), doubled: [] });
    } finally {
      await database.close();
    }
  });

  test('before all its users came, is none: nothing of it is computed', { timeout: testTimeoutMs }, async () => {
    const [first, second] = platform.gateways;
    const sending = request(`${first.url}/jobs`, { method: 'POST' }).on('error', () => {});
    sending.write(`${userIds.slice(0, 30_000).join('\n')}\n`);
    const newest = async () => (await platform.ledger.jobs(1))[0];
    await waitUntil('some slices came', async () => {
      const job = await newest();
      return job?.jobId !== jobId && job?.state === 'loading' && job.slices.total > 0;
    });
    await first.kill();
    sending.destroy();
    await waitUntil('the other gateway tells', async () => (await newest())?.state === 'failed', 20_000);
    expect(await newest()).toMatchObject({ slices: { done: 0, started: 0 } });
    expect((await fetch(`${second.url}/healthz`)).ok).toBe(true);
    await first.start();
  });
});
