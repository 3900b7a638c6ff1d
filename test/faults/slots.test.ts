import { setTimeout as pause } from 'node:timers/promises';
import { missingServers } from '@reelay/native';
import { emptyPlan, trackFor, type Plan, type Track } from '@reelay/shared/contracts';
import { openPlans } from '@reelay/shared/messaging';
import { waitUntil } from '@reelay/shared/testing';
import { describe, expect, test } from 'vitest';
import { openServingPlatform, servedVersion, type ServingPlatform } from './serving-platform.ts';
import type { ServiceProcess } from './service-process.ts';

const missing = await missingServers(['rabbitmq', 'redis']);
if (missing.length > 0) {
  const sentence = `not run: slots under kills, since ${missing.map(({ name }) => name).join(' and ')} are not installed. ${missing[0]?.cure}`;
  if (process.env.REQUIRE_REAL === '1') throw new Error(sentence);
  console.log(sentence);
}

const next = '2-bbbbbb';
const canaryPlan: Plan = { ...emptyPlan, epoch: 2, stable: servedVersion, canary: next, share: 0.2, salt: 'second' };
const kills = 8;
/** Who waits for whom is looked at here, not for how long. */
const settings = { REPLY_TIMEOUT_MS: '3000' };

interface Answered {
  track: Track;
  outcome: string;
  modelVersion: string;
}

let users = 3_000_000;
const userOf = (track: Track): number => {
  for (;;) if (trackFor(++users, canaryPlan) === track) return users;
};

async function ask({ url }: ServiceProcess, track: Track): Promise<Answered> {
  const headers = { accept: 'application/json' };
  const response = await fetch(`${url}/recommend/${userOf(track)}`, { headers, signal: AbortSignal.timeout(10_000) });
  const { outcome, modelVersion } = (await response.json()) as Answered;
  return { track, outcome, modelVersion };
}

/** Four users at a time, one of them on the canary, until `signal`. */
async function askOnAndOn(gateway: ServiceProcess, answers: Answered[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const some = (['stable', 'stable', 'stable', 'canary'] as const).map((track) => ask(gateway, track));
    answers.push(...(await Promise.all(some)));
    await pause(20);
  }
}

const announce = async ({ urls }: ServingPlatform, plan: Plan): Promise<void> => {
  const plans = await openPlans(urls.REDIS_URL);
  await plans.announce(plan);
  await plans.close();
};

/** Kills one worker again and again, each time after it has answered users of the canary; how everybody was answered meanwhile. */
async function killCanaryWorker(platform: ServingPlatform, victim: ServiceProcess): Promise<Answered[]> {
  const [gateway] = platform.gateways;
  const [answers, end] = [[] as Answered[], new AbortController()];
  const fromCanary = () => answers.filter(({ modelVersion, outcome }) => modelVersion === next && outcome === 'model');
  const asking = askOnAndOn(gateway, answers, end.signal);
  try {
    for (let kill = 0; kill < kills; kill++) {
      const before = fromCanary().length;
      await waitUntil('the canary answers', () => fromCanary().length >= before + 5, 30_000);
      await victim.kill();
      await victim.start();
    }
    return answers;
  } finally {
    end.abort();
    await asking;
  }
}

const unserved = (answers: readonly Answered[], track: Track) =>
  answers.filter((answer) => answer.track === track && answer.outcome !== 'model');

async function metric({ adminUrl }: ServiceProcess, name: string): Promise<number> {
  const page = await (await fetch(`${adminUrl}/metrics`)).text();
  return Number(page.split('\n').find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? 0); // prettier-ignore
}
const scored = (worker: ServiceProcess) => metric(worker, 'reelay_worker_jobs_total{outcome="scored"}');
const modelsOf = async ({ adminUrl }: ServiceProcess): Promise<string> =>
  ((await (await fetch(`${adminUrl}/readyz`)).json()) as { parts: { model: string } }).parts.model;

describe.runIf(missing.length === 0)('a worker of its own for each slot', () => {
  test(
    'what kills the canary touches nobody on stable, and after the promotion both serve',
    { timeout: 180_000 },
    async () => {
      const workerSettings = [{ WORKER_SLOT: 'stable' }, { WORKER_SLOT: 'canary' }];
      const platform = await openServingPlatform({ workers: 2, versions: [servedVersion, next], settings, workerSettings }); // prettier-ignore
      const [stableWorker, canaryWorker] = platform.workers;
      const [gateway] = platform.gateways;
      try {
        await announce(platform, canaryPlan);
        const answers = await killCanaryWorker(platform, canaryWorker);
        const of = (track: Track) => answers.filter((answer) => answer.track === track);
        console.log(`slots: ${of('stable').length} on stable, ${unserved(answers, 'stable').length} not by a model; ${of('canary').length} on the canary, ${unserved(answers, 'canary').length} not by a model; ${kills} kills`); // prettier-ignore
        expect(unserved(answers, 'stable')).toEqual([]);
        expect(of('stable').every(({ modelVersion }) => modelVersion === servedVersion)).toBe(true);
        expect(of('stable').length).toBeGreaterThan(100);
        expect(await modelsOf(stableWorker)).toBe(servedVersion);

        const [before, beforeThat] = [await scored(canaryWorker), await scored(stableWorker)];
        await announce(platform, { ...canaryPlan, epoch: 3, stable: next, canary: null, share: 0 });
        await waitUntil('both answer for stable', async () => {
        const some = await Promise.all(Array.from({ length: 8 }, () => ask(gateway, 'stable')));
        expect(some.filter(({ outcome }) => outcome !== 'model')).toEqual([]);
        const both = (await scored(canaryWorker)) > before + 20 && (await scored(stableWorker)) > beforeThat + 20;
        return both && some.every(({ modelVersion }) => modelVersion === next);
      }, 30_000); // prettier-ignore
      } finally {
        await platform.close();
      }
    },
  );

  test(
    'planted: with one worker for both slots that check finds users of stable without a model',
    { timeout: 120_000 },
    async () => {
      const platform = await openServingPlatform({ workers: 1, versions: [servedVersion, next], settings });
      try {
        await announce(platform, canaryPlan);
        const answers = await killCanaryWorker(platform, platform.workers[0]);
        expect(unserved(answers, 'stable').length).toBeGreaterThan(0);
      } finally {
        await platform.close();
      }
    },
  );
});
