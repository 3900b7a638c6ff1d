/**
 * What put an item on a list: learnt factors, weights between items (`neighbours`), the prior of the user's group, what most people watch, or a drawn place. `personal` is
 * what earlier programs wrote for the first two. Receipts store the place in this list: only append.
 */
export const itemSources = ['personal', 'prior', 'exploration', 'factors', 'neighbours', 'popular'] as const;
export type ItemSource = (typeof itemSources)[number];
