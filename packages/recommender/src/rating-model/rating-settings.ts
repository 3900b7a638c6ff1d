import { assertCount, assertIndex, assertNotNegative, RecommenderError } from '../recommender-error.ts';

/** One chain of samples. */
export interface ChainSettings {
  /** Numbers of a vector beside the bias; one less than a multiple of four wastes nothing. */
  readonly factors: number;
  /** Passes over all users and all items. */
  readonly sweeps: number;
}

export interface RatingSettings {
  /** Predictions are their mean. */
  readonly chains: readonly ChainSettings[];
  /** Same ratings, settings and seed: the same model, bit by bit, whatever the number of threads. */
  readonly seed: number;
  /** Share of the sweeps that is dropped before samples count. */
  readonly burnIn: number;
  /** Users are described by the items they rated too, items by their raters (Koren 2008, and turned round). */
  readonly implicitGroups: boolean;
  /** Users and items have a noise of their own: those who rate at random teach less. */
  readonly noiseOfEach: boolean;
  /** Samples a chain keeps to serve from; the more, the nearer to the mean over all sweeps. */
  readonly samplesKept: number;
  /** Instead of samples one mean a chain is kept, see `servedFrom`; such a training gives chains and no model. */
  readonly keepMean?: boolean;
  /** Bytes that the kept samples of all chains may take: with many users fewer are kept, one at least. */
  readonly sampleBytesMax: number;
  /** Share of the ratings on which the part of the bias model is chosen before the chains begin; 0: the chains alone. */
  readonly validationShare: number;
  /** Bytes that a chain may take; above them training is refused before it begins. */
  readonly chainBytesMax: number;
}

export const defaultRatingSettings: RatingSettings = {
  chains: [
    { factors: 19, sweeps: 200 },
    { factors: 27, sweeps: 200 },
  ],
  seed: 1,
  burnIn: 0.1,
  implicitGroups: true,
  noiseOfEach: true,
  samplesKept: 20,
  sampleBytesMax: 300_000_000,
  validationShare: 0.05,
  chainBytesMax: 1_500_000_000,
};

/** Throws `DATA_INVALID` for a setting that is out of range. */
export function assertRatingSettings(settings: RatingSettings): void {
  if (settings.chains.length === 0) throw new RecommenderError('DATA_INVALID', 'there is no chain to train');
  for (const { factors, sweeps } of settings.chains) {
    assertCount(factors, 1, 'factors', 'DATA_INVALID');
    assertIndex(factors, 256, 'factors', 'DATA_INVALID');
    assertCount(sweeps, 1, 'sweeps', 'DATA_INVALID');
  }
  if (!Number.isSafeInteger(settings.seed))
    throw new RecommenderError('DATA_INVALID', `seed ${settings.seed} is not an integer`);
  assertShare(settings.burnIn, 'burnIn');
  assertShare(settings.validationShare, 'validationShare');
  assertCount(settings.samplesKept, 1, 'samplesKept', 'DATA_INVALID');
  assertCount(settings.sampleBytesMax, 1, 'sampleBytesMax', 'DATA_INVALID');
  assertCount(settings.chainBytesMax, 1, 'chainBytesMax', 'DATA_INVALID');
}

function assertShare(value: number, name: string): void {
  assertNotNegative(value, name, 'DATA_INVALID');
  if (value >= 1) throw new RecommenderError('DATA_INVALID', `${name} ${value} leaves nothing`);
}
