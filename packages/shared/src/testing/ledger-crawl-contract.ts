import { expect, test } from 'vitest';
import type { OpenedLedger } from './ledger-contract.ts';

const now = 1_714_521_600_000;

/** What the crawl of users and movies may rely on. */
export function ledgerCrawlContract(opened: OpenedLedger): void {
  test('a crawl starts at 1, moves forward only, and is where it was after the ledger is opened again', async () => {
    const { ledger } = opened;
    expect(await ledger.crawlPosition('user')).toBe(1);
    await ledger.holdCrawl('user', 'a', now, now + 1_000);
    expect(await ledger.moveCrawl('user', 'a', 500)).toBe(true);
    expect(await ledger.moveCrawl('user', 'a', 499)).toBe(false);
    const later = await opened.another();
    expect([await later.crawlPosition('user'), await later.crawlPosition('movie')]).toEqual([500, 1]);
  });

  test('of several one crawls; another takes over when it has not asked for it in time', async () => {
    const { ledger } = opened;
    const other = await opened.another();
    const held = [
      await ledger.holdCrawl('user', 'a', now, now + 100),
      await other.holdCrawl('user', 'b', now + 50, now + 150),
      await other.holdCrawl('movie', 'b', now + 50, now + 150),
      await ledger.holdCrawl('user', 'a', now + 90, now + 200),
      await ledger.holdCrawl('user', 'a', now + 90, now + 200),
      await other.holdCrawl('user', 'b', now + 150, now + 250),
      await other.holdCrawl('user', 'b', now + 200, now + 300),
    ];
    expect(held).toEqual([true, false, true, true, true, false, true]);
    expect(await ledger.moveCrawl('user', 'a', 10)).toBe(false);
    expect(await other.crawlPosition('user')).toBe(1);
  });

  test('ids with details and ids that were marked lately are not missing, all others are', async () => {
    const { ledger } = opened;
    await ledger.upsertUsers([{ userId: 2, age: null, gender: null, occupation: null }]);
    await ledger.upsertMovies([{ id: 'heat+1995', title: 'Heat', year: 1995, genres: [], runtime: 170 }]);
    await ledger.itemIds(['alien+1979']);
    await ledger.markUnknown('user', ['3'], now);
    await ledger.markUnknown('movie', ['nothing+1900', 'nothing+1900'], now - 1);
    expect(await ledger.missingDetails('user', ['1', '2', '3', '1'], now)).toEqual(['1']);
    expect(await ledger.missingDetails('user', ['1', '2', '3'], now + 1)).toEqual(['1', '3']);
    const movies = ['nothing+1900', 'heat+1995', 'alien+1979', 'new+2000'];
    expect(await ledger.missingDetails('movie', movies, now - 1)).toEqual(['alien+1979', 'new+2000']);
    await ledger.markUnknown('user', ['3'], now + 5);
    expect(await ledger.missingDetails('user', ['3'], now + 1)).toEqual([]);
    const many = Array.from({ length: 1_234 }, (_, place) => String(place + 1));
    expect(await ledger.missingDetails('user', many, 0)).toHaveLength(1_232);
    expect(await ledger.missingDetails('user', [], 0)).toEqual([]);
  });

  test('the dictionary is read from any integer on', async () => {
    const { ledger } = opened;
    const numbers = await ledger.itemIds(['a+1990', 'b+1990', 'c+1990']);
    const items = [...numbers].map(([id, itemId]) => ({ itemId, id })).toSorted((a, b) => a.itemId - b.itemId);
    expect(await ledger.itemsFrom(1, 2)).toEqual(items.slice(0, 2));
    expect(await ledger.itemsFrom(3, 2)).toEqual(items.slice(2));
    expect(await ledger.itemsFrom(4, 2)).toEqual([]);
  });
}
