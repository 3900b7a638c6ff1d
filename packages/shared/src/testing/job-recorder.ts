import type { Delivery, Verdict } from '../messaging/index.ts';

export interface TestJob {
  id: number;
  tags?: string[];
}

/** Takes everything down: which jobs came, in which batches, and how many were in hand at once. */
export class JobRecorder {
  readonly batches: Delivery<TestJob>[][] = [];
  inHand = 0;
  mostInHand = 0;
  verdict: (delivery: Delivery<TestJob>) => Verdict = () => 'done';
  /** The handler waits for this before it answers. */
  gate: Promise<void> = Promise.resolve();

  readonly handler = async (batch: Delivery<TestJob>[]): Promise<Verdict[]> => {
    this.batches.push(batch);
    this.inHand += batch.length;
    this.mostInHand = Math.max(this.mostInHand, this.inHand);
    await this.gate;
    this.inHand -= batch.length;
    return batch.map(this.verdict);
  };

  get deliveries(): Delivery<TestJob>[] {
    return this.batches.flat();
  }

  get ids(): number[] {
    return this.deliveries.map(({ job }) => job.id);
  }
}

/** What is published comes exactly once when nothing fails; what else came is named. */
export function onceEach(ids: number[], published: number): { missing: number[]; doubled: number[] } {
  const count = new Map<number, number>();
  for (const id of ids) count.set(id, (count.get(id) ?? 0) + 1);
  const missing = Array.from({ length: published }, (_, id) => id).filter((id) => !count.has(id));
  return { missing, doubled: [...count].filter(([, times]) => times > 1).map(([id]) => id) };
}

export function openGate(): { gate: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { gate: promise, open: resolve };
}
