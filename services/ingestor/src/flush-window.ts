import { quarantineReasons } from '@reelay/shared/contracts';
import { backoffMs, messageOf } from '@reelay/shared/runtime';
import type { CommitResult, IngestWindow, StreamProgress } from '@reelay/shared/storage';
import type { CsvFiles } from './append-csv.ts';
import type { Window } from './gather-window.ts';
import type { IngestDeps } from './ingest-deps.ts';
import { stallReasonOf, type Stall } from './note-stall.ts';

const retryPause = { firstMs: 100, maxMs: 5_000 };
/** A commit that takes longer than this is a stall, though it may still end well. */
const slowCommitMs = 10_000;
/** What passes between two commits of a backlog. */
const slowCommitSlackMs = 2_000;

/** Memory of a window goes by its segments: lines that add to a known one cost nothing. The course's whole stream has 100,000 in ten minutes. */
export const segmentsMax = 250_000;

/** True when a window is large or spans enough log time; idle windows are looked after by a timer. */
export const isDue = (
  window: Window,
  { FLUSH_LINES, FLUSH_LOG_MINUTES }: Pick<IngestDeps['config'], 'FLUSH_LINES' | 'FLUSH_LOG_MINUTES'>,
): boolean =>
  window.lines >= FLUSH_LINES ||
  window.rows.segments.length >= segmentsMax ||
  (window.lines > 0 && window.logSeconds >= FLUSH_LOG_MINUTES * 60);

interface CommitTarget {
  progress: StreamProgress;
  csv: CsvFiles;
  stall: Stall;
  /** Set when the partition is taken away: then trying again is over. */
  lost: boolean;
}

/**
 * Commits a window, again and again while the ledger or the disk refuses. False when the partition has another owner, or was taken
 * away: then nothing of it was committed by this call, or nobody can say (the next claim tells).
 */
export async function commitUntilDone(deps: IngestDeps, target: CommitTarget, window: Window): Promise<boolean> {
  for (let attempt = 1; !target.lost; attempt += 1) {
    const startedAt = deps.clock.monotonicMs();
    const cancel = deps.clock.after(slowCommitMs, () => {
      target.stall.begin('commit', 'slow', `no end after ${slowCommitMs} ms`);
    });
    try {
      const result = await commitOnce(deps, target, window);
      cancel();
      const tookMs = deps.clock.monotonicMs() - startedAt;
      if (tookMs < slowCommitMs) target.stall.end('commit');
      else target.stall.endLater('commit', slowCommitMs + slowCommitSlackMs);
      note(deps, result, window, tookMs);
      if (result.outcome === 'committed') return true;
      deps.log.warn({ ...place(target, window) }, 'the partition has another owner');
      return false;
    } catch (error) {
      cancel();
      deps.metrics.problems.inc({ part: 'commit' });
      deps.log.debug({ ...place(target, window), attempt, error: messageOf(error) }, 'a window was not committed');
      // Taken away meanwhile: whose it is now will say what ails it.
      if (!target.lost) target.stall.begin('commit', stallReasonOf(error), messageOf(error));
      await deps.clock.sleep(backoffMs(attempt, retryPause));
    }
  }
  return false;
}

async function commitOnce(deps: IngestDeps, target: CommitTarget, window: Window): Promise<CommitResult> {
  const movieIdOf = (itemId: number) => window.movieIds.get(itemId)!;
  const storedDay = target.csv.dayAt(deps.clock.now());
  const ingestWindow = { ...toIngestWindow(target.progress, window), storedDay };
  const result = await deps.ledger.commitWindow(ingestWindow, (rows) => target.csv.append(rows, movieIdOf, storedDay));
  if (result.outcome === 'committed') {
    target.csv.committed();
    target.progress = { ...target.progress, nextOffset: window.nextOffset, lastLineHash: ingestWindow.lastLineHash };
  }
  return result;
}

const toIngestWindow = (progress: StreamProgress, window: Window): IngestWindow => ({
  streamId: progress.streamId,
  incarnation: progress.incarnation,
  ownerEpoch: progress.ownerEpoch,
  expectedOffset: window.expectedOffset,
  nextOffset: window.nextOffset,
  lastLineHash: window.lastLineHash,
  received: window.lines,
  watchLines: window.watchLines,
  rows: window.rows,
});

function note({ metrics, log }: IngestDeps, result: CommitResult, window: Window, durationMs: number): void {
  metrics.flushes.inc({ outcome: result.outcome });
  if (result.outcome !== 'committed') return;
  const { accepted, repeated, quarantined } = result.counts;
  metrics.lines.inc({ outcome: 'accepted' }, accepted);
  metrics.lines.inc({ outcome: 'repeated' }, repeated);
  metrics.lines.inc({ outcome: 'quarantined' }, quarantined);
  for (const reason of quarantineReasons) {
    metrics.quarantined.inc({ reason }, window.rows.quarantine.filter((row) => row.reason === reason).length);
  }
  metrics.segments.inc(window.rows.segments.length);
  metrics.flushSeconds.observe(durationMs / 1000);
  const { received } = result.counts;
  if (quarantined > 0) log.warn({ quarantined, received, reasons: reasonsOf(window) }, 'lines quarantined');
  log.info(
    {
      received,
      accepted,
      repeated,
      quarantined,
      segments: window.rows.segments.length,
      nextOffset: window.nextOffset,
      durationMs: Math.round(durationMs),
    },
    'window committed',
  );
}

const reasonsOf = ({ rows }: Window): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { reason } of rows.quarantine) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
};

const place = ({ progress }: CommitTarget, window: Window) => ({
  topic: progress.topic,
  partition: progress.partition,
  ownerEpoch: progress.ownerEpoch,
  offset: window.expectedOffset,
});
