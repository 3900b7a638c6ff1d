import type { RatingTable } from '@reelay/recommender';

/** Ratings with the ids of their file beside the places. */
export interface NamedRatings {
  table: RatingTable;
  /** Id at the place of the user. */
  userIds: string[];
  itemIds: string[];
  /** Line of the file at the place of the row, from 1 on. */
  lines: Int32Array;
}

/** Packs rows as they are read; an id gets the next place when it is first seen. */
export class RatingColumns {
  readonly #users = new Map<string, number>();
  readonly #items = new Map<string, number>();
  #columns = allocate(1_024);
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  add(user: string, item: string, rating: number, time: number, line: number): void {
    if (this.#rows === this.#columns.user.length) this.#columns = grown(this.#columns);
    const at = this.#rows++;
    this.#columns.user[at] = placeOf(this.#users, user);
    this.#columns.item[at] = placeOf(this.#items, item);
    this.#columns.rating[at] = rating;
    this.#columns.time[at] = time;
    this.#columns.line[at] = line;
  }

  finish(): NamedRatings {
    const { user, item, rating, time, line } = this.#columns;
    const count = this.#rows;
    const table = {
      users: this.#users.size,
      items: this.#items.size,
      user: user.slice(0, count),
      item: item.slice(0, count),
      rating: rating.slice(0, count),
      time: time.slice(0, count),
    };
    return { table, userIds: [...this.#users.keys()], itemIds: [...this.#items.keys()], lines: line.slice(0, count) };
  }
}

function placeOf(places: Map<string, number>, id: string): number {
  const known = places.get(id);
  if (known !== undefined) return known;
  places.set(id, places.size);
  return places.size - 1;
}

const allocate = (length: number) => ({
  user: new Int32Array(length),
  item: new Int32Array(length),
  rating: new Float64Array(length),
  time: new Float64Array(length),
  line: new Int32Array(length),
});

function grown(columns: ReturnType<typeof allocate>): ReturnType<typeof allocate> {
  const next = allocate(columns.user.length * 2);
  next.user.set(columns.user);
  next.item.set(columns.item);
  next.rating.set(columns.rating);
  next.time.set(columns.time);
  next.line.set(columns.line);
  return next;
}
