export interface Difference {
  /** From 1, as people count. */
  place: number;
  /** Null where the list had ended. */
  kept: string | null;
  now: string | null;
}

/** The first place at which two lists are not the same; null where they are. */
export function firstDifference(kept: readonly string[], now: readonly string[]): Difference | null {
  const places = Math.max(kept.length, now.length);
  for (let at = 0; at < places; at += 1)
    if (kept[at] !== now[at]) return { place: at + 1, kept: kept[at] ?? null, now: now[at] ?? null };
  return null;
}

/** Largest distance of scores at the same place; 0 for lists without any. */
export const largestChange = (kept: readonly number[], now: readonly number[]): number =>
  Math.max(0, ...kept.slice(0, now.length).map((score, at) => Math.abs(score - now[at])));
