import type { Outcome } from '@reelay/shared/contracts';
import type { Logger } from '@reelay/shared/observability';
import type { Clock } from '@reelay/shared/runtime';
import type { Reply } from './answer-request.ts';
import { countAnswer, type GatewayMetrics } from './metrics.ts';

/** Callers give up after this; the promise that `inTime` counts. */
const answerDeadlineMs = 600;

/** Counts since the gateway was made. `requests` = answers of the three outcomes and errors; `inTime` = answers within 600 ms. */
export interface GatewayState {
  requests: number;
  inTime: number;
  model: number;
  cache: number;
  fallback: number;
}

export interface AnswerCounts {
  state(): GatewayState;
  answered(reply: Reply, durationMs: number): void;
  failed(code: string, error: unknown): void;
}

/** Successes are logged once in this many, and an outcome once a second at most; each fallback and error is. */
const successesPerLine = 100;
const successesEveryMs = 1_000;

/** One place that counts and logs the end of each request. */
export function createAnswerCounts(metrics: GatewayMetrics, log: Logger, clock: Clock): AnswerCounts {
  const counts: GatewayState = { requests: 0, inTime: 0, model: 0, cache: 0, fallback: 0 };
  const loggedAtMs: Partial<Record<Outcome, number>> = {};
  const isSampled = (outcome: Outcome): boolean => {
    if (counts[outcome] % successesPerLine !== 1) return false;
    const nowMs = clock.monotonicMs();
    if (nowMs - (loggedAtMs[outcome] ?? -Infinity) < successesEveryMs) return false;
    loggedAtMs[outcome] = nowMs;
    return true;
  };
  return {
    state: () => ({ ...counts }),
    answered({ response, reason }, durationMs) {
      const { requestId, userId, outcome, rung, modelVersion } = response;
      counts.requests++;
      counts[outcome]++;
      if (durationMs <= answerDeadlineMs) counts.inTime++;
      countAnswer(metrics, { outcome, rung, reason, seconds: durationMs / 1_000 });
      if (outcome !== 'fallback' && !isSampled(outcome)) return;
      log.info({ requestId, userId, modelVersion, outcome, rung, reason, durationMs }, 'recommendation answered');
    },
    failed(code, error) {
      counts.requests++;
      metrics.errors.inc({ code });
      // A refused request is the caller's doing and says so by its code; anything else needs its text and its cause.
      if (code === 'USER_ID_INVALID' || code === 'REQUEST_INVALID') log.info({ code }, 'request refused');
      else log.error({ code, err: error }, 'request failed');
    },
  };
}
