import type { Delivery, Verdict } from '@reelay/shared/messaging';

type Handle<T> = (batch: Delivery<T>[]) => Promise<Verdict[]>;

interface Waiting<T> {
  batch: Delivery<T>[];
  resolve(verdicts: Verdict[]): void;
  reject(reason: unknown): void;
}

/** One computes while the other waits for its store. */
const atOnce = 2;

/**
 * Joins what comes while `handle` has work into the next call: two trips to a store are paid a batch, and a worker that takes up each job as it comes
 * has most of its time go into trips. What comes to an idle worker is taken up at once. Later attempts stay alone, so that a job that fails its batch
 * harms no other.
 */
export function joinBatches<T>(handle: Handle<T>): Handle<T> {
  const waiting: Waiting<T>[] = [];
  let running = 0;

  const next = (): void => {
    if (running === atOnce || waiting.length === 0) return;
    running++;
    void handleTogether(waiting.splice(0), handle).finally(() => {
      running--;
      next();
    });
  };
  return (batch) => {
    if (batch.some(({ attempt }) => attempt > 1)) return handle(batch);
    return new Promise((resolve, reject) => {
      waiting.push({ batch, resolve, reject });
      next();
    });
  };
}

/** Each part gets its own verdicts; never throws. */
async function handleTogether<T>(parts: Waiting<T>[], handle: Handle<T>): Promise<void> {
  try {
    const verdicts = await handle(parts.flatMap(({ batch }) => batch));
    let from = 0;
    for (const { batch, resolve } of parts) resolve(verdicts.slice(from, (from += batch.length)));
  } catch (error) {
    for (const { reject } of parts) reject(error);
  }
}
