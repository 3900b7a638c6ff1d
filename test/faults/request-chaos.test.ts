import { missingServers } from '@reelay/native';
import { countFaults } from '@reelay/shared/testing';
import { describe, expect, test } from 'vitest';
import { problemsOfRecovery, recoveriesOf } from '../chaos/recovery.ts';
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
      console.table(recoveriesOf(report.faults, report.answers, report.startedAt));
      expect(problemsOfRequests(report), events.join('\n')).toEqual([]);
      expect(report.faults).toHaveLength(settings.faults);
    },
  );

  const fault = {
    index: 0,
    target: 'redis',
    kind: 'kill',
    gapMs: 1,
    lastsMs: 1,
    hit: 3,
    struckAtMs: 1_000,
    backAtMs: 2_000,
  } as const;

  test('planted: an unanswered request, a late one, a version that is not in the plan and a fault that hit nothing are told', () => {
    const answer = { outcome: 'model', modelVersion: '1', latencyMs: 10, sentAt: 5_000, askedAgain: false };
    const answers = Array.from({ length: 200 }, (_, at) => ({ ...answer, modelVersion: at % 2 === 0 ? '1' : '2' }));
    const plans = [
      { versions: ['1', '2'], from: 0, until: 10_000 },
      { versions: ['2'], from: 10_000, until: Infinity },
    ];
    const good: RequestChaosReport = {
      faults: [fault],
      answers,
      afterwards: answers,
      reasonsAfterwards: '',
      stalls: [],
      plans,
      startedAt: 0,
    };
    expect(problemsOfRequests(good)).toEqual([]);
    const planted = (change: Partial<RequestChaosReport>) => problemsOfRequests({ ...good, ...change });
    expect(planted({ answers: [...answers, { ...answer, outcome: undefined }] })).toEqual([
      '1 of 201 requests unanswered',
    ]);
    expect(planted({ answers: [...answers, { ...answer, latencyMs: 700 }] })).toEqual(['1 of 201 answers late']);
    expect(planted({ answers: [...answers, { ...answer, modelVersion: '3' }] })).toEqual([
      '1 of 201 of a version that was not in the plan',
    ]);
    // Two seconds after the plan let it go it may be given, later not.
    expect(planted({ answers: [...answers, { ...answer, sentAt: 11_980 }] })).toEqual([]);
    expect(planted({ answers: [...answers, { ...answer, sentAt: 12_000 }] })).toEqual([
      '1 of 201 of a version that was not in the plan',
    ]);
    expect(planted({ answers: answers.map((one) => ({ ...one, modelVersion: '1' })) })).toEqual([
      'not two versions were served',
    ]);
    expect(planted({ faults: [{ ...fault, hit: 0 }] })).toEqual(['1 of 1 faults hit nothing']);
    expect(
      planted({ afterwards: answers.map((each, at) => (at < 5 ? { ...each, outcome: 'fallback' } : each)) }),
    ).toHaveLength(1);
  });

  test('planted: full answers that come later than promised after a return are told, by kind', () => {
    const asked = (sentAt: number, outcome: string) => ({
      outcome,
      modelVersion: '1',
      latencyMs: 10,
      sentAt,
      askedAgain: false,
    });
    const every10ms = Array.from({ length: 600 }, (_, at) => at * 10);
    const fullFrom = (ms: number) =>
      recoveriesOf(
        [fault],
        every10ms.map((at) => asked(at, at < ms ? 'fallback' : 'model')),
        0,
      );
    expect(fullFrom(2_500)).toEqual([{ kind: 'redis', faults: 1, asked: 300, full: 300, slowestMs: 490 }]);
    expect(problemsOfRecovery(fullFrom(2_500))).toEqual([]);
    expect(problemsOfRecovery(recoveriesOf([fault], [], 0))).toHaveLength(1);
    expect(problemsOfRecovery(fullFrom(3_100))).toEqual(['after redis was back: 290 of 300 are full answers']);
  });
});
