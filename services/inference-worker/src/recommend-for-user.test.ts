import {
  decodeReceiptBody,
  encodeReceiptBody,
  foldInMax,
  type HistoryEntry,
  type ListRules,
  type UserHistory,
} from '@reelay/shared/contracts';
import { drawFrom, tinyFirstItemId, type TinyModel } from '@reelay/shared/testing';
import { createModel, recommendReference } from '@reelay/recommender';
import { expect, test } from 'vitest';
import type { LoadedModel } from './load-model.ts';
import { recommendForUsers } from './recommend-for-user.ts';
import { remakeList } from './remake-list.ts';
import { arraysOf, probedModel } from './testing/probed-model.ts';

const items = 400;
const tiny = probedModel({ version: '1-aaaaaa', items });

const loadedFrom = (model: TinyModel): LoadedModel => ({
  version: '1-aaaaaa',
  model: createModel(arraysOf(model)),
  catalogue: model.catalogue,
  indexOf: (itemId) =>
    itemId >= tinyFirstItemId && itemId < tinyFirstItemId + items ? itemId - tinyFirstItemId : undefined,
  groupOf: (userId) => userId % 3,
});

/** `watched` are item indexes, newest first. */
const historyOf = (watched: number[], userId = 42): UserHistory => ({
  userId,
  state: 'known',
  version: watched.length,
  entries: watched.map((index, at): HistoryEntry => {
    const evidence = { minutes: 10 + (index % 7), rating: index % 5 };
    return { itemId: tinyFirstItemId + index, ...evidence, ratedAt: 0, time: 1_000_000 - at };
  }),
});

/** What the formulas say: the first `folded` items shape the list, all `watched` are left out. */
function reference(watched: number[], folded: number[], userId = 42) {
  const history = folded.map((index) => ({ index, minutes: 10 + (index % 7), rating: index % 5 }));
  const list = recommendReference(arraysOf(tiny), { history, seen: watched, group: userId % 3, count: 20 });
  return list.map(({ index }) => tiny.catalogue[index]?.id);
}

const listFor = (loaded: LoadedModel, history: UserHistory, count = 20, rules?: ListRules) =>
  recommendForUsers(loaded, [{ history, count, rules }])[0];

const idsFor = (history: UserHistory) => listFor(loadedFrom(tiny), history).items.map(({ id }) => id);

test.each([
  ['nothing', []],
  ['one movie', [5]],
  ['some', [5, 90, 17, 301]],
])('a history of %s gives the list of the reference', (_what, watched) => {
  expect(idsFor(historyOf(watched))).toEqual(reference(watched, watched));
});

test('one more watch gives the order of the reference for the longer history', () => {
  expect(idsFor(historyOf([200, 5, 90]))).toEqual(reference([200, 5, 90], [200, 5, 90]));
  expect(idsFor(historyOf([200, 5, 90]))).not.toEqual(idsFor(historyOf([5, 90])));
});

test('of 300 movies the newest 100 are folded in, and none of the 300 comes back', () => {
  const watched = Array.from({ length: 300 }, (_, at) => (at * 7) % items);
  const ids = idsFor(historyOf(watched));
  expect(ids).toEqual(reference(watched, watched.slice(0, foldInMax)));
  const seen = new Set(watched.map((index) => tiny.catalogue[index]?.id));
  expect(ids.filter((id) => seen.has(id))).toEqual([]);
});

test('says how the list was made: its places and scores, what was folded in, and what else was left out', () => {
  const watched = Array.from({ length: 150 }, (_, at) => (at * 7) % items);
  const { items: list, made } = listFor(loadedFrom(tiny), historyOf(watched));
  const places = made.list.form === 'indices' ? made.list.items : [];
  expect(places.map(({ index, score }) => ({ id: tiny.catalogue[index]?.id, score }))).toEqual(list);
  expect(made.history.map(({ index }) => index)).toEqual(watched.slice(0, foldInMax));
  expect(made.seen).toEqual(watched.slice(foldInMax).toSorted((a, b) => a - b));
  expect([made.kernelBuild, places[0].source]).toEqual([loadedFrom(tiny).model.kernelBuild, 'factors']);
  expect(made.kernelBuild).toMatch(/^[0-9a-f]{8}$/);
  const cold = listFor(loadedFrom(tiny), historyOf([])).made;
  expect(cold.list.form === 'indices' && cold.list.items.every(({ source }) => source === 'popular')).toBe(true);
});

const noRules: ListRules = { offset: 0, exclude: [], genres: [], includeSeen: false };
const ruled = (rules: Partial<ListRules>, count = 20) =>
  listFor(loadedFrom(tiny), historyOf([5, 90]), count, { ...noRules, ...rules }).items.map(({ id }) => id);

test('rules hold before the best are picked: the list is as long as asked for, in the order of the plain one', () => {
  const plain = listFor(loadedFrom(tiny), historyOf([5, 90]), items).items.map(({ id }) => id);
  const comedies = new Set(tiny.catalogue.filter(({ genres }) => genres.includes('Comedy')).map(({ id }) => id));
  expect(ruled({ offset: 20 })).toEqual(plain.slice(20, 40));
  expect(ruled({ exclude: plain.slice(0, 3) })).toEqual(plain.slice(3, 23));
  expect(ruled({ genres: ['comedy'] })).toEqual(plain.filter((id) => comedies.has(id)).slice(0, 20));
  expect(ruled({ genres: ['comedy', 'drama'] })).toEqual(plain.slice(0, 20));
  expect(ruled({ genres: ['western'] })).toEqual([]);
});

/** How many items of random lists are above the age that was asked for, or not rated, and how many lists are shorter than they could be. */
function unsuitableItems(loaded: LoadedModel, truth = tiny.catalogue): { unsuitable: number; short: number } {
  const draw = drawFrom(5);
  const found = { unsuitable: 0, short: 0 };
  const minAges = new Map(truth.map(({ id, minAge }) => [id, minAge]));
  for (let round = 0; round < 200; round += 1) {
    const below = (bound: number): number => Math.floor(draw() * bound);
    const maxAge = below(20);
    const history = historyOf([...new Set(Array.from({ length: below(4) * 40 }, () => below(items)))], below(100));
    const genres = draw() < 0.3 ? ['drama'] : [];
    const wishes = { offset: below(10), genres, maxAge, ...(draw() < 0.3 && { diversity: draw(), reasons: true }) };
    const ids = listFor(loaded, history, 20, { ...noRules, ...wishes }).items.map(({ id }) => id);
    found.unsuitable += ids.filter((id) => !((minAges.get(id) ?? Infinity) <= maxAge)).length;
    if (genres.length === 0 && history.entries.length === 0 && ids.length < 20) found.short += 1;
  }
  return found;
}

test('no list up to an age holds what is above it or not rated, whoever asks and whatever else is wished for', () => {
  expect(unsuitableItems(loadedFrom(tiny))).toEqual({ unsuitable: 0, short: 0 });
});

test('planted: what is not rated let through as for everybody, and an age that is not heeded, are found out', () => {
  const trusting = tiny.catalogue.map((entry) => ({ ...entry, minAge: entry.minAge ?? 0 }));
  expect(unsuitableItems({ ...loadedFrom(tiny), catalogue: trusting }).unsuitable).toBeGreaterThan(100);
  const careless = tiny.catalogue.map((entry) => ({ ...entry, minAge: 0 }));
  expect(unsuitableItems({ ...loadedFrom(tiny), catalogue: careless }).unsuitable).toBeGreaterThan(100);
});

test('with seen movies included the whole catalogue is there', () => {
  expect(ruled({ includeSeen: true }, items).length).toBe(items);
  expect(ruled({}, items).length).toBe(items - 2);
});

const rulesOf = (rules: Partial<ListRules>) =>
  listFor(loadedFrom(tiny), historyOf([5, 90]), 20, { ...noRules, ...rules });

test('diversity changes the order, not what is left out, and stands in the receipt', () => {
  const plain = ruled({});
  const { items: list, made } = rulesOf({ diversity: 0.6, exclude: [plain[1]] });
  const ids = list.map(({ id }) => id);
  expect([ids.length, ids[0]]).toEqual([20, plain[0]]);
  expect(ids).not.toContain(plain[1]);
  expect(ids).not.toEqual(ruled({ exclude: [plain[1]] }));
  const meanLikeness = (some: string[]) => {
    const { model } = loadedFrom(tiny);
    const rows = some.map((id) => model.factorsOf(tiny.catalogue.findIndex((entry) => entry.id === id)));
    const cosineOf = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, j) => sum + value * b[j], 0) / Math.hypot(...a) / Math.hypot(...b); // prettier-ignore
    return rows.flatMap((a, at) => rows.slice(0, at).map((b) => cosineOf(a, b))).reduce((sum, one) => sum + one, 0);
  };
  expect(meanLikeness(ids)).toBeLessThan(meanLikeness(plain));
  expect(made.rules).toMatchObject({ diversity: 0.6, count: 20 });
  expect(ruled({ diversity: 0 })).toEqual(plain);
});

test('reasons name the items of the history that brought an item up, and only where they are asked for', () => {
  const { items: list, reasons } = rulesOf({ reasons: true });
  const watched = new Set([5, 90].map((index) => tiny.catalogue[index].id));
  expect(reasons).toHaveLength(20);
  expect(reasons!.flat().every((id) => watched.has(id))).toBe(true);
  expect(reasons!.flat().length).toBeGreaterThan(10);
  expect(rulesOf({}).reasons).toBeUndefined();
  expect(list.map(({ id }) => id)).toEqual(ruled({}));
  // Planted: of a history of one item that is the only reason there can be.
  const alone = recommendForUsers(loadedFrom(tiny), [{ history: historyOf([5]), count: 5, rules: { ...noRules, reasons: true } }]); // prettier-ignore
  expect(new Set(alone[0].reasons!.flat())).toEqual(new Set([tiny.catalogue[5].id]));
});

test('drawn places are logged with the seed and the propensity, and are made again from these', () => {
  const question = { history: historyOf([5, 90]), count: 20, explore: { share: 0.4, seed: 12 } };
  const [{ items: list, made }] = recommendForUsers(loadedFrom(tiny), [question]);
  expect(made).toMatchObject({ seed: 12, explorationShare: 0.4 });
  expect(made.propensity).toBeLessThan(1e-3);
  const sources = made.list.form === 'indices' ? made.list.items.map(({ source }) => source) : [];
  expect(sources.filter((source) => source === 'exploration').length).toBeGreaterThan(2);
  const again = remakeList(loadedFrom(tiny), 42, decodeReceiptBody(encodeReceiptBody(made)));
  expect(again.items).toEqual(list);
  const other = recommendForUsers(loadedFrom(tiny), [{ ...question, explore: { share: 0.4, seed: 13 } }])[0];
  expect(other.items).not.toEqual(list);
});

test('movies that the model does not know change nothing', () => {
  const history = historyOf([5, 90]);
  const unknown: HistoryEntry = { itemId: 7, minutes: 50, rating: 5, ratedAt: 0, time: 2_000_000 };
  expect(idsFor({ ...history, entries: [unknown, ...history.entries] })).toEqual(idsFor(history));
});

test('who has seen nearly everything gets what is left', () => {
  const watched = Array.from({ length: items - 3 }, (_, at) => at);
  expect(idsFor(historyOf(watched)).toSorted()).toEqual(tiny.catalogue.slice(-3).map(({ id }) => id).toSorted()); // prettier-ignore
});

test('planted fault: an item id taken for an item index gives another list', () => {
  const shifted = { ...loadedFrom(tiny), indexOf: (itemId: number) => (itemId - tinyFirstItemId + 1) % items };
  const ids = listFor(shifted, historyOf([5, 90])).items.map(({ id }) => id);
  expect(ids).not.toEqual(reference([5, 90], [5, 90]));
});
