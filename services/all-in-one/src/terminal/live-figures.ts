import { systemClock } from '@reelay/shared/runtime';
import { openLedger, type Ledger } from '@reelay/shared/storage';
import { countersIn, readMetrics } from '../admin-client.ts';
import type { Platform } from '../platform.ts';
import type { Voice } from './voice.ts';

interface Answers {
  requests: number;
  /** Answered within 600 ms, as the course measures. */
  inTime: number;
  model: number;
  cache: number;
  fallback: number;
}

interface Figures extends Answers {
  linesPerSecond: number;
  version: string | null;
}

const everyMs = 1_000;

const none: Answers = { requests: 0, inTime: 0, model: 0, cache: 0, fallback: 0 };

/**
 * One line of figures a second, until the process ends; answers are counted from the first line on, so without those that the start itself asked for. A
 * second in which something does not answer is left out.
 */
export async function showLiveFigures(platform: Platform, voice: Voice): Promise<never> {
  const ledger = await openLedger(platform.addresses.LEDGER_URL);
  let first = await take(platform, ledger).then(
    ({ answers }) => answers,
    () => none,
  );
  let before = { received: 0, at: 0 };
  for (;;) {
    const taken = await take(platform, ledger).catch(() => undefined);
    if (taken) {
      const seconds = (taken.at - before.at) / 1_000;
      const linesPerSecond = before.at === 0 ? 0 : (taken.received - before.received) / seconds;
      before = taken;
      // A gateway that was started again counts anew.
      if (taken.answers.requests < first.requests) first = none;
      const figures = { ...since(first, taken.answers), linesPerSecond, version: taken.version };
      voice.figures(figures, textOf(figures));
    }
    await systemClock.sleep(everyMs);
  }
}

async function take({ admin }: Platform, ledger: Ledger) {
  const [metrics, counts, plan] = await Promise.all([readMetrics(admin.gateway ?? ''), ledger.counts(), ledger.plan()]);
  const outcomes = countersIn(metrics, 'reelay_gateway_answers_total', 'outcome');
  const inTime = countersIn(metrics, 'reelay_gateway_answer_seconds_bucket', 'le');
  const [model, cache, fallback] = ['model', 'cache', 'fallback'].map((outcome) => outcomes.get(outcome) ?? 0);
  const requests = model + cache + fallback;
  const answers = { requests, inTime: inTime.get('0.6') ?? 0, model, cache, fallback };
  return { answers, received: counts.lines.received, version: plan.stable, at: systemClock.monotonicMs() };
}

const since = (first: Answers, now: Answers): Answers => ({
  requests: now.requests - first.requests,
  inTime: now.inTime - first.inTime,
  model: now.model - first.model,
  cache: now.cache - first.cache,
  fallback: now.fallback - first.fallback,
});

function textOf(figures: Figures): string {
  const share = (part: number) => (figures.requests === 0 ? '–' : `${((100 * part) / figures.requests).toFixed(1)} %`);
  return [
    `${figures.requests.toLocaleString('en')} requests`,
    `${share(figures.inTime)} in time`,
    `model ${share(figures.model)} cache ${share(figures.cache)} fallback ${share(figures.fallback)}`,
    `ingest ${Math.round(figures.linesPerSecond).toLocaleString('en')} lines/s`,
    `model ${figures.version ?? 'none'}`,
  ].join(' | ');
}
