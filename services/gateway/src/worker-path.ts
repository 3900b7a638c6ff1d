import type { FallbackReason, Track } from '@reelay/shared/contracts';
import type { WorkQueue } from '@reelay/shared/messaging';
import type { Asked, Question, WorkerDesk } from './ask-worker.ts';
import type { Route } from './choose-track.ts';
import type { Breaker } from './path-breaker.ts';
import type { WorkerWatch } from './watch-workers.ts';

export interface Reach {
  /** Where to ask; else why nobody is asked. */
  route: Route | Extract<FallbackReason, 'QUEUE_DOWN' | 'NO_WORKER' | 'BREAKER_OPEN'>;
  /** Set when the wanted route is due for a trial that nobody waits for. */
  trial?: Route;
}

/** The way to the workers and back, and what is known of it. */
export interface WorkerPath {
  /**
   * Where to send what belongs on `wanted` now: there, else to the other track's workers, who load what the plan names, too. Nobody waits for
   * workers that are not there, or that have not answered in time for a while.
   */
  reach(wanted: Route): Reach;
  ask(question: Question): Promise<Asked>;
  /** Some track can be asked. */
  readonly isOpen: boolean;
}

export interface WorkerPathDeps {
  queue: Pick<WorkQueue<unknown>, 'isUp'>;
  desk: WorkerDesk;
  workers: Pick<WorkerWatch, 'has'>;
  breakers: Record<Track, Breaker>;
  /** Who gave less time than this learns nothing about the workers. */
  fairTimeMs: number;
}

const otherTrack = { stable: 'canary', canary: 'stable' } as const;

export function createWorkerPath({ queue, desk, workers, breakers, fairTimeMs }: WorkerPathDeps): WorkerPath {
  const canAsk = (track: Track): boolean => workers.has(track) && !breakers[track].isOpen;
  return {
    get isOpen() {
      return queue.isUp() && (canAsk('stable') || canAsk('canary'));
    },
    reach(wanted) {
      if (!queue.isUp()) return { route: 'QUEUE_DOWN' };
      if (canAsk(wanted.track)) return { route: wanted };
      const other = { ...wanted, track: otherTrack[wanted.track] };
      const instead = canAsk(other.track) ? other : undefined;
      if (!workers.has(wanted.track)) return { route: instead ?? 'NO_WORKER' };
      const trial = breakers[wanted.track].trial();
      if (trial === 'foreground' && instead === undefined) return { route: wanted };
      return { route: instead ?? 'BREAKER_OPEN', ...(trial !== 'none' && { trial: wanted }) };
    },
    async ask(question) {
      const asked = await desk.ask(question);
      const breaker = breakers[question.route.track];
      if (typeof asked === 'object') breaker.succeeded();
      else if (asked === 'TIMEOUT' && question.timeLeftMs >= fairTimeMs) breaker.failed();
      return asked;
    },
  };
}
