import type { InteractionRow } from '@reelay/shared/storage';
import { AppError } from '@reelay/shared/runtime';

/** Interactions as columns, one place a row, ordered by user, then item. About 24 bytes a row, where objects take ten times as much. */
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

/** Packs rows as they come in pages. Throws `DATA_INVALID` when they are not in the order of (user, item), each pair once. */
export class InteractionPacker {
  #columns = allocate(1_024);
  #rows = 0;
  #userIds = new Int32Array(256);
  #users = 0;

  add(row: InteractionRow): void {
    this.#assertNext(row);
    if (this.#rows === this.#columns.user.length) this.#grow();
    if (this.#users === 0 || this.#userIds[this.#users - 1] !== row.userId) this.#addUser(row.userId);
    const at = this.#rows++;
    this.#columns.user[at] = this.#users - 1;
    this.#columns.itemId[at] = row.itemId;
    this.#columns.minutes[at] = row.minutes;
    this.#columns.rating[at] = row.rating;
    this.#columns.lastTime[at] = row.lastTime;
  }

  finish(): InteractionColumns {
    const { user, itemId, minutes, rating, lastTime } = this.#columns;
    return {
      user: user.subarray(0, this.#rows),
      itemId: itemId.subarray(0, this.#rows),
      minutes: minutes.subarray(0, this.#rows),
      rating: rating.subarray(0, this.#rows),
      lastTime: lastTime.subarray(0, this.#rows),
      userIds: this.#userIds.slice(0, this.#users),
    };
  }

  /** Grouping by user and the data version both rest on the order, so it is not taken for granted. */
  #assertNext({ userId, itemId }: InteractionRow): void {
    if (this.#rows === 0) return;
    const lastUser = this.#userIds[this.#users - 1];
    const lastItem = this.#columns.itemId[this.#rows - 1];
    if (userId > lastUser || (userId === lastUser && itemId > lastItem)) return;
    throw new AppError('DATA_INVALID', `interaction (${userId}, ${itemId}) came after (${lastUser}, ${lastItem})`);
  }

  #addUser(userId: number): void {
    if (this.#users === this.#userIds.length) {
      const grown = new Int32Array(this.#users * 2);
      grown.set(this.#userIds);
      this.#userIds = grown;
    }
    this.#userIds[this.#users++] = userId;
  }

  #grow(): void {
    const grown = allocate(this.#rows * 2);
    grown.user.set(this.#columns.user);
    grown.itemId.set(this.#columns.itemId);
    grown.minutes.set(this.#columns.minutes);
    grown.rating.set(this.#columns.rating);
    grown.lastTime.set(this.#columns.lastTime);
    this.#columns = grown;
  }
}

const allocate = (length: number) => ({
  user: new Int32Array(length),
  itemId: new Int32Array(length),
  minutes: new Float32Array(length),
  rating: new Float32Array(length),
  lastTime: new Float64Array(length),
});
