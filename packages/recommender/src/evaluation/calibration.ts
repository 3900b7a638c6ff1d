/** Share of q̃ that comes from the history, so that no genre of it has share 0 (Steck 2018). */
const smoothing = 0.01;

/** Genre shares that sum to 1; an item gives its weight in equal parts to its genres. Empty where no item has a genre. */
export function genreShares(
  items: readonly { readonly item: number; readonly weight: number }[],
  genresOf: readonly ReadonlySet<string>[],
): Map<string, number> {
  const shares = new Map<string, number>();
  let total = 0;
  for (const { item, weight } of items) {
    const genres = genresOf[item];
    for (const genre of genres) shares.set(genre, (shares.get(genre) ?? 0) + weight / genres.size);
    if (genres.size > 0) total += weight;
  }
  for (const [genre, share] of shares) shares.set(genre, share / total);
  return shares;
}

/**
 * How far a list is from the tastes of its user: C_KL = Σ_g p(g)·ln(p(g) / q̃(g)), q̃ = 0.99·q + 0.01·p (Steck, RecSys 2018), p from the
 * history with equal weights, q from the list with weight 1/log₂(place + 1). 0: the same shares; nats. NaN where one of them has no genre.
 */
export function calibrationOf(
  list: readonly number[],
  history: readonly number[],
  genresOf: readonly ReadonlySet<string>[],
): number {
  const p = genreShares(
    history.map((item) => ({ item, weight: 1 })),
    genresOf,
  );
  const q = genreShares(
    list.map((item, at) => ({ item, weight: 1 / Math.log2(at + 2) })),
    genresOf,
  );
  if (p.size === 0 || q.size === 0) return Number.NaN;
  let divergence = 0;
  for (const [genre, share] of p) {
    const shown = (1 - smoothing) * (q.get(genre) ?? 0) + smoothing * share;
    divergence += share * Math.log(share / shown);
  }
  return divergence;
}
