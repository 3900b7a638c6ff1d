/** The next pieces of a phase are taken by whoever is free: parts that are held up take fewer. Every part goes through the same phases. */
export interface Turns {
  /** One phase of `count` pieces; returns when none is left to take, while others may still be at theirs. Ascending within a part. */
  take(count: number, work: (piece: number) => void): void;
  /** Tells how much is done. */
  add(products: number): void;
}

/** What the parts know of each other: products done, then pieces taken of each phase. */
export const turnsMemory = (phases: number): Int32Array =>
  new Int32Array(new SharedArrayBuffer((1 + phases) * Int32Array.BYTES_PER_ELEMENT));

export const productsDone = (memory: Int32Array): number => Atomics.load(memory, 0);

export function createTurns(memory: Int32Array): Turns {
  let phase = 0;
  return {
    take(count, work) {
      phase += 1;
      for (;;) {
        const piece = Atomics.add(memory, phase, 1);
        if (piece >= count) return;
        work(piece);
      }
    },
    add: (products) => void Atomics.add(memory, 0, products),
  };
}
