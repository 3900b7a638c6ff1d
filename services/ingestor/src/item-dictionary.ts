import type { IngestLedger } from '@reelay/shared/storage';

/** Ids kept in memory. The simulator has 27,000 movies; damaged ids that still read well come on top, slowly. */
const idsMax = 300_000;

/** The integers of text ids, as the ledger gives them; asked for once a process. */
export class ItemDictionary {
  readonly #ledger: Pick<IngestLedger, 'itemIds'>;
  readonly #known = new Map<string, number>();

  constructor(ledger: Pick<IngestLedger, 'itemIds'>) {
    this.#ledger = ledger;
  }

  has(id: string): boolean {
    return this.#known.has(id);
  }

  /** The integer of an id that `learn` was called with since. */
  itemId(id: string): number {
    const itemId = this.#known.get(id);
    if (itemId === undefined) throw new Error(`item ${id} was never looked up`);
    return itemId;
  }

  async learn(ids: Set<string>): Promise<void> {
    if (ids.size === 0) return;
    const found = await this.#ledger.itemIds([...ids]);
    for (const [id, itemId] of found) this.#known.set(id, itemId);
  }

  /** Forgets everything when there is too much; called between batches. */
  trim(): void {
    if (this.#known.size > idsMax) this.#known.clear();
  }
}
