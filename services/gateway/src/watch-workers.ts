import { tracks, type Track } from '@reelay/shared/contracts';
import type { WorkQueue } from '@reelay/shared/messaging';
import type { Clock } from '@reelay/shared/runtime';

/** Which tracks somebody takes jobs from. A broker tells of lost connections, never of a queue whose last consumer left. */
export interface WorkerWatch {
  /** False when nobody takes jobs of this track, as of the last look; what is not known counts as true. */
  has(track: Track): boolean;
  stop(): void;
}

export interface WorkerWatchDeps {
  queue: Pick<WorkQueue<unknown>, 'depth' | 'isUp'>;
  clock: Clock;
  everyMs: number;
}

/** Asks for the depth of each track every `everyMs`; so the last worker's end is known after twice that, at most. */
export function watchWorkers({ queue, clock, everyMs }: WorkerWatchDeps): WorkerWatch {
  const empty = new Set<Track>();
  let stopped = false;
  let cancel = (): void => {};

  const look = async (track: Track): Promise<void> => {
    const consumers = await queue.depth(track).then(
      (depth) => depth.consumers,
      () => undefined,
    );
    if (consumers === 0) empty.add(track);
    else empty.delete(track);
  };
  const lookAgain = (): void => {
    if (stopped) return;
    cancel = clock.after(everyMs, () => {
      const looking = queue.isUp() ? tracks.map(look) : [];
      void Promise.all(looking).then(lookAgain);
    });
  };
  lookAgain();
  return {
    has: (track) => !empty.has(track),
    stop() {
      stopped = true;
      cancel();
    },
  };
}
