import type { Logger } from '@reelay/shared/observability';
import { errorCode, type Clock } from '@reelay/shared/runtime';
import type { IngestorMetrics } from './metrics.ts';

/**
 * Why lines of a partition cannot be stored; a closed set, since it labels a metric. `slow`: a commit has no end yet. `refused`: the
 * ledger is there and does not take the rows.
 */
export const stallReasons = ['disk_full', 'ledger_down', 'refused', 'slow'] as const;
export type StallReason = (typeof stallReasons)[number];

/** `read`: lines with new movies wait for the ledger's dictionary. `commit`: a window waits for ledger or disk. */
export type StallPart = 'read' | 'commit';

export interface StallDeps {
  log: Logger;
  metrics: Pick<IngestorMetrics, 'stalled'>;
  clock: Clock;
}

interface OpenStall {
  since: number;
  reason: StallReason;
  attempts: number;
  /** Takes back what would end it later. */
  cancelEnd(): void;
}

/**
 * The alarm of one partition: one log line when its lines can no longer be stored, one when they can again, and in between a gauge
 * that counts the partition under its reason, however often it is tried.
 */
export class Stall {
  readonly #deps: StallDeps;
  readonly #where: object;
  readonly #parts = new Map<StallPart, OpenStall>();

  constructor(deps: StallDeps, where: object) {
    this.#deps = deps;
    this.#where = where;
  }

  has(part: StallPart): boolean {
    return this.#parts.has(part);
  }

  /** May be called for each attempt: what is known already is counted, and its reason brought up to date. */
  begin(part: StallPart, reason: StallReason, error: string): void {
    const { log, metrics, clock } = this.#deps;
    const known = this.#parts.get(part);
    known?.cancelEnd();
    if (known !== undefined) metrics.stalled.dec({ reason: known.reason });
    metrics.stalled.inc({ reason });
    const { since = clock.monotonicMs(), attempts = 0 } = known ?? {};
    this.#parts.set(part, { since, reason, attempts: attempts + 1, cancelEnd: () => {} });
    if (known === undefined) log.error({ ...this.#where, part, reason, error }, 'ingest stalled');
  }

  /**
   * It went well, but took so long that the next one may be a stall again: the alarm ends after `ms` without one. A store that is slow window after
   * window is one alarm, not one a window.
   */
  endLater(part: StallPart, ms: number): void {
    const known = this.#parts.get(part);
    known?.cancelEnd();
    if (known !== undefined) known.cancelEnd = this.#deps.clock.after(ms, () => this.end(part));
  }

  end(part: StallPart): void {
    const known = this.#remove(part);
    if (known === undefined) return;
    const { reason, attempts, since } = known;
    const stalledMs = Math.round(this.#deps.clock.monotonicMs() - since);
    this.#deps.log.info({ ...this.#where, part, reason, attempts, stalledMs }, 'ingest goes on');
  }

  /** The partition is somebody else's now, and so is its stall. */
  forget(): void {
    this.#remove('read');
    this.#remove('commit');
  }

  #remove(part: StallPart) {
    const known = this.#parts.get(part);
    if (known === undefined) return undefined;
    known.cancelEnd();
    this.#parts.delete(part);
    this.#deps.metrics.stalled.dec({ reason: known.reason });
    return known;
  }
}

/** No room: on the device, in the quota of the user, in the size that a file may have. */
const diskCodes: unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** The disk hides behind the error of the transaction in which it was found full. */
export function stallReasonOf(error: unknown): StallReason {
  for (let one = error; one instanceof Error; one = one.cause) {
    if ('code' in one && diskCodes.includes(one.code)) return 'disk_full';
  }
  return errorCode(error) === 'DATA_INVALID' ? 'refused' : 'ledger_down';
}
