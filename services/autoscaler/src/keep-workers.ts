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
  /**
   * Brings the living workers to the wanted number: starts what is missing, at the first free places, drains the last places of what is too
   * much. `alone`: there will never be more than one, which has no place and serves all.
   */
  keep(wanted: number, living: readonly Worker[], options?: { alone?: boolean }): Promise<void>;
  /** Dies again and again right after its start: nothing is started any more until `resume`. */
  readonly crashLoop: boolean;
  resume(): void;
}

/** A worker that dies younger than this died of its start; one that lived longer shows that workers can live. */
const youngMs = 10_000;
/** So many young deaths in a row are a crash loop. */
const youngDeathsMax = 5;
const restart = { firstMs: 500, maxMs: 10_000 };

interface Youth {
  deaths: number;
  startAfterMs: number;
}

/**
 * Keeps a number of workers alive. One that vanished without having been told to has died; the next start then waits, longer with each young
 * death. A worker that is seen alive beyond its youth ends the counting. A place that may serve a canary counts by itself and is tried for
 * ever: what a canary breaks neither keeps the others from being started, nor does it outlast the canary.
 */
export function createKeeper({ pool, scaler, clock, ...tell }: KeepDeps): Keeper {
  let known = new Map<string, Worker>();
  const drained = new Set<string>();
  const youths = new Map<number, Youth>();

  /** Whose deaths are counted together: 0 for all that serve stable alone, or slices. */
  const countedAs = (place: number | null): number => (pool === 'single' ? (place ?? 0) : 0);
  const youthOf = (place: number | null): Youth =>
    youths.get(countedAs(place)) ?? { deaths: 0, startAfterMs: -Infinity };
  const isCrashLoop = (): boolean => youthOf(0).deaths >= youngDeathsMax;

  function bury(living: readonly Worker[]): void {
    const alive = new Set(living.map(({ id }) => id));
    for (const worker of known.values()) if (!alive.has(worker.id)) buried(worker);
    known = new Map(living.map((worker) => [worker.id, worker]));
    const old = living.filter((worker) => ageMs(worker) >= youngMs);
    if (old.length > 0) youths.delete(0);
    for (const { place } of old) youths.delete(countedAs(place));
  }

  function buried(worker: Worker): void {
    if (drained.delete(worker.id) || worker.state === 'draining') return;
    const livedMs = ageMs(worker);
    tell.onDeath(worker, livedMs);
    if (livedMs >= youngMs) return;
    const deaths = youthOf(worker.place).deaths + 1;
    youths.set(countedAs(worker.place), { deaths, startAfterMs: clock.monotonicMs() + backoffMs(deaths, restart) });
    if (countedAs(worker.place) === 0 && deaths === youngDeathsMax) tell.onCrashLoop(deaths);
  }

  const ageMs = ({ startedAtMs }: Worker): number => clock.now() - startedAtMs;

  async function startMissing(places: (number | null)[]): Promise<void> {
    if (isCrashLoop()) return;
    const due = places.filter((place) => clock.monotonicMs() >= youthOf(place).startAfterMs);
    const started = await Promise.allSettled(due.map((place) => scaler.start(pool, place)));
    for (const one of started) {
      if (one.status === 'fulfilled') known.set(one.value.id, one.value);
      else tell.onProblem(one.reason);
    }
  }

  async function drainExtra(running: readonly Worker[], extra: number): Promise<void> {
    const lastFirst = running.toSorted(
      (one, other) => (other.place ?? 0) - (one.place ?? 0) || other.startedAtMs - one.startedAtMs,
    );
    for (const { id } of lastFirst.slice(0, extra)) {
      drained.add(id);
      await scaler.drain(id).catch(tell.onProblem);
    }
  }

  return {
    get crashLoop() {
      return isCrashLoop();
    },
    resume() {
      youths.clear();
    },
    async keep(wanted, all, { alone = false } = {}) {
      const living = all.filter((worker) => worker.pool === pool);
      bury(living);
      const running = living.filter(({ state }) => state === 'running');
      if (running.length >= wanted) return drainExtra(running, running.length - wanted);
      await startMissing(alone ? [null] : freePlaces(running).slice(0, wanted - running.length));
    },
  };
}

/** The first places that nobody has, in order; more than anybody can want. */
function freePlaces(running: readonly Worker[]): number[] {
  const taken = new Set(running.map(({ place }) => place ?? 0));
  const places = Array.from({ length: running.length + placesMax }, (_, place) => place);
  return places.filter((place) => !taken.has(place));
}

const placesMax = 1_000;
