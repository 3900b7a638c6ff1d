import { transpose, type Interactions } from '../interactions.ts';
import { shareInteractions } from '../share-memory.ts';
import type { BothSides } from './gram-tiles.ts';
import { placesAmong } from './most-interacted.ts';

/** Rows of users with some items alone, whose places in `itemAt` stand instead of them, in the order of the row. */
export function keepItems(
  rows: Pick<Interactions, 'users' | 'items' | 'userStart' | 'item'>,
  itemAt: Int32Array,
): { userStart: Int32Array; item: Int32Array; from: Int32Array } {
  const placeOf = placesAmong(itemAt, rows.items);
  const userStart = new Int32Array(rows.users + 1);
  const [item, from] = [new Int32Array(rows.item.length), new Int32Array(rows.item.length)];
  let count = 0;
  for (let user = 0; user < rows.users; user += 1) {
    for (let at = rows.userStart[user]; at < rows.userStart[user + 1]; at += 1) {
      const place = placeOf[rows.item[at]];
      if (place < 0) continue;
      item[count] = place;
      from[count++] = at;
    }
    userStart[user + 1] = count;
  }
  return { userStart, item: item.subarray(0, count), from: from.subarray(0, count) };
}

/** Interactions with some items from both sides, `item` being the place, in memory that threads see together. */
export function keepInteractions(interactions: Interactions, itemAt: Int32Array): BothSides {
  const { userStart, item, from } = keepItems(interactions, itemAt);
  const confidence = new Float32Array(item.length);
  for (let at = 0; at < item.length; at += 1) confidence[at] = interactions.confidence[from[at]];
  // Rows of users are in the order of the catalogue yet; from the items and back they come in that of places.
  const byItem = transpose({ users: interactions.users, items: itemAt.length, userStart, item, confidence });
  return { byUser: shareInteractions(transpose(byItem)), byItem: shareInteractions(byItem) };
}
