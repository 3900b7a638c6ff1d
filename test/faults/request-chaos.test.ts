import { missingServers } from '@reelay/native';
import { countFaults } from '@reelay/shared/testing';
import { describe, expect, test } from 'vitest';
import { problemsOfRequests, runRequestChaos, type RequestChaosReport } from '../chaos/request-chaos.ts';

const missing = await missingServers(['rabbitmq', 'redis']);
if (missing.length > 0) {
  const sentence = `not run: request chaos, since ${missing.map(({ name }) => name).join(' and ')} are not installed. ${missing[0]?.cure}`;
  if (process.env.REQUIRE_REAL === '1') throw new Error(sentence);
  console.log(sentence);
}

/** About 90 s. */
const settings = { seed: 7, faults: 20, rate: 175, spacing: [1_000, 5_000], lasts: [300, 2_500] } as const;

describe('chaos of the request path', () => {
  test.runIf(missing.length === 0)(
    'gateways, workers, RabbitMQ and Redis killed and held by chance: every request is answered in time, by a version of the plan',
    { timeout: 300_000 },
    async () => {
      const events: string[] = [];
      const report = await runRequestChaos({ ...settings, onEvent: (event) => events.push(event) });
      const counts: Record<string, number> = {};
      for (const { outcome = 'unanswered', askedAgain } of report.answers) {
        counts[outcome] = (counts[outcome] ?? 0) + 1;
        if (askedAgain) counts.askedAgain = (counts.askedAgain ?? 0) + 1;
      }
      console.log(`seed ${settings.seed}`, countFaults(report.faults), counts);
      expect(problemsOfRequests(report), events.join('\n')).toEqual([]);
      expect(report.faults).toHaveLength(settings.faults);
    },
  );

  test('planted: an unanswered request, a late one, a version that is not in the plan and a fault that hit nothing are told', () => {
    const answer = { outcome: 'model', modelVersion: '1', latencyMs: 10, sentAt: 0, askedAgain: false };
    const answers = Array.from({ length: 200 }, () => answer);
    const fault = {
      index: 0,
      target: 'redis',
      kind: 'kill',
      gapMs: 1,
      lastsMs: 1,
      hit: 3,
      struckAtMs: 1,
      backAtMs: 2,
    } as const;
    const good: RequestChaosReport = { faults: [fault], answers, afterwards: answers, stalls: [], planned: ['1', '2'] };
    expect(problemsOfRequests(good)).toEqual([]);
    const planted = (change: Partial<RequestChaosReport>) => problemsOfRequests({ ...good, ...change });
    expect(planted({ answers: [...answers, { ...answer, outcome: undefined }] })).toEqual([
      '1 of 201 requests unanswered',
    ]);
    expect(planted({ answers: [...answers, { ...answer, latencyMs: 700 }] })).toEqual(['1 of 201 answers late']);
    expect(planted({ answers: [...answers, { ...answer, modelVersion: '3' }] })).toEqual([
      '1 of 201 of no planned version',
    ]);
    expect(planted({ faults: [{ ...fault, hit: 0 }] })).toEqual(['1 of 1 faults hit nothing']);
    expect(
      planted({ afterwards: answers.map((each, at) => (at < 5 ? { ...each, outcome: 'fallback' } : each)) }),
    ).toHaveLength(1);
  });
});
