import type { Track } from '../../contracts/index.ts';

/** Jobs in one message at most: a sixteenth of a broker's cost a message is little beside the rest, and two workers still share what a busy turn brings. */
export const bundleMax = 16;
/** A message has one time to live, the shortest of its jobs', so a job may join where this costs it little. */
const budgetShareMin = 0.95;

/** JSON holds no line end, so a bundle is its jobs, a line each, and a single job is itself. */
const separator = '\n';

interface Bundle {
  slot: Track;
  jobs: string[];
  shortestMs: number;
  longestMs: number;
  sent: Promise<void>;
  resolve(): void;
  reject(reason: unknown): void;
}

/** Hands a message to the broker; throws when it takes none. */
export type SendBundle = (slot: Track, content: Buffer, budgetMs: number) => void;

/**
 * Jobs that are published within one turn travel together: a broker's cost is a message, not a byte. Nobody waits for company: the bundle leaves
 * when the turn's callbacks are through.
 */
export class JobBundler {
  readonly #send: SendBundle;
  readonly #open = new Map<Track, Bundle>();
  #scheduled = false;

  constructor(send: SendBundle) {
    this.#send = send;
  }

  /** Resolves when the bundle of this job was handed over, rejects with what `send` threw. */
  add(slot: Track, job: string, budgetMs: number): Promise<void> {
    const open = this.#open.get(slot);
    const bundle = open !== undefined && joins(open, budgetMs) ? open : this.#begin(slot, budgetMs);
    bundle.jobs.push(job);
    bundle.shortestMs = Math.min(bundle.shortestMs, budgetMs);
    bundle.longestMs = Math.max(bundle.longestMs, budgetMs);
    if (bundle.jobs.length === bundleMax) this.#leave(bundle);
    return bundle.sent;
  }

  /** Sends what has been gathered so far. */
  flush(): void {
    for (const bundle of this.#open.values()) this.#leave(bundle);
  }

  #begin(slot: Track, budgetMs: number): Bundle {
    this.#schedule();
    const before = this.#open.get(slot);
    if (before !== undefined) this.#leave(before);
    const { promise: sent, resolve, reject } = Promise.withResolvers<void>();
    const bundle: Bundle = { slot, jobs: [], shortestMs: budgetMs, longestMs: budgetMs, sent, resolve, reject };
    this.#open.set(slot, bundle);
    return bundle;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // After all promises that settled in this turn, and so after all jobs that came of them.
    process.nextTick(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  #leave(bundle: Bundle): void {
    this.#open.delete(bundle.slot);
    try {
      this.#send(bundle.slot, Buffer.from(bundle.jobs.join(separator)), bundle.shortestMs);
      bundle.resolve();
    } catch (error) {
      bundle.reject(error);
    }
  }
}

const joins = ({ shortestMs, longestMs }: Bundle, budgetMs: number): boolean =>
  Math.min(shortestMs, budgetMs) >= budgetShareMin * Math.max(longestMs, budgetMs);

/** The jobs of a message, as they were encoded. */
export const jobsOf = (content: Buffer): string[] => content.toString().split(separator);
