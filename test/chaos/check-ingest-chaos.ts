import { readWholeTopic } from '@reelay/shared/testing';
import type { LineCounts, StreamProgress } from '@reelay/shared/storage';
import { verifyCsv, type CsvVerdict } from '../../services/ingestor/src/index.ts';
import { checkReceipts, type ReceiptCheck } from '../check-receipts.ts';
import { topic, type ChaosPlatform } from './chaos-platform.ts';
import { differencesOf, factsOfLedger, wrongSums, type LogReading } from './log-facts.ts';
import { receiptUsers } from './send-receipts.ts';

export interface IngestCheck {
  /** Lines that stand in the topic, over its incarnations, as an own consumer read them back. */
  linesInLog: number;
  counts: LineCounts;
  incarnations: number;
  /** Between the log and SQL, and in the sums of SQL; at most 50. */
  differences: string[];
  csv: Pick<CsvVerdict, 'equal' | 'files' | 'rows' | 'differences'>;
  receipts: ReceiptCheck;
}

const differencesMax = 50;

interface CheckDeps {
  platform: ChaosPlatform;
  /** What was read of earlier incarnations. */
  reading: LogReading;
  replayed: Map<number, number>;
  /** Requests whose receipts were confirmed. */
  answered: string[];
}

/** When all is still: SQL against the log, CSV against SQL, receipts against what was confirmed. */
export async function checkIngest({ platform, reading, replayed, answered }: CheckDeps): Promise<IngestCheck> {
  const { ledger, eventLogUrl, csvDir } = platform;
  await readWholeTopic(eventLogUrl, topic, ({ partition, offset, bytes }) => reading.add(partition, offset, bytes));
  const inSql = await factsOfLedger(ledger, topic, replayed);
  const progress = await ledger.progress(topic);
  const differences = [...differencesOf(reading.facts, inSql), ...wrongSums(progress, inSql.accepted)];
  return {
    linesInLog: reading.facts.received,
    counts: sumOf(progress),
    incarnations: Math.max(...progress.map(({ incarnation }) => incarnation)),
    differences: differences.slice(0, differencesMax),
    csv: await verifyCsv(ledger, csvDir),
    receipts: await checkReceipts(answered, receiptUsers, ledger),
  };
}

function sumOf(progress: StreamProgress[]): LineCounts {
  const of = (name: keyof LineCounts) => progress.reduce((sum, { counts }) => sum + counts[name], 0);
  return {
    received: of('received'),
    accepted: of('accepted'),
    repeated: of('repeated'),
    quarantined: of('quarantined'),
  };
}
