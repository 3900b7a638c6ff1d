import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export { Counter, Gauge, Histogram, Registry };

/**
 * A registry of one service. Metrics carry the prefix `reelay_`, base units, and labels from closed sets only: never a
 * user, an item or a version. With `process: true` Node's own figures (event-loop delay, memory) are in it.
 */
export function createRegistry(options: { process?: boolean } = {}): Registry {
  const registry = new Registry();
  if (options.process) collectDefaultMetrics({ register: registry, prefix: 'reelay_' });
  return registry;
}
