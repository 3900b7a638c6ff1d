import type { FeatureGroup } from './rating-data.ts';

/** Values of rows, as words, as features; each value of a row once, null is none. */
export function featureGroup(name: string, rows: readonly (readonly (string | null)[])[]): FeatureGroup {
  const places = new Map<string, number>();
  const start = new Int32Array(rows.length + 1);
  const feature: number[] = [];
  for (const [row, values] of rows.entries()) {
    for (const value of new Set(values)) {
      if (value === null) continue;
      if (!places.has(value)) places.set(value, places.size);
      feature.push(places.get(value)!);
    }
    start[row + 1] = feature.length;
  }
  return { name, size: Math.max(1, places.size), start, feature: Int32Array.from(feature) };
}
