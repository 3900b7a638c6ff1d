import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { bundleMax, JobBundler, jobsOf } from './bundle-jobs.ts';

function recorder() {
  const sent: { slot: string; jobs: string[]; budgetMs: number }[] = [];
  const bundler = new JobBundler((slot, content, budgetMs) => {
    if (slot === 'canary') throw new Error('planted');
    sent.push({ slot, jobs: jobsOf(content), budgetMs });
  });
  return { sent, bundler };
}

const jobs = (count: number): string[] => Array.from({ length: count }, (_, id) => JSON.stringify({ id }));

test('jobs of one turn leave together and in order, at most so many in one message', async () => {
  const { sent, bundler } = recorder();
  const all = jobs(2 * bundleMax + 3);
  await Promise.all(all.map((job) => bundler.add('stable', job, 350)));
  expect(sent.map((message) => message.jobs.length)).toEqual([bundleMax, bundleMax, 3]);
  expect(sent.flatMap((message) => message.jobs)).toEqual(all);
});

test('who waits for each job sends each by itself, and the next turn does not wait for a full message', async () => {
  const { sent, bundler } = recorder();
  for (const job of jobs(3)) await bundler.add('stable', job, 350);
  void bundler.add('stable', '{}', 350);
  await nextTurn();
  expect(sent.map((message) => message.jobs.length)).toEqual([1, 1, 1, 1]);
});

test('jobs that follow from promises of the same turn travel with it', async () => {
  const { sent, bundler } = recorder();
  const lookup = Promise.resolve();
  await Promise.all(jobs(5).map((job) => lookup.then(() => lookup).then(() => bundler.add('stable', job, 350))));
  expect(sent.length).toBe(1);
});

test('a message lives as long as the shortest of its budgets, which cuts none of them by more than a twentieth', async () => {
  const { sent, bundler } = recorder();
  const budgets = [350, 348, 340, 332, 30, 30_000, 350];
  await Promise.all(budgets.map((budgetMs, id) => bundler.add('stable', `${id}`, budgetMs)));
  expect(sent.map((message) => [message.jobs, message.budgetMs])).toEqual([
    [['0', '1', '2'], 340],
    [['3'], 332],
    [['4'], 30],
    [['5'], 30_000],
    [['6'], 350],
  ]);
});

test('a line end in a job does not cut it', () => {
  const job = JSON.stringify({ text: 'a\nb\r\n\u2028' });
  expect(jobsOf(Buffer.from(`${job}\n${job}`))).toEqual([job, job]);
});

test('a broker that takes nothing fails every job of the message, and only those', async () => {
  const { sent, bundler } = recorder();
  const lost = jobs(3).map((job) => bundler.add('canary', job, 350));
  const kept = bundler.add('stable', '{}', 350);
  expect((await Promise.allSettled(lost)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await kept;
  expect(sent.length).toBe(1);
});

test('what was gathered leaves at once when asked', () => {
  const { sent, bundler } = recorder();
  void bundler.add('stable', '{}', 350);
  bundler.flush();
  expect(sent.length).toBe(1);
});
