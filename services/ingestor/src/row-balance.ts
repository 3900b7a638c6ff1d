import type { RowKind } from '@reelay/shared/storage';

interface RowDifference {
  kind: RowKind;
  row: string;
  /** More (positive) or fewer (negative) on the side that was added. */
  surplus: number;
}

const separator = '\u001f';

/** Counts rows up for one side and down for the other; what does not end at zero is different. */
export class RowBalance {
  readonly #counts = new Map<string, number>();

  add(kind: RowKind, fields: string[], count: number): void {
    const key = kind + separator + fields.join(separator);
    const next = (this.#counts.get(key) ?? 0) + count;
    if (next === 0) this.#counts.delete(key);
    else this.#counts.set(key, next);
  }

  *differences(): Generator<RowDifference> {
    for (const [key, surplus] of this.#counts) {
      const [kind, ...fields] = key.split(separator);
      yield { kind: kind as RowKind, row: fields.join(','), surplus };
    }
  }
}
