import { missingServers } from '@reelay/native';
import { waitUntil } from '@reelay/shared/testing';
import { describe, expect, test } from 'vitest';
import { scalingFaults, settledAtMs } from '../scaling/check-scaling.ts';
import { followLoad, type LoadRun } from '../scaling/follow-load.ts';
import { openScalingPlatform, type ScalingPlatform } from '../scaling/scaling-platform.ts';
import { withWorkerFaults } from '../scaling/worker-faults.ts';

const missing = await missingServers(['rabbitmq', 'redis']);
if (missing.length > 0) {
  const sentence = `not run: workers follow the load, since ${missing.map(({ name }) => name).join(' and ')} are not installed. ${missing[0]?.cure}`;
  if (process.env.REQUIRE_REAL === '1') throw new Error(sentence);
  console.log(sentence);
}

const settings = { COOL_DOWN_MS: '10000', CHANGE_INTERVAL_MS: '5000' };
/** The load of one busy worker at 20 ms a job is 50/s: 240/s keep 4.8 busy, 7 at the busy fraction that is aimed at. */
const step = [
  { perSecond: 20, seconds: 6 },
  { perSecond: 240, seconds: 25 },
  { perSecond: 20, seconds: 32 },
];
const expected = {
  upAtMs: 6_000,
  downAtMs: 31_000,
  highest: [6, 8] as const,
  settledWithinMs: 15_000,
  intervalMs: 5_000,
};

/** Since the gateway's start, for whoever has to find out why a check failed. */
async function fallbackReasons(adminUrl: string): Promise<string> {
  const page = await (await fetch(`${adminUrl}/metrics`)).text();
  return page.match(/^reelay_gateway_fallbacks_total.*$/gm)?.join(', ') ?? 'no fallbacks';
}

/** A worker that has just begun is slow for a moment and may ask for a second one: that is over before the load is followed. */
async function warmUp(platform: ScalingPlatform): Promise<void> {
  await followLoad(platform, [{ perSecond: 20, seconds: 3 }]);
  await waitUntil(
    'one worker is wanted',
    async () => (await platform.workers()).pools.find(({ pool }) => pool === 'single')?.wanted === 1,
    30_000,
  );
}

async function runStep(own: Record<string, string>): Promise<LoadRun> {
  const platform = await openScalingPlatform({ ...settings, ...own });
  try {
    await warmUp(platform);
    const run = await followLoad(platform, step);
    const settled = settledAtMs(run.answers, expected.upAtMs, expected.downAtMs);
    const after = settled === undefined ? 'never' : `${settled - expected.upAtMs} ms after the step`;
    const wanted = run.looks.filter(({ wanted: now }, at) => now !== run.looks[at - 1]?.wanted);
    console.log(
      `wanted workers ${wanted.map(({ wanted: now, atMs }) => `${now} at ${(atMs / 1_000).toFixed(1)} s`).join(', ')}; fallbacks gone ${after}; ${await fallbackReasons(platform.gateway.adminUrl)}`,
    );
    return run;
  } finally {
    await platform.close();
  }
}

describe.runIf(missing.length === 0)('workers follow the load', () => {
  test(
    'a step of twelve times the load and back: enough workers soon, few changes, no job lost',
    { timeout: 180_000 },
    async () => {
      expect(scalingFaults(await runStep({}), expected)).toEqual([]);
    },
  );

  test('the check sees a policy that keeps one worker', { timeout: 180_000 }, async () => {
    const faults = scalingFaults(await runStep({ WORKERS_MAX: '1' }), expected);
    expect(faults).toContainEqual(expect.stringMatching(/1 workers wanted at the end of the step/));
    expect(faults).toContainEqual(expect.stringMatching(/are fallbacks still/));
  });

  test(
    'killed workers, a killed autoscaler, a restarted broker and no metrics: all answered, and the number is right again',
    { timeout: 240_000 },
    async () => {
      const platform = await openScalingPlatform(settings);
      try {
        const seen = await withWorkerFaults(platform, {
          killEveryMs: 5_000,
          kills: 3,
          blindMs: 15_000,
          backWithinMs: 15_000,
        });
        console.log(seen.table);
        expect(seen.faults).toEqual([]);
      } finally {
        await platform.close();
      }
    },
  );
});
