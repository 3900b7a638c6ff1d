import { systemClock } from '@reelay/shared/runtime';
import { openLedger, type Ledger } from '@reelay/shared/storage';
import { readCounter } from '../admin-client.ts';
import type { Platform } from '../platform.ts';
import type { Voice } from './voice.ts';

interface Figures {
  requests: number;
  /** Share of requests answered within 600 ms, as the course measures. */
  inTime: number;
  model: number;
  cache: number;
  fallback: number;
  linesPerSecond: number;
  version: string | null;
}

const everyMs = 1_000;

/** One line of figures a second, until the process ends. A second in which something does not answer is left out. */
export async function showLiveFigures(platform: Platform, voice: Voice): Promise<never> {
  const ledger = await openLedger(platform.addresses.LEDGER_URL);
  let before = { received: 0, at: 0 };
  for (;;) {
    const taken = await take(platform, ledger).catch(() => undefined);
    if (taken) {
      const seconds = (taken.at - before.at) / 1_000;
      const linesPerSecond = before.at === 0 ? 0 : (taken.received - before.received) / seconds;
      before = taken;
      const figures = { ...taken.answers, linesPerSecond, version: taken.version };
      voice.figures(figures, textOf(figures));
    }
    await systemClock.sleep(everyMs);
  }
}

async function take({ admin }: Platform, ledger: Ledger) {
  const base = admin.gateway ?? '';
  const [outcomes, inTime, counts, plan] = await Promise.all([
    readCounter(base, 'reelay_gateway_answers_total', 'outcome'),
    readCounter(base, 'reelay_gateway_answer_seconds_bucket', 'le'),
    ledger.counts(),
    ledger.plan(),
  ]);
  const [model, cache, fallback] = ['model', 'cache', 'fallback'].map((outcome) => outcomes.get(outcome) ?? 0);
  const requests = model + cache + fallback;
  const answers = { requests, inTime: inTime.get('0.6') ?? 0, model, cache, fallback };
  return { answers, received: counts.lines.received, version: plan.stable, at: systemClock.monotonicMs() };
}

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
