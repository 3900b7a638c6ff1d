interface Entry<T> {
  readonly key: string;
  value: T | undefined;
  next: Entry<T> | undefined;
}

const slots = 4_096;

/**
 * Values that come and go with the requests. A `Map` that is filled and emptied all the time takes a new table every few hundred keys; each table that
 * was let go points to the next one, and once one of them has grown old, all after it outlive the collection of what is young, with everything that
 * was under way when they were filled. Here the slots stay the same, and an entry that leaves points to nothing.
 */
export class KeyedSlots<T> {
  readonly #first: (Entry<T> | undefined)[] = Array.from({ length: slots }, () => undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): T | undefined {
    let entry = this.#first[slotOf(key)];
    while (entry !== undefined && entry.key !== key) entry = entry.next;
    return entry?.value;
  }

  /** A value of before under this key is replaced. */
  set(key: string, value: T): void {
    this.delete(key);
    const slot = slotOf(key);
    this.#first[slot] = { key, value, next: this.#first[slot] };
    this.#size++;
  }

  delete(key: string): void {
    const slot = slotOf(key);
    let before: Entry<T> | undefined;
    let entry = this.#first[slot];
    while (entry !== undefined && entry.key !== key) {
      before = entry;
      entry = entry.next;
    }
    if (entry === undefined) return;
    if (before === undefined) this.#first[slot] = entry.next;
    else before.next = entry.next;
    entry.next = undefined;
    entry.value = undefined;
    this.#size--;
  }
}

/** FNV-1a over the characters. */
function slotOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 16)) & (slots - 1);
}
