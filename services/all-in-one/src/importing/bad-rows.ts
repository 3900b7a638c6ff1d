import { AppError } from '@reelay/shared/runtime';

/** Why a row of a data file cannot be used. */
export type BadRowReason = 'FORM' | 'USER' | 'ITEM' | 'RATING' | 'RATING_RANGE' | 'MINUTES' | 'TIME' | 'EVENT';

export interface BadRowCount {
  reason: BadRowReason;
  count: number;
  /** From 1 on, in the file. */
  firstLine: number;
}

/** Counts rows that cannot be used, by reason, with the first line of each. */
export class BadRows {
  readonly #counts = new Map<BadRowReason, BadRowCount>();

  add(reason: BadRowReason, line: number): void {
    const known = this.#counts.get(reason);
    if (known) known.count += 1;
    else this.#counts.set(reason, { reason, count: 1, firstLine: line });
  }

  get total(): number {
    return this.counts().reduce((sum, { count }) => sum + count, 0);
  }

  counts(): BadRowCount[] {
    return [...this.#counts.values()].sort((a, b) => a.firstLine - b.firstLine);
  }

  /** `3 RATING (first in line 7), 1 FORM (first in line 9)`. */
  text(): string {
    return this.counts()
      .map(({ reason, count, firstLine }) => `${count} ${reason} (first in line ${firstLine})`)
      .join(', ');
  }

  /** Throws `DATA_INVALID` when there is one. */
  refuse(file: string): void {
    if (this.total > 0) throw new AppError('DATA_INVALID', `${file} has rows that cannot be read: ${this.text()}`);
  }
}
