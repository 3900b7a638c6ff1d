import { afterEach, beforeEach, expect, test } from 'vitest';
import { aRating, aRecommendation, aSegment, aTime, aWindow, noCsv } from '../../testing/ledger-builders.ts';
import { migrations } from '../migrations/index.ts';
import { migrate } from '../migrations/migrate.ts';
import { SqliteDatabase } from '../sqlite/sqlite-database.ts';
import { createSqlLedger } from './sql-ledger.ts';
import { linesBack } from './truth-lines.ts';
import { readListUse } from './truth-watching.ts';

let database: SqliteDatabase;
beforeEach(async () => {
  database = await SqliteDatabase.open(':memory:');
  await migrate(database.migrationTarget(), migrations);
});
afterEach(() => database.close());

const windowSeconds = 86_400;
const answers = 2_500;
const everything = { from: 0, to: 4_102_444_800 };

/** One user is given the same list again and again; what is watched and rated at the end belongs to the last one alone. */
async function sameListAgainAndAgain() {
  const ledger = createSqlLedger(database);
  const itemId = (await ledger.itemIds(['a'])).get('a')!;
  const recommendations = Array.from({ length: answers }, (_, place) =>
    aRecommendation({ time: aTime + place, lineHash: place.toString(16).padStart(16, '0'), result: 'a' }),
  );
  const segments = [aSegment({ itemId, firstTime: aTime + answers, lastTime: aTime + answers + 240 })];
  const ratings = [aRating({ itemId, time: aTime + answers + 300 })];
  const rows = { recommendations, segments, ratings };
  await ledger.commitWindow(aWindow(await ledger.claim('movielog', 0), rows), noCsv);
  return { ledger, itemOf: new Map([['a', itemId]]) };
}

test('what was watched counts once, over all pages', async () => {
  const { ledger } = await sameListAgainAndAgain();
  expect((await ledger.settleAnswers({ windowSeconds })).lines).toBe(answers);
  expect(await ledger.outcomes(everything)).toMatchObject([{ answers, hits: 1, minutes: 5, ratings: 1 }]);
});

test('that pages which forget what was counted would count it again is seen', async () => {
  const { itemOf } = await sameListAgainAndAgain();
  const page = await linesBack(database, { from: 0, last: undefined, limit: 1_000 });
  const next = await linesBack(database, { from: 0, last: page.at(-1), limit: 1_000 });
  const use = async (lines: typeof page, counted: string[]) => {
    const read = await readListUse(database, lines, { windowSeconds, itemOf, counted: new Set(counted) });
    return { counted: read.counted, minutes: read.uses.reduce((sum, { minutes }) => sum + minutes, 0) };
  };
  const first = await use(page, []);
  expect(first).toMatchObject({ minutes: 5, counted: { length: 2 } });
  expect(await use(next, first.counted)).toEqual({ minutes: 0, counted: [] });
  expect((await use(next, [])).minutes, 'the planted fault').toBe(5);
});

test('lines whose window is over stand, and the walk ends at the first one that is open', async () => {
  const { ledger } = await sameListAgainAndAgain();
  const settle = () => ledger.settleAnswers({ windowSeconds: 60 });
  await settle();
  expect((await settle()).lines).toBe(answers);
  const later = Array.from({ length: 150 }, (_, place) =>
    aRecommendation({ time: aTime + 10_000 + place, userId: 7, lineHash: place.toString(16).padStart(16, '0') }),
  );
  const [progress] = await ledger.progress('movielog');
  await ledger.commitWindow(aWindow(progress, { recommendations: later }), noCsv);
  expect((await settle()).lines).toBe(answers + later.length);
  expect((await settle()).lines).toBe(later.length);
  expect(await ledger.outcomes(everything)).toMatchObject([{ requests: answers + later.length, minutes: 5 }]);
});
