import type { Logger } from '@reelay/shared/observability';
import { backoffMs, messageOf, type Clock } from '@reelay/shared/runtime';
import type { CrawlLedger } from '@reelay/shared/storage';
import { BulkMode } from './bulk-mode.ts';
import { betweenPagesMs, CrawlPosition } from './crawl-position.ts';
import type { DetailSource } from './detail-sources.ts';
import type { DetailsMetrics } from './details-metrics.ts';
import type { FetchDetails } from './fetch-details.ts';
import type { NamedIds } from './named-ids.ts';
import type { DetailsAnswer } from './read-details-answer.ts';
import type { TokenBucket } from './token-bucket.ts';

const idleMs = 2_000;
const pause = { firstMs: 500, maxMs: 60_000 };
/** So many refusals for too many requests in a row count as being down. */
const busyMax = 5;
/** After so many failures of the same ids another one is asked for: if that works, it is these ids. */
const attemptsMax = 3;
/** Characters of ids in one address; servers refuse long ones. */
const addressMax = 6_000;
const ever = Number.MAX_SAFE_INTEGER;

export interface AskDeps<Row> {
  source: DetailSource<Row>;
  fetch: FetchDetails<Row>;
  ledger: CrawlLedger;
  bucket: TokenBucket;
  named: NamedIds;
  bulkMax: number;
  /** An id that the API did not know is not asked for again within this time. */
  retryUnknownMs: number;
  metrics: DetailsMetrics;
  log: Logger;
  clock: Clock;
}

interface Work {
  ids: string[];
  /** Named by a line, else of the crawl. */
  named: boolean;
}

/**
 * Asks one API, one request at a time: ids that lines named first, then the crawl of all. What fails stays in hand and is tried
 * again with growing pauses, so a crawl leaves nobody out; ids that fail while others work are given up.
 */
export class DetailsAsker<Row> {
  readonly #deps: AskDeps<Row>;
  readonly #position: CrawlPosition;
  readonly #bulk: BulkMode;
  #namedInHand: string[] = [];
  readonly #singly = new Set<string>();
  #state: 'unknown' | 'up' | 'down' = 'unknown';
  #failures = 0;
  /** Failures of the ids asked for last. */
  #attempts = { key: '', count: 0 };
  #lastAnswered: string | undefined;
  #wake = (): void => {};

  constructor(deps: AskDeps<Row>) {
    this.#deps = deps;
    this.#bulk = new BulkMode(deps.bulkMax);
    this.#position = new CrawlPosition({ ...deps, askedSince: () => this.#askedSince() });
  }

  /** Something may be waiting. */
  wake(): void {
    this.#wake();
  }

  /** Until the signal fires. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    for (let problems = 0; !signal.aborted;) {
      try {
        await this.#step(signal);
        problems = 0;
      } catch (error) {
        problems += 1;
        if (problems === 1)
          this.#deps.log.warn({ kind: this.#kind, error: messageOf(error) }, 'details cannot be stored');
        await this.#deps.clock.sleep(backoffMs(problems, pause), signal);
      }
    }
    await this.#position.release().catch(() => {}); // the hold ends by itself
  }

  get #kind() {
    return this.#deps.source.kind;
  }

  #askedSince(): number {
    return this.#deps.clock.now() - this.#deps.retryUnknownMs;
  }

  async #step(signal: AbortSignal): Promise<void> {
    const work = (await this.#namedWork()) ?? (await this.#crawlWork());
    if (work === 'wait') return this.#deps.clock.sleep(betweenPagesMs, signal);
    if (work === 'end') return this.#idle(signal);
    const answer = await this.#ask(work.ids, work.named, signal);
    if (answer === undefined) return;
    if (answer.outcome === 'told') return this.#settle(work, answer);
    if (answer.outcome === 'no list') return this.#askSingly(work);
    await this.#fail(work, answer, signal);
  }

  /** Undefined when the signal fired: then the answer says nothing. */
  async #ask(ids: string[], urgent: boolean, signal: AbortSignal): Promise<DetailsAnswer<Row> | undefined> {
    if (!(await this.#deps.bucket.take(urgent, signal))) return undefined;
    const answer = await this.#deps.fetch(ids, signal);
    if (signal.aborted) return undefined;
    this.#deps.metrics.requests.inc({ kind: this.#kind, outcome: answer.outcome.replace(' ', '_') });
    if (answer.outcome === 'told') this.#enter('up', {});
    return answer;
  }

  async #namedWork(): Promise<Work | undefined> {
    const { named, ledger } = this.#deps;
    while (this.#namedInHand.length === 0 && named.has(this.#kind)) {
      const taken = named.take(this.#kind, 100);
      const idsOf = (renewed: boolean) => taken.filter((one) => one.renewed === renewed).map(({ id }) => id);
      this.#namedInHand = [
        ...(await ledger.missingDetails(this.#kind, idsOf(false), this.#askedSince())),
        ...(await ledger.missingDetails(this.#kind, idsOf(true), ever)),
      ];
    }
    this.#deps.metrics.dropped.set(named.dropped);
    const ids = this.#atOnce(this.#namedInHand);
    return ids.length > 0 ? { ids, named: true } : undefined;
  }

  async #crawlWork(): Promise<Work | 'wait' | 'end'> {
    const taken = await this.#position.take(this.#bulk.idsAtOnce);
    this.#deps.metrics.position.set({ kind: this.#kind }, this.#position.place);
    return typeof taken === 'string' ? taken : { ids: this.#atOnce(taken.map(({ id }) => id)), named: false };
  }

  /** As many from the front as may be asked for together. */
  #atOnce(ids: string[]): string[] {
    if (ids.length > 0 && this.#singly.has(ids[0])) return [ids[0]];
    let length = 0;
    const end = ids.findIndex((id) => this.#singly.has(id) || (length += id.length + 1) > addressMax);
    return ids.slice(0, Math.min(this.#bulk.idsAtOnce, end < 1 ? ids.length : end));
  }

  async #settle(work: Work, { found, unknown, list }: Extract<DetailsAnswer<Row>, { outcome: 'told' }>): Promise<void> {
    const { source, metrics } = this.#deps;
    if (found.size > 0) await source.store([...found.values()]);
    await this.#finish(work, unknown);
    this.#lastAnswered = work.ids[0];
    metrics.ids.inc({ kind: this.#kind, outcome: 'found' }, found.size);
    metrics.ids.inc({ kind: this.#kind, outcome: 'unknown' }, unknown.length);
    if (list) return this.#bulk.listed();
    for (const id of found.keys()) this.#bulk.exists(id);
  }

  /**
   * Of users that the crawl found unknown no mark is kept, since the position says that they were asked for: of a million ids
   * most may be unused.
   */
  async #finish(work: Work, unknown: string[]): Promise<void> {
    const { ledger, clock } = this.#deps;
    if (work.named || this.#kind === 'movie') await ledger.markUnknown(this.#kind, unknown, clock.now());
    if (work.named) this.#namedInHand.splice(0, work.ids.length);
    else await this.#position.done(work.ids.length);
    for (const id of work.ids) this.#singly.delete(id);
    this.#attempts = { key: '', count: 0 };
  }

  #askSingly({ ids }: Work): void {
    for (const id of ids) this.#singly.add(id);
    this.#bulk.refused(ids);
  }

  async #fail(work: Work, answer: Extract<DetailsAnswer<Row>, { reason: string }>, signal: AbortSignal): Promise<void> {
    this.#failures += 1;
    const isDown = answer.outcome !== 'busy' || this.#failures >= busyMax;
    if (isDown) this.#enter('down', { reason: answer.reason });
    const waitMs = Math.max(backoffMs(this.#failures, pause), answer.retryAfterMs);
    await this.#deps.clock.sleep(waitMs, signal);
    if (answer.outcome !== 'busy' && this.#countAttempt(work) >= attemptsMax && (await this.#othersWork(work, signal)))
      await this.#giveUp(work);
  }

  #countAttempt({ ids }: Work): number {
    const key = ids.join(',');
    this.#attempts = { key, count: this.#attempts.key === key ? this.#attempts.count + 1 : 1 };
    return this.#attempts.count;
  }

  async #othersWork({ ids }: Work, signal: AbortSignal): Promise<boolean> {
    if (this.#lastAnswered === undefined || ids.includes(this.#lastAnswered)) return false;
    return (await this.#ask([this.#lastAnswered], false, signal))?.outcome === 'told';
  }

  /** Several are asked for one by one, to find the one that it is. */
  async #giveUp(work: Work): Promise<void> {
    if (work.ids.length > 1) return work.ids.forEach((id) => this.#singly.add(id));
    await this.#finish(work, work.ids);
    this.#deps.metrics.ids.inc({ kind: this.#kind, outcome: 'given_up' });
  }

  #enter(state: 'up' | 'down', facts: { reason?: string }): void {
    if (state === 'up') this.#failures = 0;
    if (state === this.#state) return;
    this.#state = state;
    this.#deps.metrics.up.set({ kind: this.#kind }, state === 'up' ? 1 : 0);
    const { log } = this.#deps;
    if (state === 'up') log.info({ kind: this.#kind }, 'the details API answers');
    else log.warn({ kind: this.#kind, ...facts }, 'the details API does not answer; asked again with growing pauses');
  }

  async #idle(signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    if (!this.#deps.named.has(this.#kind)) {
      await this.#deps.clock.sleep(idleMs, AbortSignal.any([signal, woken.signal]));
    }
    this.#wake = () => {};
  }
}
