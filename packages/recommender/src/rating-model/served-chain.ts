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
/** A user or item takes as long in a sweep as so many ratings: a system of equations to solve, and numbers to draw. */
const ratingsOfRow = 40;
/** So much is done at most, in ratings: about half a minute of one processor. */
const workMost = 300e6;

/** Bytes of a chain, from above: the ratings as given and in both orders, vectors and a system of equations for each user and item. */
export function servedChainBytes({ ratings, users, items }: RatingSizes, factors: number): number {
  const size = 4 * Math.ceil((factors + 1) / 4);
  return 28 * ratings + 4 * (size * size + 6 * size + 30) * (users + items);
}

/** Two chains beside each other may take together what two of the usual size do. */
const bytesMaxTogether = 1_000e6;

/** Whether the two chains of a training, one of them on a part of the ratings, run beside each other; else one after the other. */
export const runsBothChains = (sizes: RatingSizes, factors: number, threads: number): boolean =>
  threads > 1 && 2 * servedChainBytes(sizes, factors) <= bytesMaxTogether;

/** The chain that serves data of this size; nothing where the biases alone do. From sizes alone, so that the same data give the same model. */
export function servedChain(sizes: RatingSizes): ChainSettings | undefined {
  if (sizes.ratings < ratingsLeast) return undefined;
  const factors = factorsTried.find((tried) => servedChainBytes(sizes, tried) <= bytesMax);
  const work = sizes.ratings + ratingsOfRow * (sizes.users + sizes.items);
  const sweeps = Math.min(sweepsMost, Math.max(sweepsLeast, Math.floor(workMost / work)));
  return factors === undefined ? undefined : { factors, sweeps };
}
