import { openEventLog, openHistories } from '@reelay/shared/messaging';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { systemClock } from '@reelay/shared/runtime';
import { openLedger, type Ledger } from '@reelay/shared/storage';
import { createIngestor, ingestorConfig } from '../../services/ingestor/src/index.ts';

const noRows = { ratings: [], segments: [], recommendations: [], accounts: [], quarantine: [] };

/** A planted fault: an ingestor that goes on behind a window whose commit failed, as if nobody had to store it. */
export async function startForgetfulIngestor(environment: Record<string, string>) {
  const config = ingestorConfig.parse(environment);
  const ledger = await openLedger(config.LEDGER_URL);
  const eventLog = await openEventLog(config.EVENT_LOG_URL, { group: 'forgetful', sessionTimeoutMs: 6_000 });
  const histories = await openHistories('memory:');
  const failed = new Set<number>();
  let dropped = 0;
  const commitWindow: Ledger['commitWindow'] = async (window, appendCsv) => {
    const isDropped = failed.has(window.expectedOffset);
    const given = isDropped ? { ...window, received: 0, watchLines: 0, rows: noRows } : window;
    try {
      const result = await ledger.commitWindow(given, isDropped ? async () => [] : appendCsv);
      // One whose first commit had arrived after all is refused here: nothing of it is lost.
      if (isDropped && result.outcome === 'committed') dropped++;
      return result;
    } catch (error) {
      failed.add(window.expectedOffset);
      throw error;
    }
  };
  const forgetful = new Proxy(ledger, {
    get(target, name: keyof Ledger) {
      if (name === 'commitWindow') return commitWindow;
      const value: unknown = target[name];
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const { log } = createMemoryLogger();
  const ports = { eventLog, ledger: forgetful, histories };
  const ingestor = createIngestor({ ...ports, config, log, registry: createRegistry(), clock: systemClock });
  await ingestor.start();
  return {
    /** Windows whose commit failed, and those of them that were then left out. */
    failed: () => failed.size,
    dropped: () => dropped,
    async stop() {
      await ingestor.stop();
      await eventLog.close();
      await histories.close();
      await ledger.close();
    },
  };
}
