import type { ChainSettings } from './rating-settings.ts';

export interface RatingSizes {
  readonly ratings: number;
  /** Who have rated, not everybody. */
  readonly users: number;
  readonly items: number;
}

/** Below so many ratings factors say nothing that biases do not. */
const ratingsLeast = 1_000;
/** What the vectors and systems of a chain may take; with more users fewer factors. */
const bytesMax = 700e6;
const factorsTried = [11, 7, 3] as const;
const sweepsMost = 60;
const sweepsLeast = 20;
/** Up to so many ratings all sweeps are done, which takes some seconds a million; above, fewer, so that the time stays. */
const ratingsOfAllSweeps = 4_000_000;

/** Bytes of a chain, from above: the ratings as given and in both orders, vectors and a system of equations for each user and item. */
export function servedChainBytes({ ratings, users, items }: RatingSizes, factors: number): number {
  const size = 4 * Math.ceil((factors + 1) / 4);
  return 28 * ratings + 4 * (size * size + 6 * size + 30) * (users + items);
}

/** The chain that serves data of this size; nothing where the biases alone do. From sizes alone, so that the same data give the same model. */
export function servedChain(sizes: RatingSizes): ChainSettings | undefined {
  if (sizes.ratings < ratingsLeast) return undefined;
  const factors = factorsTried.find((tried) => servedChainBytes(sizes, tried) <= bytesMax);
  const sweeps = Math.floor((sweepsMost * ratingsOfAllSweeps) / sizes.ratings);
  return factors === undefined ? undefined : { factors, sweeps: Math.min(sweepsMost, Math.max(sweepsLeast, sweeps)) };
}
