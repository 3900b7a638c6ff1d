import type { HistoryEvent } from '@reelay/shared/contracts';
import type { LogBatch, LogLine, PartitionRange } from '@reelay/shared/messaging';
import { AppError, backoffMs, messageOf, within } from '@reelay/shared/runtime';
import type { StreamProgress } from '@reelay/shared/storage';
import { cutUncommitted } from './append-csv.ts';
import { commitUntilDone, isDue } from './flush-window.ts';
import { gatherBatch } from './gather-batch.ts';
import { Window } from './gather-window.ts';
import type { IngestDeps } from './ingest-deps.ts';
import { lineHash } from './line-hash.ts';
import { stallReasonOf } from './note-stall.ts';
import { ownPartition, where, type Ownership } from './own-partition.ts';
import { readBatch, type ReadBatch } from './read-batch.ts';
import { WatchReader } from './read-watch.ts';

/** A full window waits so long for the commit before it; then the log's reader pauses and comes again. */
const commitWaitMs = 5_000;

/**
 * While a window cannot be committed, the next one gathers no more than this (half a minute of the course's whole stream, about 10 MB); then the
 * log is not read. Histories go on until there.
 */
const stalledLinesMax = 50_000;

/** Two readers of a log without groups would take the partition from each other without end; so each waits longer and longer. */
const reclaimPause = { firstMs: 1_000, maxMs: 60_000 };

/**
 * One partition: gathers lines into a window and commits window after window.
 *
 * States: not owned → (`from`: claim) → owned → (fenced, revoked, asked again) → not owned. While owned, one window gathers and at
 * most one is being committed; a failing commit is tried again for as long as the partition is owned.
 */
export class PartitionIngest {
  readonly #deps: IngestDeps;
  readonly partition: number;
  readonly #watches: WatchReader;
  #owned: Ownership | undefined;
  #high = 0;
  #lastLineAt = 0;
  #losses = 0;

  constructor(deps: IngestDeps, partition: number) {
    this.#deps = deps;
    this.partition = partition;
    this.#watches = new WatchReader(() => deps.items.byBytes, { userIdMax: deps.config.USER_ID_MAX });
  }

  get lag(): number {
    return this.#owned === undefined ? 0 : Math.max(0, this.#high - this.#owned.progress.nextOffset);
  }

  /** Since the oldest line that is gathered and not committed was gathered. */
  get waitedMs(): number {
    const owned = this.#owned;
    const since = owned?.committing?.since ?? (owned?.window.lines ? owned.gatheringSince : undefined);
    return since === undefined ? 0 : this.#deps.clock.monotonicMs() - since;
  }

  get gathered(): number {
    return (this.#owned?.window.lines ?? 0) + (this.#owned?.committing?.window.lines ?? 0);
  }

  /** Claims the partition and says where to read from: one line before the stored position, to compare it. */
  async from(range: PartitionRange): Promise<number> {
    await this.forget();
    const { ledger, config, log, metrics } = this.#deps;
    let progress = await ledger.claim(config.EVENT_TOPIC, this.partition);
    if (range.high < progress.nextOffset)
      progress = await this.#beginIncarnation(progress, 'the log ends before the stored position');
    await cutUncommitted(config.CSV_DIR, progress.streamId, await ledger.csvFiles());
    const missing = progress.nextOffset > 0 ? Math.max(0, range.low - progress.nextOffset) : 0;
    if (missing > 0) {
      metrics.missing.inc(missing);
      log.error({ ...where(progress), low: range.low, missing }, 'lines were gone before they were read');
    }
    this.#owned = ownPartition(this.#deps, progress);
    this.#high = range.high;
    log.info({ ...where(progress), ...range }, 'partition claimed');
    return this.#owned.check?.offset ?? progress.nextOffset;
  }

  async onBatch(batch: LogBatch): Promise<void | { resumeAt: number }> {
    const owned = this.#owned;
    if (owned === undefined) throw new AppError('NOT_RUNNING', `partition ${this.partition} is not claimed`);
    this.#high = Math.max(this.#high, batch.highWatermark);
    if (this.#isFull(owned)) await this.#makeRoom(owned);
    if (owned.lost) return;
    if (this.#isOtherLine(owned, batch)) return { resumeAt: await this.#startAnew(owned) };
    const read = await this.#read(batch.lines, owned);
    // Until here nothing is changed: what failed is done again with the same lines.
    if (this.#owned !== owned || owned.lost || read.lines.length === 0) return;
    for (let first = 0; first < read.lines.length;) {
      if (owned.window.lines >= this.#linesMax(owned)) await this.#makeRoom(owned);
      if (owned.lost) return;
      const end = Math.min(read.lines.length, first + Math.max(0, this.#linesMax(owned) - owned.window.lines));
      if (end > first) this.#gather(owned, read, first, end);
      first = end;
    }
    await this.#deps.merger.push();
    if (isDue(owned.window, this.#deps.config) && owned.committing === undefined) this.#commit(owned);
  }

  /** The end of the log, as somebody learned who asked for it: it moves while nothing is read. */
  noteHigh(high: number): void {
    this.#high = Math.max(this.#high, high);
  }

  /** Commits a window that has waited for more lines for long enough. */
  flushIdle(): void {
    const owned = this.#owned;
    if (owned === undefined || owned.window.lines === 0 || owned.committing !== undefined) return;
    if (this.#deps.clock.monotonicMs() - this.#lastLineAt >= this.#deps.config.FLUSH_IDLE_MS) this.#commit(owned);
  }

  /** Commits what has been gathered until now; false when the partition was lost meanwhile. */
  async flush(): Promise<boolean> {
    const owned = this.#owned;
    if (owned === undefined) return true;
    if (owned.committing !== undefined && !(await owned.committing.done)) return false;
    // The wait may have let another caller commit the window.
    if (owned.committing === undefined && owned.window.lines > 0) this.#commit(owned);
    return (await owned.committing?.done) ?? !owned.lost;
  }

  *openEvents(): Generator<HistoryEvent> {
    if (this.#owned === undefined) return;
    if (this.#owned.committing !== undefined) yield* this.#owned.committing.window.historyEvents();
    yield* this.#owned.window.historyEvents();
  }

  /** Drops what is gathered and not committed; it belongs to the next owner. */
  async forget(): Promise<void> {
    const owned = this.#owned;
    this.#owned = undefined;
    if (owned === undefined) return;
    owned.lost = true;
    owned.stall.forget();
    await owned.committing?.done;
    owned.stall.forget();
    await owned.csv.close();
  }

  async #read(lines: LogLine[], { stall, position }: Ownership): Promise<ReadBatch> {
    try {
      const { parse, items } = this.#deps;
      const read = await readBatch(lines, position, { watches: this.#watches, parse, items });
      stall.end('read');
      return read;
    } catch (error) {
      stall.begin('read', stallReasonOf(error), messageOf(error));
      throw error;
    }
  }

  #linesMax({ stall }: Ownership): number {
    const { FLUSH_LINES } = this.#deps.config;
    return stall.has('commit') ? Math.min(FLUSH_LINES, stalledLinesMax) : FLUSH_LINES;
  }

  #isFull(owned: Ownership): boolean {
    return isDue(owned.window, this.#deps.config) || owned.window.lines >= this.#linesMax(owned);
  }

  #gather(owned: Ownership, read: ReadBatch, first: number, end: number): void {
    this.#lastLineAt = this.#deps.clock.monotonicMs();
    if (owned.window.lines === 0) owned.gatheringSince = this.#lastLineAt;
    gatherBatch(owned.window, read, first, end, this.#deps);
    owned.position = owned.window.nextOffset;
  }

  async #makeRoom(owned: Ownership): Promise<void> {
    if (owned.committing !== undefined) await within(commitWaitMs, 'the commit before', owned.committing.done);
    if (!owned.lost && owned.committing === undefined && isDue(owned.window, this.#deps.config)) this.#commit(owned);
  }

  #commit(owned: Ownership): void {
    const { window, gatheringSince: since } = owned;
    owned.window = new Window(window.nextOffset);
    const done = commitUntilDone(this.#deps, owned, window).then((committed) => {
      owned.committing = undefined;
      if (committed) this.#losses = 0;
      else this.#lose(owned);
      return committed;
    });
    owned.committing = { window, since, done };
  }

  #lose(owned: Ownership): void {
    if (owned.lost) return;
    owned.lost = true;
    this.#losses += 1;
    this.#deps.restart(this.partition, backoffMs(this.#losses, reclaimPause));
  }

  /** True when the last stored line is not the one that stands there now. A line that is gone proves nothing. */
  #isOtherLine({ check }: Ownership, batch: LogBatch): boolean {
    const line = check && batch.lines.find(({ offset }) => offset >= check.offset);
    return line !== undefined && line.offset === check!.offset && lineHash(line.bytes) !== check!.hash;
  }

  async #startAnew(owned: Ownership): Promise<number> {
    const progress = await this.#beginIncarnation(owned.progress, 'another line stands at the stored position');
    owned.stall.forget();
    this.#owned = { ...ownPartition(this.#deps, progress), csv: owned.csv };
    return 0;
  }

  async #beginIncarnation(progress: StreamProgress, why: string): Promise<StreamProgress> {
    const next = await this.#deps.ledger.beginIncarnation(progress.streamId, progress.ownerEpoch);
    this.#deps.metrics.incarnations.inc();
    this.#deps.log.warn({ ...where(progress), why, incarnation: next.incarnation }, 'the topic was made anew');
    return next;
  }
}
