import type { Logger } from '@reelay/shared/observability';
import { createService, type Clock, type Service } from '@reelay/shared/runtime';
import type { IngestorMetrics } from './metrics.ts';

const lookMs = 1_000;

/** Ports that the ingestor works with; a closed set, since it labels a metric. */
export const watchedPorts = ['event_log', 'ledger', 'histories', 'queue'] as const;
export type WatchedPort = (typeof watchedPorts)[number];

export interface WatchPortsDeps {
  /** Whether each is there; may ask it, and then answers in bounded time. */
  ports: Partial<Record<WatchedPort, () => boolean | Promise<boolean>>>;
  metrics: Pick<IngestorMetrics, 'portUp'>;
  log: Logger;
  clock: Clock;
}

/** Looks each second: a gauge a port, one log line when it goes and one when it is back. */
export const createPortWatch = (deps: WatchPortsDeps): Service =>
  createService('port-watch', async (own) => {
    const abort = new AbortController();
    const looking = Object.entries(deps.ports).map(([port, isUp]) =>
      watch(port as WatchedPort, isUp, deps, abort.signal),
    );
    own(async () => {
      abort.abort();
      await Promise.all(looking);
    });
  });

async function watch(
  port: WatchedPort,
  isUp: () => boolean | Promise<boolean>,
  { metrics, log, clock }: WatchPortsDeps,
  signal: AbortSignal,
): Promise<void> {
  let awaySince: number | undefined;
  while (!signal.aborted) {
    const up = await Promise.resolve(isUp()).catch(() => false);
    if (signal.aborted) return;
    metrics.portUp.set({ port }, up ? 1 : 0);
    if (!up && awaySince === undefined) log.error({ port }, 'a port is away');
    if (up && awaySince !== undefined)
      log.info({ port, awayMs: Math.round(clock.monotonicMs() - awaySince) }, 'a port is back');
    awaySince = up ? undefined : (awaySince ?? clock.monotonicMs());
    await clock.sleep(lookMs, signal);
  }
}
