import type { Random } from './random.ts';

/** Draws places with probability in proportion to their weight, in constant time (Vose's alias method, 1991). */
export class WeightedDraw {
  private readonly threshold: Float64Array;
  private readonly alias: Int32Array;

  constructor(weights: ArrayLike<number>) {
    const count = weights.length;
    const total = Array.from(weights).reduce((sum, weight) => sum + weight, 0);
    this.threshold = Float64Array.from(weights, (weight) => (weight * count) / total);
    this.alias = Int32Array.from(weights, (_, place) => place);
    this.pair(count);
  }

  draw(random: Random): number {
    const x = random.next() * this.threshold.length;
    const place = Math.floor(x);
    return x - place < this.threshold[place] ? place : this.alias[place];
  }

  /** Each place below the mean lends its rest to one above it. */
  private pair(count: number): void {
    const places = Array.from({ length: count }, (_, place) => place);
    const small = places.filter((place) => this.threshold[place] < 1);
    const large = places.filter((place) => this.threshold[place] >= 1);
    while (small.length > 0 && large.length > 0) {
      const low = small.pop() as number;
      const high = large[large.length - 1];
      this.alias[low] = high;
      this.threshold[high] -= 1 - this.threshold[low];
      if (this.threshold[high] < 1) small.push(large.pop() as number);
    }
    // What is left differs from 1 by rounding only.
    for (const place of [...small, ...large]) this.threshold[place] = 1;
  }
}
