import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { decodeSliceResults, emptyPlan } from '@reelay/shared/contracts';
import { openAnswers, openHistories, openPlans, openSliceQueue } from '@reelay/shared/messaging';
import { openLedger } from '@reelay/shared/storage';
import { realServerUrl, tinyFirstItemId, waitUntil } from '@reelay/shared/testing';
import { openWorld } from '../testing/world.ts';

const url = realServerUrl('redis') ?? '';
const version = '1-aaaaaa';
const userIds = Array.from({ length: 100 }, (_, at) => at + 1);

/** A worker on a real Redis, so that its slices are worked off in a thread of their own; everything else is here. */
async function openApart() {
  const folder = await mkdtemp(join(tmpdir(), 'reelay-apart-'));
  const ledgerUrl = `sqlite:${join(folder, 'ledger.db')}`;
  const namespace = `apart-${randomUUID()}`;
  const ports = {
    answers: await openAnswers(url, { namespace }),
    histories: await openHistories(url, { namespace }),
    plans: await openPlans(url, { namespace }),
    slices: await openSliceQueue('memory:'),
  };
  const ledger = await openLedger(ledgerUrl);
  const settings = { REDIS_URL: url, NAMESPACE: namespace, LEDGER_URL: ledgerUrl };
  const world = await openWorld({ settings, change: () => ports });
  onTestFinished(async () => {
    await world.dispose();
    for (const port of [...Object.values(ports), ledger]) await port.close();
    await rm(folder, { recursive: true, force: true });
  });
  await ports.answers.listen('here', (arrived) => {
    for (const answer of arrived) world.arrived.set(answer.requestId, answer);
  });
  await world.put(version);
  await ports.plans.announce({ ...emptyPlan, epoch: 1, stable: version });
  const time = 1_700_000_000;
  await ports.histories.merge(userIds.map((userId) => ({ userId, itemId: tinyFirstItemId + (userId % 40), minutes: 90, rating: 0, ratedAt: 0, time }))); // prettier-ignore
  await ports.histories.markComplete();
  await world.worker.start();
  return { ...ports, world, ledger };
}

/** How each thread of this process waits for others, as of `nice`. */
async function nicenessOfThreads(): Promise<number[]> {
  const names = await readdir('/proc/self/task');
  const stats = await Promise.all(
    names.map((name) => readFile(`/proc/self/task/${name}/stat`, 'utf8').catch(() => '')),
  );
  // Behind the name in parentheses, niceness is field 17.
  return stats.filter(Boolean).map((stat) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]));
}

describe.runIf(url)('on a real Redis', () => {
  test('slices are worked off in a thread of the lowest priority, with the lists of single requests', async () => {
    const { world, ledger, slices, answers } = await openApart();
    expect(await nicenessOfThreads()).not.toContain(constants.priority.PRIORITY_LOW);
    const job = { jobId: 'job-1', createdMs: 1, activeDays: null, count: 20, keptCount: 20, asRows: false };
    await ledger.addJob(job);
    await ledger.addSlices(job.jobId, [{ sliceNo: 0, userIds: Int32Array.from(userIds) }]);
    await ledger.changeJob(job.jobId, ['loading'], 'running');
    await slices.publish({ jobId: job.jobId, sliceNo: 0 });
    await waitUntil('the slice', async () => (await ledger.job(job.jobId))?.slices.done === 1);
    if (process.platform === 'linux') expect(await nicenessOfThreads()).toContain(constants.priority.PRIORITY_LOW);
    const [{ body }] = await ledger.sliceResults(job.jobId, -1, 1);
    const results = [...decodeSliceResults(body)];
    expect(results.map(({ userId, outcome }) => [userId, outcome])).toEqual(userIds.map((userId) => [userId, 'model']));
    const kept = await answers.latest(42);
    const single = await world.ask(42, version);
    expect({ ...kept, requestId: '' }).toEqual({ ...single, requestId: '' });
    expect(results[41].items.map(({ score }) => score)).toEqual(single.items.map(({ score }) => Math.fround(score)));
    await waitUntil('counted', async () => (await world.registry.metrics()).includes('slice_users_total{outcome="model"} 100')); // prettier-ignore
    await world.worker.stop();
    expect(await nicenessOfThreads()).not.toContain(constants.priority.PRIORITY_LOW);
  });
});
