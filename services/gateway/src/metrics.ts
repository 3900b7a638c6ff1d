import { tracks, type FallbackReason, type FallbackRung, type Outcome, type Track } from '@reelay/shared/contracts';
import { Counter, Gauge, Histogram, type Registry } from '@reelay/shared/observability';

/** What is read when metrics are asked for. */
export interface GatewayFigures {
  inFlight(): number;
  jobsInFlight(track: Track): number;
  jobLimit(track: Track): number;
  breakerOpen(): boolean;
  planEpoch(): number;
}

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>;

/** Labels from closed sets only: outcome, rung, reason, error code. */
export function createGatewayMetrics(registry: Registry, figures: GatewayFigures) {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      name: `reelay_gateway_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const trackGauge = (name: string, help: string, read: (track: Track) => number): Gauge<'track'> =>
    new Gauge({
      name: `reelay_gateway_${name}`,
      help,
      labelNames: ['track'],
      registers,
      collect() {
        for (const track of tracks) this.set({ track }, read(track));
      },
    });
  return {
    jobsInFlight: trackGauge('jobs_in_flight', 'Jobs that wait for workers.', (track) => figures.jobsInFlight(track)),
    jobLimit: trackGauge('jobs_limit', 'How many may wait now.', (track) => figures.jobLimit(track)),
    inFlight: gauge('in_flight', 'Requests in hand.', () => figures.inFlight()),
    breakerOpen: gauge('breaker_open', '1 while no worker can be asked: a port away, nobody there, or too slow.', () =>
      Number(figures.breakerOpen()),
    ),
    planEpoch: gauge('plan_epoch', 'Epoch of the plan in use.', () => figures.planEpoch()),
    answers: new Counter<'outcome' | 'rung'>({
      name: 'reelay_gateway_answers_total',
      help: 'Answers by outcome; rung of the ladder for a fallback, none else.',
      labelNames: ['outcome', 'rung'],
      registers,
    }),
    fallbacks: new Counter<'reason'>({
      name: 'reelay_gateway_fallbacks_total',
      help: 'Fallbacks by reason.',
      labelNames: ['reason'],
      registers,
    }),
    errors: new Counter<'code'>({
      name: 'reelay_gateway_errors_total',
      help: 'Requests that got an error, by code.',
      labelNames: ['code'],
      registers,
    }),
    unclaimed: new Counter({
      name: 'reelay_gateway_unclaimed_answers_total',
      help: 'Answers of workers that nobody waited for any more.',
      registers,
    }),
    latency: new Histogram<'outcome'>({
      name: 'reelay_gateway_answer_seconds',
      help: 'Time from the arrival of a request to its answer.',
      labelNames: ['outcome'],
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.35, 0.4, 0.6, 1],
      registers,
    }),
  };
}

/** One answer, in all the metrics that tell of answers. */
export function countAnswer(
  metrics: GatewayMetrics,
  {
    outcome,
    rung,
    reason,
    seconds,
  }: { outcome: Outcome; rung?: FallbackRung; reason?: FallbackReason; seconds: number },
): void {
  metrics.answers.inc({ outcome, rung: rung ?? 'none' });
  metrics.latency.observe({ outcome }, seconds);
  if (reason) metrics.fallbacks.inc({ reason });
}
