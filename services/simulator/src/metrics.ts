import { Counter, type Registry } from '@reelay/shared/observability';
import type { TrafficStats } from './live-traffic.ts';

/** Counters that follow the figures of the traffic. */
export function createSimulatorMetrics(registry: Registry, stats: () => TrafficStats): void {
  const counter = (name: string, help: string, read: (stats: TrafficStats) => number): void => {
    const metric = new Counter({
      name: `reelay_simulator_${name}_total`,
      help,
      registers: [],
      collect() {
        this.reset();
        this.inc(read(stats()));
      },
    });
    registry.registerMetric(metric);
  };
  counter('requests', 'Recommendations asked for.', ({ requests }) => requests);
  counter('answers_in_time', 'Requests answered with a list before the deadline.', ({ inTime }) => inTime);
  counter('skipped_requests', 'Requests not sent since too many were waiting.', ({ skipped }) => skipped);
  counter('lines', 'Log lines written.', ({ lines }) => lines);
  counter('viewings', 'Viewings begun.', ({ viewings }) => viewings);
  counter('watched_recommended', 'Viewings of a movie from the list just shown.', (stats) => stats.watchedRecommended);
}
