import { missingServers } from '@reelay/native';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenPromises, isOfTiming, longestStallMs, phaseTable } from './answer-phases.ts';
import { openAnsweringPlatform, type AnsweringPlatform } from './answering-platform.ts';
import { runFault, type Fault } from './run-fault.ts';

const missing = await missingServers(['rabbitmq', 'redis']);
if (missing.length > 0) {
  const sentence = `not run: never late, since ${missing.map(({ name }) => name).join(' and ')} are not installed. ${missing[0]?.cure}`;
  if (process.env.REQUIRE_REAL === '1') throw new Error(sentence);
  console.log(sentence);
}

const testTimeoutMs = 120_000;
/**
 * A sender that stood still for so long ran on a machine that had no time: a promise of time that it broke is then looked at
 * again. A wrong answer never is.
 */
const starvedMs = 200;
const runsMax = 3;

describe.runIf(missing.length === 0)('answers are never late', () => {
  let platform: AnsweringPlatform;
  beforeAll(async () => {
    platform = await openAnsweringPlatform();
  });
  afterAll(() => platform?.close());

  /** What broke, of the first run that can be judged. Shows each run, and with a failure also what the services said. */
  async function findings(title: string, fault: Pick<Fault, 'strike' | 'bringBack'>): Promise<string[]> {
    const { gateway, knownUsers } = platform;
    for (let run = 1; ; run++) {
      const seen = await runFault({ url: gateway.url, knownUsers, ...fault });
      const broken = brokenPromises(seen);
      console.log(phaseTable(title, seen));
      if (broken.length === 0) return broken;
      if (run === runsMax || longestStallMs(seen) < starvedMs || !broken.every(isOfTiming)) {
        console.log(await platform.output());
        return broken;
      }
      console.log(`again, since the machine was too busy to judge by: ${broken.join('; ')}`);
    }
  }

  const servingPids = () => [platform.gateway.pid, platform.worker.pid];

  test('a killed worker is not noticed by callers, and its successor answers', { timeout: testTimeoutMs }, async () => {
    const { gateway, worker } = platform;
    const { pid } = gateway;
    const fault = { strike: () => worker.kill(), bringBack: () => worker.start() };
    expect(await findings('worker killed', fault)).toEqual([]);
    expect(gateway.pid).toBe(pid);
  });

  test.each<[string, (platform: AnsweringPlatform) => Pick<Fault, 'strike' | 'bringBack'>]>([
    ['Redis stopped', ({ redis }) => ({ strike: () => redis.stop(), bringBack: () => redis.start() })],
    ['Redis lost with its data', ({ redis, loseRedis }) => ({ strike: loseRedis, bringBack: () => redis.start() })],
    ['RabbitMQ stopped', ({ rabbitmq }) => ({ strike: () => rabbitmq.stop(), bringBack: () => rabbitmq.start() })],
  ])(
    '%s: callers do not notice, and all is well again without a restart',
    { timeout: testTimeoutMs },
    async (title, faultOf) => {
      const pids = servingPids();
      expect(await findings(title, faultOf(platform))).toEqual([]);
      expect(servingPids()).toEqual(pids);
      expect(pids.every((pid) => pid > 0)).toBe(true);
    },
  );

  test('the check sees late answers: a gateway with too much patience', { timeout: testTimeoutMs }, async () => {
    const { patientGateway, worker, knownUsers } = platform;
    const fault = { strike: () => worker.kill(), bringBack: () => worker.start() };
    const run = await runFault({ url: patientGateway.url, knownUsers, ...fault, lastsMs: 2_500, watchMs: 0 });
    console.log(phaseTable('planted: patient gateway, worker killed', run));
    expect(brokenPromises(run)).toContainEqual(expect.stringMatching(/^fault: \d+ of \d+ answers late/));
  });
});
