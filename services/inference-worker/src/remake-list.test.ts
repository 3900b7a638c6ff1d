import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decodeReceiptBody,
  encodeReceiptBody,
  type HistoryEntry,
  type ListRules,
  type ReceiptBody,
} from '@reelay/shared/contracts';
import { openArtifactStore, type ArtifactStore } from '@reelay/shared/storage';
import { drawFrom, tinyFirstItemId } from '@reelay/shared/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadModel, type LoadedModel } from './load-model.ts';
import { recommendForUsers, type ListQuestion } from './recommend-for-user.ts';
import { remakeList } from './remake-list.ts';
import { weighedModel } from './testing/probed-model.ts';

const items = 300;
const version = '1-aaaaaa';
let folder: string;
let artifacts: ArtifactStore;
let loaded: LoadedModel;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-remake-'));
  artifacts = await openArtifactStore(`file:${folder}`);
  const { manifest, files } = weighedModel({ version, items });
  await artifacts.put(manifest, files);
  loaded = await loadModel(version, artifacts);
});
afterAll(async () => {
  await artifacts.close();
  await rm(folder, { recursive: true, force: true });
});

/** Users with up to 200 items, some of which no model knows, minutes and ratings of any kind; who wish for nothing, for something, or explore. */
function drawQuestion(draw: () => number): ListQuestion {
  const below = (bound: number): number => Math.floor(draw() * bound);
  const odd = (bound: number): number => (draw() < 0.1 ? draw() * bound : below(bound));
  const itemIds = new Set(Array.from({ length: below(200) }, () => tinyFirstItemId - 3 + below(items + 6)));
  const entries = [...itemIds].map((itemId): HistoryEntry => {
    const rating = draw() < 0.5 ? 0 : odd(100);
    return { itemId, minutes: odd(300), rating, ratedAt: 0, time: 0 };
  });
  const history = { userId: below(400), state: 'known' as const, version: 1, entries };
  const wishes = [{}, { rules: drawRules(draw, below) }, { explore: { share: draw() / 2, seed: 1 + below(2 ** 31) } }];
  return { history, count: 1 + below(200), ...wishes[below(3)] };
}

function drawRules(draw: () => number, below: (bound: number) => number): ListRules {
  const textId = (index: number): string => `movie+number+${index}+${1950 + (index % 70)}`;
  return {
    offset: below(50),
    exclude: Array.from({ length: below(20) }, () => textId(below(items + 5))),
    genres: ['drama', 'Comedy', 'Western'].filter(() => draw() < 0.3),
    includeSeen: draw() < 0.5,
    ...(draw() < 0.5 && { maxAge: below(20) }),
    ...(draw() < 0.5 && { diversity: draw() }),
    ...(draw() < 0.5 && { reasons: true }),
  };
}

const throughBytes = (body: ReceiptBody): ReceiptBody => decodeReceiptBody(encodeReceiptBody(body));
const made = (one: ListQuestion): ReceiptBody => throughBytes(recommendForUsers(loaded, [one])[0].made);

test('any list is made again from its receipt alone, to the last byte', () => {
  const draw = drawFrom(8);
  const kinds = { rules: 0, explorationShare: 0, seen: 0 };
  for (let round = 0; round < 300; round += 1) {
    const question = drawQuestion(draw);
    const kept = made(question);
    expect(throughBytes(remakeList(loaded, question.history.userId, kept).made)).toEqual(kept);
    if (kept.rules) kinds.rules += 1;
    if (kept.explorationShare) kinds.explorationShare += 1;
    if (kept.seen.length > 0) kinds.seen += 1;
  }
  expect(Math.min(...Object.values(kinds))).toBeGreaterThan(50);
});

test('what the user did since changes nothing; what the receipt says does', () => {
  const history = { userId: 42, state: 'known' as const, version: 1, entries: manyEntries(150) };
  const kept = made({ history, count: 20 });
  expect([kept.history.length, kept.seen.length]).toEqual([100, 50]);
  const idsOf = (body: ReceiptBody) => remakeList(loaded, 42, body).items.map(({ id }) => id);
  const same = idsOf(kept);
  expect(idsOf({ ...kept, history: kept.history.slice(1) })).not.toEqual(same);
  expect(idsOf({ ...kept, seen: [] })).not.toEqual(same);
});

test('a receipt that names items which the version has not is refused', () => {
  const kept = made({ history: { userId: 42, state: 'cold', version: 0, entries: [] }, count: 20 });
  expect(() => remakeList(loaded, 42, { ...kept, seen: [items] })).toThrow('names item 300');
});

const manyEntries = (count: number): HistoryEntry[] =>
  Array.from({ length: count }, (_, at) => ({
    itemId: tinyFirstItemId + ((at * 7) % items),
    minutes: 10 + at,
    rating: at % 6,
    ratedAt: 0,
    time: 1_000 - at,
  }));
