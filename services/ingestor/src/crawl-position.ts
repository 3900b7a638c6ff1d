import { randomUUID } from 'node:crypto';
import type { Clock } from '@reelay/shared/runtime';
import type { CrawlLedger } from '@reelay/shared/storage';
import type { DetailSource, PlacedId } from './detail-sources.ts';

const holdMs = 30_000;
/** Between two pages that hold nothing to ask for, so that a crawl over known ids leaves the ledger to others. */
export const betweenPagesMs = 20;

interface PositionDeps {
  source: Pick<DetailSource<unknown>, 'kind' | 'page'>;
  ledger: CrawlLedger;
  clock: Clock;
  /** Ids marked as unknown since then are left out. */
  askedSince: () => number;
}

/**
 * Where the crawl of one kind stands. Of several ingestors one crawls: whoever holds it in the ledger. It goes through pages of
 * ids, leaves out those that are known, and stores its position after each answer: a restart goes on there.
 */
export class CrawlPosition {
  readonly #deps: PositionDeps;
  readonly #holder = randomUUID();
  #heldUntil = 0;
  #pending: PlacedId[] = [];
  /** Place after the page in hand. */
  #next = 0;

  constructor(deps: PositionDeps) {
    this.#deps = deps;
  }

  get place(): number {
    return this.#pending[0]?.place ?? this.#next;
  }

  /** Some ids to ask for; `wait`: this page holds none, the next may; `end`: nothing to do until there are new ids. */
  async take(most: number): Promise<PlacedId[] | 'wait' | 'end'> {
    if (!(await this.#hold())) return 'end';
    if (this.#pending.length > 0) return this.#pending.slice(0, most);
    const page = await this.#deps.source.page(this.#next);
    if (page === undefined) return 'end';
    const { kind } = this.#deps.source;
    const ids = page.ids.map(({ id }) => id);
    const missing = new Set(await this.#deps.ledger.missingDetails(kind, ids, this.#deps.askedSince()));
    this.#pending = page.ids.filter(({ id }) => missing.has(id));
    this.#next = page.next;
    if (this.#pending.length > 0) return this.#pending.slice(0, most);
    await this.#store();
    return 'wait';
  }

  /** The first `count` ids that were taken are dealt with. */
  async done(count: number): Promise<void> {
    this.#pending.splice(0, count);
    await this.#store();
  }

  /** Lets another ingestor go on at once. */
  async release(): Promise<void> {
    if (this.#heldUntil === 0) return;
    const now = this.#deps.clock.now();
    this.#heldUntil = 0;
    await this.#deps.ledger.holdCrawl(this.#deps.source.kind, this.#holder, now, now);
  }

  async #hold(): Promise<boolean> {
    const { ledger, clock, source } = this.#deps;
    const now = clock.now();
    if (this.#heldUntil - now > holdMs / 2) return true;
    const heldBefore = this.#heldUntil > now;
    const held = await ledger.holdCrawl(source.kind, this.#holder, now, now + holdMs);
    // Another one may have moved it meanwhile.
    if (!held || !heldBefore) {
      this.#pending = [];
      this.#next = await ledger.crawlPosition(source.kind);
    }
    this.#heldUntil = held ? now + holdMs : 0;
    return held;
  }

  async #store(): Promise<void> {
    const { ledger, source } = this.#deps;
    if (await ledger.moveCrawl(source.kind, this.#holder, this.place)) return;
    this.#pending = [];
    this.#heldUntil = 0;
  }
}
