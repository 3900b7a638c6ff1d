import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  anAnswer,
  aWatchedItem,
  openFaultProxy,
  realServerUrl,
  waitUntil,
  type FaultProxy,
} from '../../testing/index.ts';
import { emptyPlan, type Answer, type Plan } from '../../contracts/index.ts';
import type { Answers } from '../answers.ts';
import type { Histories } from '../histories.ts';
import type { Plans } from '../plans.ts';
import { openRedisAnswers } from './redis-answers.ts';
import { openRedisHistories } from './redis-histories.ts';
import { openRedisPlans } from './redis-plans.ts';
import { aNamespace, emptyNamespace } from './test-namespace.ts';

const url = realServerUrl('redis') ?? '';

describe.runIf(url)('a Redis that fails', () => {
  const namespace = aNamespace();
  const options = { namespace };
  let proxy: FaultProxy;
  let answers: Answers;
  let histories: Histories;
  let plans: Plans;

  beforeEach(async () => {
    await emptyNamespace(url, namespace);
    proxy = await openFaultProxy(url);
    answers = await openRedisAnswers(proxy.url, options);
    histories = await openRedisHistories(proxy.url, options);
    plans = await openRedisPlans(proxy.url, options);
  });
  afterEach(async () => {
    await Promise.all([answers.close(), histories.close(), plans.close()]);
    await proxy.close();
  });
  afterAll(() => emptyNamespace(url, namespace));

  const ports = () => [answers, histories, plans];
  const calls = (): Promise<unknown>[] => [
    answers.post([{ answer: anAnswer(), replyTo: 'mine' }]),
    answers.latest(42),
    histories.merge([aWatchedItem()]),
    histories.read([1]),
    histories.version(1),
    plans.announce({ ...emptyPlan, epoch: 1 }),
    plans.current(),
  ];
  /** Every call, and that each failed with the code; how long they took together. */
  const allFail = async (): Promise<number> => {
    const start = performance.now();
    const settled = await Promise.allSettled(calls());
    const codes = settled.map((one) => (one.status === 'rejected' ? (one.reason as { code?: string }).code : 'none'));
    expect(codes).toEqual(settled.map(() => 'STORE_DOWN'));
    return performance.now() - start;
  };

  test('the ports of a process share one connection, and questions of one tick one trip', async () => {
    expect(proxy.connections).toBe(1);
    await Promise.all([answers.latest(1), histories.version(1)]);
    const before = proxy.piecesToServer;
    await Promise.all([answers.latest(42), histories.version(42), histories.read([1, 2, 3])]);
    // The lost store adds the wish to rebuild, which is a trip of its own.
    await histories.markComplete();
    const wishes = proxy.piecesToServer;
    await Promise.all([answers.latest(42), histories.version(42), histories.read([1, 2, 3])]);
    expect(proxy.piecesToServer - wishes).toBe(1);
    expect(wishes).toBeGreaterThan(before);
  });

  test('a Redis that is gone is told at once, and comes back by itself', async () => {
    proxy.set('down');
    await waitUntil('down', () => ports().every((port) => !port.isUp()));
    expect(await allFail()).toBeLessThan(50);
    proxy.heal();
    await waitUntil('up', () => ports().every((port) => port.isUp()), 3_000);
    await Promise.all(calls());
  });

  test('a Redis that swallows everything is STORE_DOWN after one time-out, soon at once, and back after it heals', async () => {
    await Promise.all(calls());
    proxy.set('blackhole');
    // A call is bounded by 230 ms; two commands in a row behind a dead pipeline would take 400.
    expect(await allFail()).toBeLessThan(380);
    expect(await allFail()).toBeLessThan(380);
    await waitUntil('known to be away', () => ports().every((port) => !port.isUp()), 2_000);
    expect(await allFail()).toBeLessThan(50);
    proxy.heal();
    await waitUntil('up', () => ports().every((port) => port.isUp()), 3_000);
    await Promise.all(calls());
  });

  test('a Redis that answers rubbish fails every call, harms nobody, and comes back', async () => {
    await Promise.all(calls());
    proxy.set('rubbish');
    for (let round = 0; round < 5; round++) {
      const settled = await Promise.allSettled(calls());
      expect(settled.every((one) => one.status === 'rejected' || one.value === null)).toBe(true);
    }
    expect(proxy.piecesSpoilt).toBeGreaterThan(0);
    proxy.heal();
    const isWell = async () => (await Promise.allSettled(calls())).every(({ status }) => status === 'fulfilled');
    await waitUntil('all calls again', isWell, 5_000);
  });

  test.each(['down', 'blackhole', 'rubbish'] as const)('a listener goes on after the way was %s', async (mode) => {
    const got: Answer[] = [];
    await answers.listen('mine', (arrived) => void got.push(...arrived));
    await answers.post([{ answer: anAnswer({ requestId: 'before' }), replyTo: 'mine' }]);
    await waitUntil('the first', () => got.length === 1);
    proxy.set(mode);
    await waitUntil('known to be away', async () => {
      await answers.latest(1).catch(() => {});
      return !answers.isUp();
    });
    proxy.heal();
    await waitUntil('up', () => answers.isUp(), 3_000);
    let sent = 0;
    await waitUntil(
      'an answer again',
      async () => {
        await answers.post([{ answer: anAnswer({ requestId: `after-${sent++}` }), replyTo: 'mine' }]);
        return got.length > 1;
      },
      5_000,
    );
    expect(got[0]?.requestId).toBe('before');
  });

  test('a watcher keeps its plan while the store is away, and hears the next one after', async () => {
    const seen: Plan[] = [];
    const direct = await openRedisPlans(url, options);
    await plans.announce({ ...emptyPlan, epoch: 1 });
    await plans.watch((plan) => void seen.push(plan));
    proxy.set('down');
    await waitUntil('down', () => !plans.isUp());
    await direct.announce({ ...emptyPlan, epoch: 2 });
    expect(seen.map(({ epoch }) => epoch)).toEqual([1]);
    proxy.heal();
    await waitUntil('the next', () => seen.length === 2, 4_000);
    await emptyNamespace(url, namespace);
    await direct.announce({ ...emptyPlan, epoch: 1, stable: 'older' });
    await direct.announce({ ...emptyPlan, epoch: 3 });
    await waitUntil('a newer', () => seen.at(-1)?.epoch === 3, 4_000);
    expect(seen.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    await direct.close();
  });

  test('a Redis that is away at the start is waited for', async () => {
    proxy.set('down');
    const late = await openRedisHistories(proxy.url, { namespace: `${namespace}:late` });
    expect(late.isUp()).toBe(false);
    await expect(late.read([1])).rejects.toMatchObject({ code: 'STORE_DOWN' });
    proxy.heal();
    await waitUntil('up', () => late.isUp(), 3_000);
    expect((await late.read([1]))[0]?.state).toBe('lost');
    await late.close();
  });

  test('trouble is told once an outage, without the password', async () => {
    const problems: string[] = [];
    const withSecret = proxy.url.replace('redis://', 'redis://user:secret@');
    const port = await openRedisAnswers(withSecret, {
      namespace,
      onProblem: (problem) => problems.push(JSON.stringify(problem)),
    });
    await waitUntil('told', () => problems.length > 0);
    expect(problems.length).toBe(1);
    expect(problems.join()).not.toContain('secret');
    expect(port.isUp()).toBe(false);
    await port.close();
  });
});
