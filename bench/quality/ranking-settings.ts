import type { BlendSettings } from './ranking-blend.ts';

const ease = { itemsMax: 8_000, weightsKept: 400 };

/** Chosen on validation parts: `bench/quality/choose-ranking.ts` prints what was tried. */
export const blends = {
  /** ml-100k. */
  small: {
    ease: { ...ease, ridge: 80, dropout: 0.3, userDamping: 0.5, weight: 0.3 },
    als: { factors: 32, sweeps: 10, regularisation: 0.01, alpha0: 0.4, weight: 0.7, starts: 2 },
    confidence: { base: 0.6, perPoint: 0.1 },
  },
  /** ml-1m. */
  million: {
    ease: { ...ease, ridge: 50, dropout: 0, userDamping: 0.5, weight: 0.3 },
    als: { factors: 128, sweeps: 8, regularisation: 0.01, alpha0: 0.2, weight: 0.7 },
    confidence: { base: 0.6, perPoint: 0.1 },
  },
  /** ml-1m, ratings from 4 of four fifths of the users. */
  strong: {
    ease: { ...ease, ridge: 50, dropout: 0, userDamping: 0.5, weight: 0.3 },
    als: { factors: 128, sweeps: 8, regularisation: 0.01, alpha0: 0.1, weight: 0.7 },
  },
  /** ml-1m, what comes next, to whoever has a history without an order. */
  unordered: {
    ease: { ...ease, ridge: 15, dropout: 0, userDamping: 0.5, weight: 0.6 },
    als: { factors: 64, sweeps: 8, regularisation: 0.001, alpha0: 1, weight: 0.4 },
    confidence: { base: 0.6, perPoint: 0.1 },
  },
  /** ml-1m, what comes next. */
  last: {
    ease: { ...ease, ridge: 40, dropout: 0, userDamping: 0.5, weight: 0.3, halfLife: 25 },
    transition: { ...ease, ridge: 50, dropout: 0, halfLife: 3, weight: 0.7 },
  },
} as const satisfies Record<string, BlendSettings>;
