import type { Interactions } from './interactions.ts';

/** A copy in memory that threads share. */
export function share<T extends Int32Array | Float32Array>(values: T): T {
  const copy = new (values.constructor as new (buffer: SharedArrayBuffer) => T)(
    new SharedArrayBuffer(values.byteLength),
  );
  copy.set(values);
  return copy;
}

export const shareInteractions = (matrix: Interactions): Interactions => ({
  ...matrix,
  userStart: share(matrix.userStart),
  item: share(matrix.item),
  confidence: share(matrix.confidence),
});
