import { AppError } from '@reelay/shared/runtime';

/** Interactions as columns, one place a row, ordered by user, then item. 24 bytes a row, where objects take ten times as much. */
export interface InteractionColumns {
  /** Place of the user among `userIds`. */
  readonly user: Int32Array;
  /** Dictionary integer of the item. */
  readonly itemId: Int32Array;
  /** Distinct minutes watched. */
  readonly minutes: Float32Array;
  /** Newest rating in points; 0 when not rated. */
  readonly rating: Float32Array;
  /** Seconds since 1970. */
  readonly lastTime: Float64Array;
  /** Users with an interaction, ascending. */
  readonly userIds: Int32Array;
}

/** Columns of a known length, filled as parts come. */
export class InteractionFiller {
  readonly #columns: Columns;

  constructor(rows: number) {
    this.#columns = {
      user_id: new Int32Array(rows),
      item_id: new Int32Array(rows),
      minutes: new Float32Array(rows),
      rating: new Float32Array(rows),
      last_time: new Float64Array(rows),
    };
  }

  get names(): string[] {
    return Object.keys(this.#columns);
  }

  fill(name: string, values: ArrayLike<number>, from: number): void {
    this.#columns[name as keyof Columns].set(values, from);
  }

  /** Throws `DATA_INVALID` when rows are not in the order of (user, item), each pair once: grouping by user rests on it. */
  finish(): InteractionColumns {
    const { user_id: user, item_id: itemId, minutes, rating, last_time: lastTime } = this.#columns;
    return { user, itemId, minutes, rating, lastTime, userIds: placesInsteadOfIds(user, itemId) };
  }
}

/** By the names that they have in Parquet. */
interface Columns {
  user_id: Int32Array;
  item_id: Int32Array;
  minutes: Float32Array;
  rating: Float32Array;
  last_time: Float64Array;
}

/** Ids of users become their places, in place; returns the ids. */
function placesInsteadOfIds(user: Int32Array, itemId: Int32Array): Int32Array {
  const userIds: number[] = [];
  for (let row = 0; row < user.length; row += 1) {
    const id = user[row];
    const last = userIds.at(-1) ?? -1;
    if (id < last || (id === last && itemId[row] <= itemId[row - 1]))
      throw new AppError(
        'DATA_INVALID',
        `interaction (${id}, ${itemId[row]}) came after (${last}, ${itemId[row - 1]})`,
      );
    if (id !== last) userIds.push(id);
    user[row] = userIds.length - 1;
  }
  return Int32Array.from(userIds);
}
