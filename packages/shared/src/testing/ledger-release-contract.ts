import { expect, test } from 'vitest';
import { emptyPlan } from '../contracts/index.ts';
import type { VersionRow } from '../storage/index.ts';
import type { OpenedLedger } from './ledger-contract.ts';

const aVersion = (change: Partial<VersionRow> = {}): VersionRow => ({
  number: 1,
  id: '1-abcdef',
  state: 'candidate',
  reason: '',
  manifest: '{"version":"1-abcdef"}',
  createdAt: 1_714_521_600_000,
  ...change,
});

/** What releases may rely on, beside the checks of `ledger-checks.ts`. */
export function ledgerReleaseContract(opened: OpenedLedger): void {
  test('version numbers are given once, also to twenty callers at a time', async () => {
    const ledgers = [opened.ledger, await opened.another(), await opened.another(), await opened.another()];
    const calls = Array.from({ length: 20 }, (_, caller) => ledgers[caller % 4].nextVersionNumber());
    const numbers = await Promise.all(calls);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, number) => number + 1));
  });

  test('versions are listed by number and change their state', async () => {
    const { ledger } = opened;
    await ledger.addVersion(aVersion({ number: 2, id: '2-bbbbbb', manifest: JSON.stringify('x'.repeat(100_000)) }));
    await ledger.addVersion(aVersion());
    await ledger.setVersionState('1-abcdef', 'refused', 'NDCG@10 below popularity');
    const versions = await ledger.versions();
    expect(versions.map(({ id, state, reason }) => [id, state, reason])).toEqual([
      ['1-abcdef', 'refused', 'NDCG@10 below popularity'],
      ['2-bbbbbb', 'candidate', ''],
    ]);
    expect(versions[0]).toEqual(aVersion({ state: 'refused', reason: 'NDCG@10 below popularity' }));
    expect(versions[1].manifest).toHaveLength(100_002);
  });

  test('a version is added once; only a known one changes its state', async () => {
    const { ledger } = opened;
    await ledger.addVersion(aVersion());
    for (const taken of [aVersion({ id: '1-cccccc' }), aVersion({ number: 3 })]) {
      await expect(ledger.addVersion(taken)).rejects.toMatchObject({ code: 'VERSION_EXISTS' });
    }
    await expect(ledger.setVersionState('9-zzzzzz', 'released', '')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await ledger.versions()).toEqual([aVersion()]);
  });

  test('the first plan is the empty one; a change is seen by everybody and survives', async () => {
    const { ledger } = opened;
    expect(await ledger.plan()).toEqual(emptyPlan);
    const next = {
      ...emptyPlan,
      epoch: 1,
      stable: '1-abcdef',
      canary: '2-bbbbbb',
      share: 0.1,
      withdrawn: ['0-000000'],
    };
    expect(await ledger.changePlan(0, next)).toBe(true);
    expect(await (await opened.another()).plan()).toEqual(next);
  });

  test('the history has every plan with who made it, when and why, newest first; a change that lost is not in it', async () => {
    const { ledger } = opened;
    const times = { startedAt: 1_714_521_600_000, stepAt: 1_714_521_600_000, at: 1_714_521_600_123 };
    const told = { by: 'ada', reason: 'seen enough · 0.5 %', held: false, previous: null, ...times };
    const release = { version: '1-abcdef', state: 'promoted', ...told } as const;
    const plans = [1, 2, 3].map((epoch) => ({ ...emptyPlan, epoch, stable: '1-abcdef', release }));
    expect(await ledger.planHistory(10)).toEqual([]);
    for (const plan of plans) expect(await ledger.changePlan(plan.epoch - 1, plan)).toBe(true);
    expect(await ledger.changePlan(1, { ...plans[1], stable: '2-bbbbbb' })).toBe(false);
    expect(await ledger.planHistory(10)).toEqual(plans.toReversed());
    expect(await ledger.planHistory(2)).toEqual([plans[2], plans[1]]);
  });

  test('of many writers through several openings each epoch has one winner', async () => {
    const ledgers = [opened.ledger, await opened.another(), await opened.another()];
    for (const epoch of [0, 1, 2]) {
      const offers = ledgers.map((ledger) => ledger.changePlan(epoch, { ...emptyPlan, epoch: epoch + 1 }));
      expect((await Promise.all(offers)).filter((won) => won)).toHaveLength(1);
    }
    expect((await opened.ledger.plan()).epoch).toBe(3);
  });

  test('a plan that skips an epoch is DATA_INVALID', async () => {
    const skipping = opened.ledger.changePlan(0, { ...emptyPlan, epoch: 2 });
    await expect(skipping).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });
}
