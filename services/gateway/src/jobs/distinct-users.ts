const usersOfPage = 2 ** 16;

/**
 * Tells which user ids came before, in a bit each. Pages are made as they are met: a million users in a row take 128 KiB, and the
 * worst spread over all ids 256 MiB.
 */
export function createDistinctUsers(): { isNew(userId: number): boolean } {
  const pages = new Map<number, Uint8Array>();
  return {
    isNew(userId) {
      const number = Math.floor(userId / usersOfPage);
      let page = pages.get(number);
      if (page === undefined) pages.set(number, (page = new Uint8Array(usersOfPage / 8)));
      const [at, bit] = [(userId % usersOfPage) >> 3, 1 << (userId & 7)];
      if ((page[at] & bit) !== 0) return false;
      page[at] |= bit;
      return true;
    },
  };
}
