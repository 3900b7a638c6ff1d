import { rowKinds, type RowKind } from '@reelay/shared/storage';

/** Buckets of each kind: rows whose hash ends in the same bits. */
export const bucketCount = 4_096;
/** 0 for buckets that are alike on both sides. */
const figures = 3;
const separator = '\u001f';

/** Fields of a row as one text. */
export const rowKey = (fields: string[]): string => fields.join(separator);

/** Two 32-bit hashes of a text (FNV-1a with two primes, mixed), as unsigned numbers. */
function hashes(text: string): [number, number] {
  let [one, two] = [0x811c9dc5, 0x9e3779b9];
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    one = Math.imul(one ^ code, 0x01000193);
    two = Math.imul(two ^ code, 0x85ebca6b);
    two ^= two >>> 13;
  }
  one ^= one >>> 16;
  return [one >>> 0, Math.imul(two, 0xc2b2ae35) >>> 0];
}

export const bucketOf = (key: string): number => hashes(key)[0] % bucketCount;

/**
 * Counts and sums of hashes of rows by kind and bucket, added for one side and subtracted for the other: what does not end at zero
 * is different. The order of rows does not matter, a doubled row does. Memory does not grow with the rows.
 */
export class RowSums {
  readonly #sums = new Map<RowKind, Int32Array>(rowKinds.map((kind) => [kind, new Int32Array(bucketCount * figures)]));

  /** `sign` 1 adds, -1 takes away; sums go round at 2^32. */
  add(kind: RowKind, key: string, sign: 1 | -1): void {
    const [one, two] = hashes(key);
    const sums = this.#sums.get(kind);
    if (sums === undefined) return;
    const place = (one % bucketCount) * figures;
    sums[place] = (sums[place] + sign) | 0;
    sums[place + 1] = (sums[place + 1] + sign * one) | 0;
    sums[place + 2] = (sums[place + 2] + sign * two) | 0;
  }

  /** Buckets of a kind that differ. */
  different(kind: RowKind): number[] {
    const sums = this.#sums.get(kind) ?? new Int32Array();
    return Array.from({ length: bucketCount }, (_, bucket) => bucket).filter((bucket) =>
      sums.subarray(bucket * figures, (bucket + 1) * figures).some((figure) => figure !== 0),
    );
  }
}
