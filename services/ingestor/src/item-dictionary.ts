import type { IngestLedger } from '@reelay/shared/storage';
import { KnownIds } from './known-ids.ts';

/** Ids kept in memory. The simulator has 27,000 movies; damaged ids that still read well come on top, slowly. */
const idsOfAGeneration = 300_000;

/** Ids both ways, and by their bytes. */
class Generation {
  readonly numbers = new Map<string, number>();
  readonly texts = new Map<number, string>();
  readonly byBytes = new KnownIds();

  add(id: string, itemId: number): void {
    this.numbers.set(id, itemId);
    this.texts.set(itemId, id);
    this.byBytes.add(id, itemId);
  }
}

/**
 * The integers of text ids, as the ledger gives them; asked for once a process. When there are too many, a new generation begins, and
 * ids of the former one come over as they are met: so what a batch has looked up stays known until it is gathered.
 */
export class ItemDictionary {
  readonly #ledger: Pick<IngestLedger, 'itemIds'>;
  readonly #idsMax: number;
  #now = new Generation();
  #former = new Generation();

  constructor(ledger: Pick<IngestLedger, 'itemIds'>, idsMax = idsOfAGeneration) {
    this.#ledger = ledger;
    this.#idsMax = idsMax;
  }

  /** The ids of this generation by their bytes. */
  get byBytes(): KnownIds {
    return this.#now.byBytes;
  }

  has(id: string): boolean {
    if (this.#now.numbers.has(id)) return true;
    const itemId = this.#former.numbers.get(id);
    if (itemId !== undefined) this.#now.add(id, itemId);
    return itemId !== undefined;
  }

  /** The integer of an id that `learn` was called with since. */
  itemId(id: string): number {
    const itemId = this.#now.numbers.get(id) ?? this.#former.numbers.get(id);
    if (itemId === undefined) throw new Error(`item ${id} was never looked up`);
    return itemId;
  }

  /** The text id of an integer that `itemId` or `byBytes` has told since. */
  textOf(itemId: number): string {
    const id = this.#now.texts.get(itemId) ?? this.#former.texts.get(itemId);
    if (id === undefined) throw new Error(`item ${itemId} was never looked up`);
    return id;
  }

  async learn(ids: Set<string>): Promise<void> {
    if (ids.size === 0) return;
    const found = await this.#ledger.itemIds([...ids]);
    for (const [id, itemId] of found) this.#now.add(id, itemId);
  }

  /** Begins a new generation when there is too much; called between batches. */
  trim(): void {
    if (this.#now.numbers.size <= this.#idsMax) return;
    this.#former = this.#now;
    this.#now = new Generation();
  }
}
