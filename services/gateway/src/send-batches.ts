import type { Batch, BatchKind, BatchQueue } from '@reelay/shared/messaging';
import type { Logger } from '@reelay/shared/observability';
import { messageOf, within, type Clock, type Own } from '@reelay/shared/runtime';
import type { ReceiptMetrics } from './receipt-metrics.ts';
import type { BatchSpill, SpilledBatch } from './spill-batches.ts';

/** `confirmed`: the queue has it. `spilled`: it is on this disk and goes to the queue later. `dropped`: neither would take it. */
export type Sent = 'confirmed' | 'spilled' | 'dropped';

export interface BatchSender {
  /** `rows`: how many receipts or judgements it holds, for the figures. Never throws; a few seconds at most. */
  send(kind: BatchKind, batch: Batch, rows: number): Promise<Sent>;
}

export interface SendDeps {
  queue: Pick<BatchQueue, 'isUp' | 'publish'>;
  /** Absent: what the queue does not take is dropped, and counted. */
  spill?: BatchSpill;
  metrics: ReceiptMetrics;
  log: Logger;
  clock: Clock;
}

/** A queue in memory confirms when the batch was consumed; after this the disk is asked. */
const confirmWithinMs = 3_000;
const lookAgainMs = 250;
/** Spilled batches under way at once: a broker confirms what it has synced, many at a time, and one after the other would wait for each. */
const replayAtOnce = 32;

/** Sends each batch at once, and what was spilled beside it, oldest first, as soon as the queue takes batches. */
export function createBatchSender(deps: SendDeps, own: Own): BatchSender {
  if (deps.spill) replaySpill({ ...deps, spill: deps.spill }, own);
  return {
    async send(kind, batch, rows) {
      const sent = (await publish(kind, batch, deps)) ? 'confirmed' : await keep(kind, batch, deps);
      deps.metrics.rows.inc({ kind, outcome: sent }, rows);
      return sent;
    },
  };
}

async function publish(kind: BatchKind, batch: Batch, { queue }: SendDeps): Promise<boolean> {
  if (!queue.isUp()) return false;
  try {
    await within(confirmWithinMs, 'a confirmation', queue.publish(kind, batch));
    return true;
  } catch {
    return false;
  }
}

async function keep(kind: BatchKind, batch: Batch, { spill, log }: SendDeps): Promise<Sent> {
  try {
    if (spill && (await spill.keep(kind, batch))) return 'spilled';
    log.error({ kind, batch: batch.id, spilled: spill?.bytes ?? 0 }, 'batch dropped: no queue and no room on disk');
  } catch (error) {
    log.error({ kind, batch: batch.id, error: messageOf(error) }, 'batch dropped: it cannot be spilled');
  }
  return 'dropped';
}

function replaySpill(deps: SendDeps & { spill: BatchSpill }, own: Own): void {
  const stop = new AbortController();
  const running = replay(deps, stop.signal);
  own(async () => {
    stop.abort();
    await running;
  });
}

async function replay(deps: SendDeps & { spill: BatchSpill }, signal: AbortSignal): Promise<void> {
  const { spill, clock } = deps;
  while (!signal.aborted) {
    const sent = await Promise.all((await spill.oldest(replayAtOnce)).map((one) => replayOne(one, deps)));
    if (!sent.includes(true)) await clock.sleep(lookAgainMs, signal);
  }
}

async function replayOne(spilled: SpilledBatch, deps: SendDeps & { spill: BatchSpill }): Promise<boolean> {
  const { spill, metrics, log } = deps;
  if (!(await publish(spilled.kind, spilled.batch, deps))) return false;
  await spill.drop(spilled).catch((error: unknown) => log.warn({ error: messageOf(error) }, 'a spilled file stays'));
  metrics.replayed.inc({ kind: spilled.kind });
  return true;
}
