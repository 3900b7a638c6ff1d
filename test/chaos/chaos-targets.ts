import { processTarget, type ChaosTarget, type PlannedFault } from '@reelay/shared/testing';
import type { ChaosPlatform, IngestorProcess } from './chaos-platform.ts';
import type { ReceiptSender } from './send-receipts.ts';
import { startAgain } from './start-again.ts';
import { takingTurns, Turn } from './take-turns.ts';
import type { LagWatch } from './watch-lag.ts';

export interface ChaosTargets {
  targets: ChaosTarget[];
  /** By name: whoever has it keeps the target from being struck. */
  turns: Map<string, Turn>;
}

/** The servers and the ingestors that are always there. */
export function chaosTargets({ servers }: ChaosPlatform, ingestors: IngestorProcess[]): ChaosTargets {
  const turns = new Map<string, Turn>();
  const targets = [...ingestors, ...servers].map((started) => {
    const turn = new Turn();
    turns.set(started.name, turn);
    const start = async () => void (await startAgain(started));
    return takingTurns({ ...processTarget(started), start }, turn);
  });
  return { targets, turns };
}

interface HitDeps {
  turns: Map<string, Turn>;
  ingestors: IngestorProcess[];
  lag: LagWatch;
  receipts: Pick<ReceiptSender, 'unconfirmed'>;
  /** Told of an ingestor that ended without being struck. */
  onEnded(ingestor: IngestorProcess): void;
}

/**
 * What a fault would hit at this moment: of RabbitMQ batches of receipts without a confirmation, of an ingestor lines of its own partitions that are
 * not stored, of the others lines that stand in the log and are not stored. Nothing while a scene keeps the target.
 */
export const hitOf =
  ({ turns, ingestors, lag, receipts, onEnded }: HitDeps) =>
  async ({ target }: PlannedFault): Promise<number> => {
    const ingestor = ingestors.find(({ name }) => name === target);
    const found = await underWay();
    return turns.get(target)?.isTaken === true ? 0 : found;

    async function underWay(): Promise<number> {
      if (target === 'rabbitmq') return receipts.unconfirmed;
      if (ingestor === undefined) return lag.refresh();
      if (ingestor.pid === 0 && turns.get(target)?.isTaken === false) onEnded(ingestor);
      return ingestor.metric('reelay_ingest_lag_lines');
    }
  };
