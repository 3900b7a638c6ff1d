import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { boundedStdout } from './bounded-output.ts';

export { Counter, Gauge, Histogram, Registry };

/**
 * A registry of one service. Metrics carry the prefix `reelay_`, base units, and labels from closed sets only: never a
 * user, an item or a version. With `process: true` Node's own figures (event-loop delay, memory) are in it.
 */
export function createRegistry(options: { process?: boolean } = {}): Registry {
  const registry = new Registry();
  if (options.process) {
    collectDefaultMetrics({ register: registry, prefix: 'reelay_' });
    addDroppedLines(registry);
  }
  return registry;
}

function addDroppedLines(registry: Registry): void {
  let counted = 0;
  const lines = new Counter({
    name: 'reelay_log_lines_dropped_total',
    help: 'Lines of the log that found no room, since nobody read them or the disk was full.',
    registers: [],
    collect() {
      const { dropped } = boundedStdout();
      this.inc(dropped - counted);
      counted = dropped;
    },
  });
  registry.registerMetric(lines);
}
