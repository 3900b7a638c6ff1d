import { randomUUID } from 'node:crypto';
import { tracks, type Track } from '@reelay/shared/contracts';
import type { Own } from '@reelay/shared/runtime';
import { createWorkerDesk } from './ask-worker.ts';
import { createAdaptiveLimit, type AdaptiveLimit } from './limit-in-flight.ts';
import type { GatewayMetrics } from './metrics.ts';
import { createBreaker } from './path-breaker.ts';
import type { GatewayDeps } from './service.ts';
import { watchWorkers } from './watch-workers.ts';
import { createWorkerPath, type WorkerPath } from './worker-path.ts';

/** What is learned of the workers stays over stops and starts. */
export type WorkerLimits = Record<Track, AdaptiveLimit>;

const forEachTrack = <T>(make: () => T): Record<Track, T> =>
  Object.fromEntries(tracks.map((track) => [track, make()])) as Record<Track, T>;

/** Jobs are answered in half of the time that callers have: the other half is for what cannot be foreseen. */
export const createWorkerLimits = ({ config, clock }: Pick<GatewayDeps, 'config' | 'clock'>): WorkerLimits =>
  forEachTrack(() =>
    createAdaptiveLimit({ clock, targetMs: config.REPLY_TIMEOUT_MS / 2, max: config.JOBS_IN_FLIGHT_MAX }),
  );

/** The way to the workers and back: jobs, the list that their answers come by, and a look at who takes jobs. */
export async function openWorkerPath(
  { config, queue, answers, clock }: GatewayDeps,
  limits: WorkerLimits,
  metrics: Pick<GatewayMetrics, 'unclaimed'>,
  own: Own,
): Promise<WorkerPath> {
  // A new address each time: what was meant for an earlier start must not arrive here.
  const replyTo = `gw-${randomUUID()}`;
  const desk = createWorkerDesk({ queue, clock, replyTo, limits });
  const listening = await answers.listen(replyTo, (arrived) => metrics.unclaimed.inc(desk.settle(arrived)));
  own(() => listening.stop());
  const workers = watchWorkers({ queue, clock, everyMs: config.WORKERS_LOOK_MS });
  own(() => workers.stop());
  const breakers = forEachTrack(() => createBreaker({ clock }));
  return createWorkerPath({ queue, desk, workers, breakers, fairTimeMs: config.REPLY_TIMEOUT_MS / 2 });
}
