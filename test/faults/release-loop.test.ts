import { missingServers, nativeServerNames } from '@reelay/native';
import { waitUntil } from '@reelay/shared/testing';
import type { Plan, ReleaseState } from '@reelay/shared/contracts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { answersAfter, figuresOf } from '../release-loop/judge-answers.ts';
import { openLoopPlatform, type LoopPlatform } from '../release-loop/loop-platform.ts';
import { leastWatched } from '../release-loop/least-watched.ts';
import { offerCopy } from '../release-loop/offer-copy.ts';
import type { PlantedFault } from '../release-loop/planted-fault.ts';

const missing = await missingServers(nativeServerNames);
if (missing.length > 0) {
  const sentence = `not run: the loop, since ${missing.map(({ name }) => name).join(' and ')} are not installed. ${missing[0]?.cure}`;
  if (process.env.REQUIRE_REAL === '1') throw new Error(sentence);
  console.log(sentence);
}

// A bound for what hangs: a verdict waits for answers, and the machine has other work.
vi.setConfig({ testTimeout: 150_000, hookTimeout: 120_000 });

const withdrawnWithinMs = 5_000;
const settledMs = 2_000;

describe.runIf(missing.length === 0)('the loop without a hand, on real servers', () => {
  let platform: LoopPlatform;
  beforeAll(async () => {
    platform = await openLoopPlatform();
  });
  afterAll(async () => {
    await platform?.close();
  });

  const plan = (): Promise<Plan> => platform.ledger.plan();
  const told = async (word: string, version: string): Promise<void> => {
    const has = (texts: string[]) => texts.some((text) => text.includes(word) && text.includes(version));
    await waitUntil(
      `people hear of ${word} ${version}`,
      () => has(platform.heard.mails) && has(platform.heard.posts),
      30_000,
    );
  };
  /** The end of the release of `version`; throws when it is another one. */
  async function endOf(version: string, state: ReleaseState): Promise<NonNullable<Plan['release']>> {
    let last: Plan['release'];
    await waitUntil(
      `${version} is ${state}`,
      async () => {
        last = (await plan()).release;
        return last?.version === version && last.state !== 'canary';
      },
      120_000,
    );
    expect(last).toMatchObject({ version, state });
    return last!;
  }

  /** A copy of the live model, with a fault that no gate sees. */
  async function offerFaulty(fault: Omit<PlantedFault, 'version'>): Promise<string> {
    const { stable } = await plan();
    const version = await offerCopy(platform.ledger, platform.artifacts, stable!, (id) =>
      platform.plant({ ...fault, version: id }),
    );
    return version;
  }

  /** Nobody went without an answer, nearly all came from a model (of everybody's, or of those on stable), and none from what was withdrawn. */
  async function checkAnswers(
    fromMs: number,
    withdrawn: { version: string; at: number },
    whose: 'all' | 'stable' = 'all',
  ): Promise<void> {
    const toMs = withdrawn.at + withdrawnWithinMs + settledMs;
    await waitUntil(
      'answers after it are in',
      async () => ((await platform.ledger.newestReceiptMs()) ?? 0) > toMs,
      60_000,
    );
    const figures = await figuresOf(platform.ledger, { fromMs, toMs, logFrom: platform.logFrom });
    expect(figures.answers).toBeGreaterThan(200);
    expect(figures.byModel[whose], JSON.stringify(figures.fallbacks)).toBeGreaterThanOrEqual(0.99);
    expect(answersAfter(figures, withdrawn.version, withdrawn.at + withdrawnWithinMs)).toBe(0);
    const { stable } = await plan();
    expect(answersAfter(figures, stable!, withdrawn.at + withdrawnWithinMs), 'others answer').toBeGreaterThan(0);
    expect(figures.logged).toBeGreaterThan(0);
    expect(figures.failed).toEqual([]);
  }

  test('fresh lines → retrained → gate → a fifth of the users → everybody', async () => {
    const first = (await plan()).stable!;
    await waitUntil('a second version is trained', async () => (await platform.ledger.versions()).length > 1, 90_000);
    await platform.trainer.stop();
    const { id } = (await platform.ledger.versions())[1];
    const { reason, previous } = await endOf(id, 'promoted');
    expect(previous).toBe(first);
    expect(reason).toContain('watched');
    expect(reason).toContain('p99');
    await told('canary', id);
    await told('promoted', id);
    const shares = (await platform.ledger.planHistory(10)).map(({ canary, share }) => [canary, share]);
    expect(shares).toContainEqual([id, 0.2]);
  });

  test('60 ms of waiting in each batch: aborted for its latency', async () => {
    const begun = Date.now();
    const version = await offerFaulty({ kind: 'slow' });
    const { reason, at } = await endOf(version, 'aborted');
    expect(reason).toContain('p99');
    await told('aborted', version);
    await checkAnswers(begun, { version, at });
  });

  test('a version that cannot be loaded: aborted, since it made none of its answers', async () => {
    const begun = Date.now();
    const version = await offerFaulty({ kind: 'unloadable' });
    const { reason, at } = await endOf(version, 'aborted');
    expect(reason).toContain('cannot serve');
    expect(reason).toContain('none had it loaded');
    await told('aborted', version);
    await checkAnswers(begun, { version, at });
  });

  test('a model that is worse than the live one: refused at the gate, with the figures', async () => {
    const known = (await platform.ledger.versions()).length;
    await platform.worseTrainer.start();
    await fetch(`${platform.worseTrainer.adminUrl}/admin/train`, { method: 'POST', body: '{"wait":false}' });
    const newest = async () => (await platform.ledger.versions())[known];
    await waitUntil('it is judged', async () => ![undefined, 'candidate'].includes((await newest())?.state), 60_000);
    await platform.worseTrainer.stop();
    const { id, state, reason } = await newest();
    expect({ state, reason }).toEqual({ state: 'refused', reason: expect.stringContaining('worse than') });
    await told('refused', id);
    expect((await plan()).canary).toBeNull();
  });

  test('a version that its workers die of: aborted, and who is on stable notices nothing', async () => {
    const begun = Date.now();
    const version = await offerFaulty({ kind: 'crash' });
    const { reason, at } = await endOf(version, 'aborted');
    expect(reason).toContain('cannot serve');
    expect(platform.workerRestarts(), 'the fault hit').toBeGreaterThan(0);
    await told('aborted', version);
    await checkAnswers(begun, { version, at }, 'stable');
  });

  test('another order after the gate, which people do not watch: aborted for what was watched', async () => {
    const begun = Date.now();
    const version = await offerFaulty({ kind: 'order', items: await leastWatched(platform.ledger, 40) });
    const { reason, at } = await endOf(version, 'aborted');
    expect(reason).toContain('watched');
    await told('aborted', version);
    await checkAnswers(begun, { version, at });
  });
});
