import { missingServers } from '@reelay/native';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  brokenPromisesOf,
  dependencies,
  dependencyFaults,
  dependencyTable,
  isDependencyTiming,
  runDependencyFault,
} from './dependency-faults.ts';
import { openServingPlatform, type ServingPlatform } from './serving-platform.ts';

const missing = await missingServers(['rabbitmq', 'redis']);
if (missing.length > 0) {
  const sentence = `not run: dependency faults, since ${missing.map(({ name }) => name).join(' and ')} are not installed. ${missing[0]?.cure}`;
  if (process.env.REQUIRE_REAL === '1') throw new Error(sentence);
  console.log(sentence);
}

const pace = { rate: 100, calmMs: 1_000, faultMs: 3_500, recoveryMs: 3_500 };
/** A promise of time that was broken is looked at again, since the machine may have had none; a wrong answer never is. */
const runsMax = 3;

describe.runIf(missing.length === 0)('a dependency that fails', () => {
  let platform: ServingPlatform;
  beforeAll(async () => void (platform = await openServingPlatform()));
  afterAll(() => platform?.close());

  const cases = dependencies.flatMap((name) => dependencyFaults.map((fault) => [name, ...fault] as const));
  test.each(cases)(
    '%s %s: everybody is answered in time, and all is well again by itself',
    async (name, what, mode) => {
      const pids = [...platform.gateways, ...platform.workers].map(({ pid }) => pid);
      let broken: string[] = [];
      for (let run = 1; run <= runsMax; run++) {
        const seen = await runDependencyFault(platform, name, [what, mode], pace);
        console.log(dependencyTable([seen]));
        broken = brokenPromisesOf(seen);
        if (broken.length === 0 || !broken.every(isDependencyTiming)) break;
      }
      if (broken.length > 0) console.log(await platform.output());
      expect(broken).toEqual([]);
      expect([...platform.gateways, ...platform.workers].map(({ pid }) => pid)).toEqual(pids);
    },
    60_000,
  );

  test('planted: a fault that hits nothing, a late answer and a lost one are told', async () => {
    const counts = { requests: 200, model: 200, cache: 0, fallback: 0, failed: 0, late: 0, slowestMs: 10 };
    const seen = { name: 'planted', calm: counts, fault: counts, recovery: counts, knownP99Ms: 1, rssGrowthMiB: 0 };
    expect(brokenPromisesOf(seen)).toEqual(['planted: the fault hit nothing']);
    const hit = { ...counts, fallback: 5, late: 1, failed: 2 };
    expect(brokenPromisesOf({ ...seen, fault: hit })).toHaveLength(2);
    expect(
      brokenPromisesOf({ ...seen, calm: { ...counts, fallback: 3 }, fault: { ...counts, fallback: 1 } }),
    ).toHaveLength(1);
  });
});
