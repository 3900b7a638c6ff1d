import { setTimeout as pause } from 'node:timers/promises';
import { processTarget, runChaos, type ChaosTarget, type Span, type StruckFault } from '@reelay/shared/testing';
import { openServingPlatform, servedVersion } from '../faults/serving-platform.ts';
import { stalledMsBetween, watchStalls, type Stall } from '../faults/watch-stalls.ts';
import { createTwoGatewayClient, type TwoGatewayAnswer } from './ask-two-gateways.ts';
import { changePlans, wasPlanned, type PlanSpan } from './change-plans.ts';
import { fallbacksBetween, readFallbacks } from './read-fallbacks.ts';

export interface RequestChaosOptions {
  seed: number;
  faults: number;
  rate: number;
  spacing: Span;
  lasts: Span;
  onEvent?(event: string): void;
}

export interface RequestChaosReport {
  faults: StruckFault[];
  answers: TwoGatewayAnswer[];
  /** Of the last seconds, when all was back. */
  afterwards: TwoGatewayAnswer[];
  /** Why some of those were fallbacks, in words; empty when none was. */
  reasonsAfterwards: string;
  stalls: readonly Stall[];
  /** What was in the plan when; no other version may be in an answer of a model. */
  plans: PlanSpan[];
  /** `performance.now()` when the faults began. */
  startedAt: number;
}

const versions = [servedVersion, '2-bbbbbb'] as const;

const settleMs = 5_000;
const afterwardsMs = 3_000;
let users = 6_000_000;

/**
 * Two gateways, two workers, RabbitMQ and Redis are killed and held by chance while a client asks both gateways and the plan goes from one
 * release to the next.
 */
export async function runRequestChaos(options: RequestChaosOptions): Promise<RequestChaosReport> {
  const platform = await openServingPlatform({ gateways: 2, workers: 2, versions });
  const watching = watchStalls();
  const answers: Promise<TwoGatewayAnswer>[] = [];
  const end = new AbortController();
  const client = createTwoGatewayClient([platform.gateways[0].url, platform.gateways[1].url]);
  try {
    const planning = changePlans(platform.urls.REDIS_URL, versions, end.signal);
    const sending = send(options.rate, end.signal, (at) => answers.push(client.ask(users++, at % 2)));
    const kinds = ['kill', 'pause'] as const;
    const started = [...platform.gateways, ...platform.workers, platform.rabbitmq, platform.redis];
    const targets: (ChaosTarget & { kinds: typeof kinds })[] = started.map((one) => ({ ...processTarget(one), kinds }));
    const startedAt = performance.now();
    const faults = await runChaos({
      ...options,
      targets,
      hit: () => client.underWay,
      onStrike: ({ target, kind, hit }) => options.onEvent?.(`${kind} ${target}, ${hit} under way`),
      onRecovery: ({ target }) => options.onEvent?.(`${target} is back`),
    });
    await pause(settleMs);
    const settled = answers.length;
    const reasons = () => readFallbacks(platform.gateways.map(({ adminUrl }) => adminUrl));
    const before = await reasons();
    await pause(afterwardsMs);
    end.abort();
    await sending;
    const all = await Promise.all(answers);
    const seen = { afterwards: all.slice(settled), reasonsAfterwards: fallbacksBetween(before, await reasons()) };
    return { faults, answers: all, ...seen, stalls: watching.stalls, plans: await planning, startedAt };
  } finally {
    end.abort();
    watching.stop();
    await Promise.allSettled(answers);
    client.close();
    await platform.close();
  }
}

async function send(rate: number, signal: AbortSignal, ask: (at: number) => void): Promise<void> {
  const started = performance.now();
  for (let sent = 0; !signal.aborted;) {
    const due = ((performance.now() - started) / 1_000) * rate;
    for (; sent < due; sent++) ask(sent);
    await pause(2);
  }
}

const deadlineMs = 600;

/** What was broken; empty when all was kept. Counts only. */
export function problemsOfRequests(report: RequestChaosReport): string[] {
  const { faults, answers, afterwards, reasonsAfterwards, stalls, plans } = report;
  const problems: string[] = [];
  const say = (bad: number, of: number, what: string) => void (bad > 0 && problems.push(`${bad} of ${of} ${what}`));
  say(answers.filter(({ outcome }) => outcome === undefined).length, answers.length, 'requests unanswered');
  const late = answers.filter(
    ({ latencyMs, sentAt }) => latencyMs - stalledMsBetween(stalls, sentAt, sentAt + latencyMs) > deadlineMs,
  );
  say(late.length, answers.length, 'answers late');
  const made = answers.filter(({ outcome }) => outcome === 'model' || outcome === 'cache');
  say(
    made.filter(({ modelVersion = '', sentAt, latencyMs }) => !wasPlanned(plans, modelVersion, sentAt + latencyMs))
      .length,
    made.length,
    'of a version that was not in the plan',
  );
  if (new Set(made.map(({ modelVersion }) => modelVersion)).size < 2) problems.push('not two versions were served');
  say(faults.filter(({ hit }) => hit === 0).length, faults.length, 'faults hit nothing');
  const full = afterwards.filter(({ outcome }) => outcome === 'model' || outcome === 'cache').length;
  if (afterwards.length < 100 || full * 100 < afterwards.length * 99)
    problems.push(`afterwards ${full} of ${afterwards.length} are full answers (${reasonsAfterwards})`);
  return problems;
}
