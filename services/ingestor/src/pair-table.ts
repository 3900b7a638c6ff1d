const slotsAtFirst = 1_024;

/**
 * Numbers pairs of a user and an item: 0, 1, 2 … in the order of their first coming. Open addressing over typed arrays: a map would make a key,
 * and so garbage, of every line.
 */
export class PairTable {
  /** Number plus one; 0 is free. Never more than half full. */
  #slots = new Int32Array(slotsAtFirst);
  #users = new Int32Array(slotsAtFirst / 2);
  #items = new Int32Array(slotsAtFirst / 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The pair's number; it is the former `size` when the pair is new. Both are integers from 0 to 2^31 - 1. */
  numberOf(userId: number, itemId: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(userId, itemId) & mask;
    for (let number = this.#slots[slot]; number !== 0; number = this.#slots[slot]) {
      if (this.#users[number - 1] === userId && this.#items[number - 1] === itemId) return number - 1;
      slot = (slot + 1) & mask;
    }
    return this.#add(slot, userId, itemId);
  }

  #add(slot: number, userId: number, itemId: number): number {
    const number = this.#size;
    this.#users[number] = userId;
    this.#items[number] = itemId;
    this.#size += 1;
    this.#slots[slot] = this.#size;
    if (this.#size === this.#users.length) this.#grow();
    return number;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    this.#users = grown(this.#users);
    this.#items = grown(this.#items);
    for (let number = 0; number < this.#size; number += 1) {
      let slot = hash(this.#users[number], this.#items[number]) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

function grown(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(numbers.length * 2);
  copy.set(numbers);
  return copy;
}

/** Multiplied by odd constants and mixed, so that neighbouring users do not crowd. */
function hash(userId: number, itemId: number): number {
  const mixed = Math.imul(userId, 0x9e3779b1) ^ Math.imul(itemId, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
