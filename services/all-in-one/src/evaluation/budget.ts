import { defaultRatingSettings, type ChainSettings, type RatingTable } from '@reelay/recommender';

/** Multiply-adds a second of one thread, as measured on one core; a slower one takes longer than its budget. */
const perSecond = 5e9;
/** Each row is read from both sides, for itself and for the groups it belongs to. */
const readsOfRow = 4;
const sweepsMin = 30;

/**
 * Chains of the rating model that fit into `seconds` of `threads`: fewer sweeps first, then fewer factors. From the size of the data, never from a
 * clock, so that the same data and budget give the same model.
 */
export function chainsWithin(
  seconds: number,
  { users, items, rating }: Pick<RatingTable, 'users' | 'items' | 'rating'>,
  threads: number,
  chains: readonly ChainSettings[] = defaultRatingSettings.chains,
): ChainSettings[] {
  const sweepSeconds = ({ factors }: ChainSettings): number => {
    const size = factors + 1;
    return (readsOfRow * rating.length * size ** 2 + ((users + items) * size ** 3) / 3) / perSecond;
  };
  const costOf = (of: readonly ChainSettings[]) => of.reduce((sum, one) => sum + one.sweeps * sweepSeconds(one), 0) / Math.min(threads, of.length); // prettier-ignore
  for (const shrink of [1, 0.7, 0.5, 0.3]) {
    const smaller = chains.map(({ factors, sweeps }) => ({
      factors: Math.max(3, Math.round(factors * shrink)),
      sweeps,
    }));
    const share = Math.min(1, seconds / costOf(smaller));
    const fitted = smaller.map(({ factors, sweeps }) => ({ factors, sweeps: Math.floor(sweeps * share) }));
    if (fitted.every(({ sweeps }) => sweeps >= sweepsMin)) return fitted;
  }
  return [{ factors: 3, sweeps: sweepsMin }];
}
