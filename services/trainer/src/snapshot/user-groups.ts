import { demographicGroup, everybody, type Demographics } from '@reelay/recommender';

/** One byte a user id: beyond this a user counts as of unknown group, so that one odd id cannot ask for gigabytes. */
export const groupedUserIdMax = 16_000_000;

/** The demographic group of each user id. */
export class UserGroups {
  #bytes = new Uint8Array(1_024);
  #length = 0;

  add(userId: number, person: Demographics): void {
    const group = demographicGroup(person);
    if (group === everybody || userId > groupedUserIdMax) return;
    if (userId >= this.#bytes.length) {
      const grown = new Uint8Array(Math.min(groupedUserIdMax + 1, Math.max(userId + 1, 2 * this.#bytes.length)));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[userId] = group;
    this.#length = Math.max(this.#length, userId + 1);
  }

  of = (userId: number): number => this.#bytes[userId] ?? everybody;

  /** Group at the place of the user id, up to the last one that has a group. */
  finish = (): Uint8Array => this.#bytes.slice(0, this.#length);
}
