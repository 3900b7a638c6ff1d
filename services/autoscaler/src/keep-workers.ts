import { backoffMs, type Clock } from '@reelay/shared/runtime';
import type { Pool } from './pools.ts';
import type { Scaler, Worker } from './scaler.ts';

export interface KeepDeps {
  pool: Pool;
  scaler: Pick<Scaler, 'start' | 'drain'>;
  clock: Clock;
  onDeath(worker: Worker, livedMs: number): void;
  onCrashLoop(deaths: number): void;
  onProblem(error: unknown): void;
}

export interface Keeper {
  /** Brings the living workers to the wanted number: starts what is missing, drains the newest of what is too much. */
  keep(wanted: number, living: readonly Worker[]): Promise<void>;
  /** Dies again and again right after its start: nothing is started any more until `resume`. */
  readonly crashLoop: boolean;
  resume(): void;
}

/** A worker that dies younger than this died of its start; one that lived longer shows that workers can live. */
const youngMs = 10_000;
/** So many young deaths in a row are a crash loop. */
const youngDeathsMax = 5;
const restart = { firstMs: 500, maxMs: 10_000 };

/**
 * Keeps a number of workers alive. One that vanished without having been told to has died; the next start then waits, longer with each young
 * death. A worker that is seen alive beyond its youth ends the counting.
 */
export function createKeeper({ pool, scaler, clock, ...tell }: KeepDeps): Keeper {
  let known = new Map<string, Worker>();
  const drained = new Set<string>();
  let youngDeaths = 0;
  let startAfterMs = -Infinity;

  function bury(living: readonly Worker[]): void {
    const alive = new Set(living.map(({ id }) => id));
    for (const worker of known.values()) if (!alive.has(worker.id)) buried(worker);
    known = new Map(living.map((worker) => [worker.id, worker]));
    if (living.some((worker) => ageMs(worker) >= youngMs)) youngDeaths = 0;
  }

  function buried(worker: Worker): void {
    if (drained.delete(worker.id) || worker.state === 'draining') return;
    const livedMs = ageMs(worker);
    tell.onDeath(worker, livedMs);
    if (livedMs >= youngMs) return;
    youngDeaths++;
    startAfterMs = clock.monotonicMs() + backoffMs(youngDeaths, restart);
    if (youngDeaths === youngDeathsMax) tell.onCrashLoop(youngDeaths);
  }

  const ageMs = ({ startedAtMs }: Worker): number => clock.now() - startedAtMs;

  async function startMissing(missing: number): Promise<void> {
    if (youngDeaths >= youngDeathsMax || clock.monotonicMs() < startAfterMs) return;
    const started = await Promise.allSettled(Array.from({ length: missing }, () => scaler.start(pool)));
    for (const one of started) {
      if (one.status === 'fulfilled') known.set(one.value.id, one.value);
      else tell.onProblem(one.reason);
    }
  }

  async function drainExtra(running: readonly Worker[], extra: number): Promise<void> {
    const newestFirst = running.toSorted((one, other) => other.startedAtMs - one.startedAtMs);
    for (const { id } of newestFirst.slice(0, extra)) {
      drained.add(id);
      await scaler.drain(id).catch(tell.onProblem);
    }
  }

  return {
    get crashLoop() {
      return youngDeaths >= youngDeathsMax;
    },
    resume() {
      youngDeaths = 0;
      startAfterMs = -Infinity;
    },
    async keep(wanted, all) {
      const living = all.filter((worker) => worker.pool === pool);
      bury(living);
      const running = living.filter(({ state }) => state === 'running');
      if (running.length < wanted) await startMissing(wanted - running.length);
      else await drainExtra(running, running.length - wanted);
    },
  };
}
