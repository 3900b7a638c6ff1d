import { missedFaults } from '@reelay/shared/testing';
import type { IngestChaosReport } from './run-ingest-chaos.ts';

/** All that is wrong with what a run found, one sentence each; none: nothing was lost or doubled, and every fault hit. */
export function problemsOf(report: IngestChaosReport, expected: { lines: number; faults: number }): string[] {
  const { faults, differences, csv, receipts, ended, incarnations, linesInLog } = report;
  const missed = missedFaults(faults);
  return [
    ...differences,
    ...csv.differences,
    ...(csv.equal ? [] : ['CSV is not SQL']),
    ...(linesInLog >= expected.lines ? [] : [`the log has ${linesInLog} lines, ${expected.lines} were acknowledged`]),
    ...(faults.length === expected.faults ? [] : [`${faults.length} faults, not ${expected.faults}`]),
    ...missed.map(({ index, kind, target }) => `fault ${index + 1} (${kind} ${target}) hit nothing`),
    ...(receipts.receipts > 0 ? [] : ['there is no receipt to compare']),
    ...(receipts.missing + receipts.doubled + receipts.unknown === 0
      ? []
      : [`receipts: ${receipts.missing} missing, ${receipts.doubled} doubled, ${receipts.unknown} of nobody`]),
    ...(incarnations === 2 ? [] : [`${incarnations} incarnations of the topic were seen, not 2`]),
    ...ended.map((said) => `ended by itself: ${said}`),
  ];
}
