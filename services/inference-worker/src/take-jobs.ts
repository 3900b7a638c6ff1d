import type { RecommendJob, Track } from '@reelay/shared/contracts';
import type { Delivery, Subscription, Verdict, WorkQueue } from '@reelay/shared/messaging';
import { messageOf, type Clock } from '@reelay/shared/runtime';
import { handleBatch, type InferDeps } from './infer-batch.ts';
import { joinBatches } from './join-batches.ts';
import type { WorkerMetrics } from './metrics.ts';

export interface JobTakingDeps extends InferDeps {
  queue: Pick<WorkQueue<RecommendJob>, 'consume'>;
  /** Jobs in hand at once, by queue. */
  concurrency: number;
}

export interface JobTaking {
  /** Jobs in hand now. */
  readonly inHand: number;
  /** Takes jobs from these queues and no others; resolves when it is so. Calls are followed one after the other. */
  follow(wanted: readonly Track[]): Promise<void>;
  stop(): Promise<void>;
}

/** Takes jobs from the queues of the moment. A new queue is taken up before another is left, so capacity never drops. */
export function createJobTaking(deps: JobTakingDeps): JobTaking {
  const { queue, concurrency, metrics, log, clock } = deps;
  const taken = new Map<Track, Subscription>();
  let inHand = 0;
  let last: Promise<void> = Promise.resolve();
  metrics.concurrency.set(concurrency);

  async function begin(track: Track): Promise<void> {
    const alone = (batch: Delivery<RecommendJob>[]): Promise<Verdict[]> => handleBatch(batch, deps);
    // With one job in hand there is nothing to wait for.
    const handle = concurrency === 1 ? alone : joinBatches(alone, { clock });
    const taking = await queue.consume(track, { concurrency }, (batch) => {
      inHand += batch.length;
      const handled: Promise<Verdict[]> = handle(batch).finally(() => (inHand -= batch.length));
      return countInHand(batch.length, handled, metrics, clock);
    });
    taken.set(track, taking);
  }

  async function change(wanted: readonly Track[]): Promise<void> {
    const before = [...taken.keys()];
    for (const track of wanted) if (!taken.has(track)) await begin(track);
    for (const track of before.filter((one) => !wanted.includes(one))) {
      const taking = taken.get(track);
      taken.delete(track);
      await taking?.stop();
    }
    if ([...taken.keys()].join() !== before.join()) log.info({ slots: [...taken.keys()] }, 'worker takes jobs of');
  }

  function inTurn(work: () => Promise<void>): Promise<void> {
    const mine = last.then(work);
    last = mine.catch((error: unknown) => log.error({ error: messageOf(error) }, 'the queues could not be changed'));
    return mine;
  }

  return {
    get inHand() {
      return inHand;
    },
    follow: (wanted) => inTurn(() => change(wanted)),
    stop: () => inTurn(() => change([])),
  };
}

/** What the autoscaler needs to see that a worker is full although it computes little: it waits for its stores. */
async function countInHand<T>(
  jobs: number,
  handled: Promise<T>,
  metrics: Pick<WorkerMetrics, 'inHandSeconds'>,
  clock: Clock,
): Promise<T> {
  const sinceMs = clock.monotonicMs();
  try {
    return await handled;
  } finally {
    metrics.inHandSeconds.inc((jobs * (clock.monotonicMs() - sinceMs)) / 1_000);
  }
}
