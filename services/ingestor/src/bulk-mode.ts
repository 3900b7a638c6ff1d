const refusalsMax = 5;
const probeIds = 2;

/**
 * Finds out whether an API answers several ids at once. Undecided, two ids are asked for together: a list means that it does. No
 * list, and both exist when asked for singly, means that it does not; if one is unknown the refusal may have been about that,
 * and another two are tried, a few times.
 */
export class BulkMode {
  readonly #most: number;
  #state: 'undecided' | 'bulk' | 'single';
  #refusals = 0;
  #probe = new Set<string>();

  /** `most`: ids of a request in bulk; 1 asks singly. */
  constructor(most: number) {
    this.#most = most;
    this.#state = most > 1 ? 'undecided' : 'single';
  }

  get state(): 'undecided' | 'bulk' | 'single' {
    return this.#state;
  }

  get idsAtOnce(): number {
    return { undecided: probeIds, bulk: this.#most, single: 1 }[this.#state];
  }

  listed(): void {
    if (this.#state !== 'single') this.#state = 'bulk';
    this.#refusals = 0;
  }

  refused(ids: string[]): void {
    this.#refusals += 1;
    if (this.#refusals >= refusalsMax) this.#state = 'single';
    this.#probe = this.#state === 'undecided' ? new Set(ids) : new Set();
  }

  /** Asked for singly, this id exists. */
  exists(id: string): void {
    if (this.#probe.delete(id) && this.#probe.size === 0) this.#state = 'single';
  }
}
