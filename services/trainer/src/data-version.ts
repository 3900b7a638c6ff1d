import { createHash } from 'node:crypto';
import type { InteractionRow, MovieRow, UserRow } from '@reelay/shared/storage';

export interface DataVersion {
  interactions(rows: readonly InteractionRow[]): void;
  users(rows: readonly UserRow[]): void;
  items(rows: readonly { itemId: number; movie: MovieRow }[]): void;
  /** 64 hex digits. */
  finish(): string;
}

/**
 * SHA-256 over a canonical byte form of all rows, so that equal data has an equal name wherever it was read, in pages of any size.
 *
 * Interactions are six float64 a row, little-endian; users and items one JSON array a line. The three sums and the three counts
 * are then hashed together: a row cannot move from one kind to another without being seen.
 */
export function createDataVersion(): DataVersion {
  const parts = { interactions: createPart(), users: createPart(), items: createPart() };
  return {
    interactions: (rows) => parts.interactions.add(rows.length, interactionBytes(rows)),
    users: (rows) =>
      parts.users.add(rows.length, lines(rows.map((row) => [row.userId, row.age, row.gender, row.occupation]))),
    items: (rows) =>
      parts.items.add(
        rows.length,
        lines(rows.map(({ itemId, movie }) => [itemId, movie.id, movie.year, movie.genres])),
      ),
    finish() {
      const whole = createHash('sha256').update('reelay snapshot 1\n');
      for (const [kind, part] of Object.entries(parts)) whole.update(`${kind} ${part.finish()}\n`);
      return whole.digest('hex');
    },
  };
}

function createPart() {
  const hash = createHash('sha256');
  let count = 0;
  return {
    add(rows: number, bytes: Uint8Array) {
      count += rows;
      hash.update(bytes);
    },
    finish: () => `${count} ${hash.digest('hex')}`,
  };
}

/** Hosts that Node runs on are little-endian, so the memory of a typed array is the form. */
function interactionBytes(rows: readonly InteractionRow[]): Uint8Array {
  const numbers = new Float64Array(rows.length * 6);
  rows.forEach((row, at) =>
    numbers.set([row.userId, row.itemId, row.minutes, row.rating, row.ratedAt, row.lastTime], at * 6),
  );
  return new Uint8Array(numbers.buffer);
}

const lines = (rows: readonly unknown[]): Uint8Array =>
  new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
