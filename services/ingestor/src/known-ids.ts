const slotsAtFirst = 4_096;
const bytesAtFirst = 64 * 1_024;

/** Text ids by their bytes, so that a line's id is found without making a text of it. */
export class KnownIds {
  /** Entry number plus one; 0 is free. Never more than half full. */
  #slots = new Int32Array(slotsAtFirst);
  /** Where the bytes of an entry begin; one more entry than there are ids. */
  #starts = new Int32Array(slotsAtFirst / 2 + 1);
  #numbers = new Int32Array(slotsAtFirst / 2);
  #bytes: Uint8Array = new Uint8Array(bytesAtFirst);
  #size = 0;

  /** `number` is what `find` returns; an id that was added before keeps its first one. */
  add(id: string, number: number): void {
    const bytes = Buffer.from(id);
    if (this.find(bytes, 0, bytes.length) !== -1) return;
    const start = this.#starts[this.#size];
    while (start + bytes.length > this.#bytes.length) this.#bytes = doubled(this.#bytes);
    this.#bytes.set(bytes, start);
    this.#starts[this.#size + 1] = start + bytes.length;
    this.#numbers[this.#size] = number;
    this.#size += 1;
    this.#slots[this.#freeSlot(hash(bytes, 0, bytes.length))] = this.#size;
    if (this.#size === this.#numbers.length) this.#grow();
  }

  /** The number of the id that stands between two places; -1 when it is not known. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(bytes, start, end) & mask;
    for (let entry = this.#slots[slot]; entry !== 0; entry = this.#slots[slot]) {
      if (this.#isEntry(entry - 1, bytes, start, end)) return this.#numbers[entry - 1];
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  #isEntry(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.#starts[entry];
    const length = end - start;
    if (this.#starts[entry + 1] - own !== length) return false;
    for (let at = 0; at < length; at += 1) if (this.#bytes[own + at] !== bytes[start + at]) return false;
    return true;
  }

  #freeSlot(hashed: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashed & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const [starts, numbers] = [this.#starts, this.#numbers];
    this.#numbers = new Int32Array(numbers.length * 2);
    this.#numbers.set(numbers);
    this.#starts = new Int32Array(this.#numbers.length + 1);
    this.#starts.set(starts);
    for (let entry = 0; entry < this.#size; entry += 1) {
      const hashed = hash(this.#bytes, this.#starts[entry], this.#starts[entry + 1]);
      this.#slots[this.#freeSlot(hashed)] = entry + 1;
    }
  }
}

function doubled(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length * 2);
  copy.set(bytes);
  return copy;
}

/** FNV-1a, mixed at the end since only the low bits are used. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let at = start; at < end; at += 1) value = Math.imul(value ^ bytes[at], 0x01000193);
  return value ^ (value >>> 15);
}
