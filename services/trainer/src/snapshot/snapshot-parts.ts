import type { InteractionRow, MovieRow, UserRow } from '@reelay/shared/storage';
import type { PartColumns, PartSchema } from './parquet-part.ts';

/** What a snapshot holds; each kind is a set of Parquet files. */
export const partKinds = ['interactions', 'items', 'users'] as const;
export type PartKind = (typeof partKinds)[number];

export type ItemRow = { itemId: number; movie: MovieRow };

/** Columns by kind. `item_id` is the dictionary integer; `items` says which movie it is. Times are UTC. */
export const partSchemas = {
  interactions: {
    user_id: 'integer',
    item_id: 'integer',
    minutes: 'number',
    rating: 'number',
    rated_at: 'time',
    last_time: 'time',
  },
  items: {
    item_id: 'integer',
    movie_id: 'text',
    title: 'text',
    year: 'integer?',
    genres: 'texts',
    runtime: 'integer?',
    min_age: 'integer?',
  },
  users: { user_id: 'integer', age: 'integer?', gender: 'text', occupation: 'text' },
} as const satisfies Record<PartKind, PartSchema>;

export const interactionColumns = (rows: readonly InteractionRow[]): PartColumns => ({
  user_id: Int32Array.from(rows, ({ userId }) => userId),
  item_id: Int32Array.from(rows, ({ itemId }) => itemId),
  minutes: Float32Array.from(rows, ({ minutes }) => minutes),
  rating: Float32Array.from(rows, ({ rating }) => rating),
  rated_at: Float64Array.from(rows, ({ ratedAt }) => ratedAt),
  last_time: Float64Array.from(rows, ({ lastTime }) => lastTime),
});

export const itemColumns = (rows: readonly ItemRow[]): PartColumns => ({
  item_id: Int32Array.from(rows, ({ itemId }) => itemId),
  movie_id: rows.map(({ movie }) => movie.id),
  title: rows.map(({ movie }) => movie.title),
  year: rows.map(({ movie }) => movie.year),
  genres: rows.map(({ movie }) => movie.genres),
  runtime: rows.map(({ movie }) => movie.runtime),
  min_age: rows.map(({ movie }) => movie.minAge ?? null),
});

export const userColumns = (rows: readonly UserRow[]): PartColumns => ({
  user_id: Int32Array.from(rows, ({ userId }) => userId),
  age: rows.map(({ age }) => age),
  gender: rows.map(({ gender }) => gender),
  occupation: rows.map(({ occupation }) => occupation),
});

/** A row of `items` as it comes back. */
export interface StoredItem {
  item_id: number;
  movie_id: string;
  title: string | null;
  year: number | null;
  genres: string[];
  /** Absent in snapshots of earlier programs. */
  min_age?: number | null;
}

/** A row of `users` as it comes back. */
export interface StoredUser {
  user_id: number;
  age: number | null;
  gender: string | null;
}
