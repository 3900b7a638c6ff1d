import type { StreamProgress } from '@reelay/shared/storage';
import { CsvFiles } from './append-csv.ts';
import { Window } from './gather-window.ts';
import type { IngestDeps } from './ingest-deps.ts';
import { Stall } from './note-stall.ts';

/** What is held between a claim and the loss of it. A new claim makes a new one, so nothing of the old can leak in. */
export interface Ownership {
  progress: StreamProgress;
  /** Next offset to be gathered. */
  position: number;
  /** The last stored line is read once more and compared: another one there means that the topic was made anew. */
  check: { offset: number; hash: string } | undefined;
  window: Window;
  /** When the first line came into the window. */
  gatheringSince: number;
  csv: CsvFiles;
  stall: Stall;
  /** The window before, while it is being committed. */
  committing: { window: Window; since: number; done: Promise<boolean> } | undefined;
  lost: boolean;
}

/** Nothing gathered yet, from the stored position on. */
export function ownPartition(deps: IngestDeps, progress: StreamProgress): Ownership {
  const { nextOffset, lastLineHash } = progress;
  return {
    progress,
    position: nextOffset,
    check: lastLineHash !== null && nextOffset > 0 ? { offset: nextOffset - 1, hash: lastLineHash } : undefined,
    window: new Window(nextOffset),
    gatheringSince: 0,
    csv: new CsvFiles(deps.config.CSV_DIR, progress),
    stall: new Stall(deps, { topic: progress.topic, partition: progress.partition, ownerEpoch: progress.ownerEpoch }),
    committing: undefined,
    lost: false,
  };
}

/** For log lines. */
export const where = ({ topic, partition, ownerEpoch, nextOffset }: StreamProgress) => ({
  topic,
  partition,
  ownerEpoch,
  nextOffset,
});
