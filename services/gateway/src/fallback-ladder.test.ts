import { emptyPlan, type Answer, type Plan } from '@reelay/shared/contracts';
import { expect, test } from 'vitest';
import { fallbackList } from './fallback-ladder.ts';
import { createLastLists } from './last-lists.ts';
import type { ReadyLists } from './load-ready-lists.ts';
import type { Wishes } from './read-wishes.ts';

const ready = (...ids: string[]) => ids.map((id) => ({ id, score: 0 }));
const lists: ReadyLists = {
  version: '2-bbbbbb',
  popular: ready('popular+2001', 'second+2001', 'third+2001'),
  groups: [ready('popular+2001'), ready('group+one+2001'), []],
  groupOfUser: Uint8Array.from([0, 0, 1, 2, 9]),
  genres: new Map([
    ['popular+2001', ['drama']],
    ['third+2001', ['comedy', 'drama']],
  ]),
  minAges: new Map([
    ['popular+2001', 18],
    ['second+2001', 12],
    ['group+one+2001', 0],
  ]),
};
const answerOf = (userId: number): Answer => ({
  requestId: 'r',
  userId,
  modelVersion: '1-aaaaaa',
  history: { items: 1, version: 4 },
  items: [{ id: `last+${userId}+2001`, score: 0.5 }],
});

function ladder(plan: Plan = emptyPlan, ready: ReadyLists | null = lists) {
  const lastLists = createLastLists(2);
  const of = (userId: number, wishes: Wishes = { count: 20 }) =>
    fallbackList(userId, wishes, { lastLists, ready: { plan, lists: ready } });
  return { lastLists, of };
}

test('the last list of the user comes first, marked with its own version and history', () => {
  const { of, lastLists } = ladder();
  lastLists.remember(answerOf(2));
  expect(of(2)).toEqual({
    rung: 'last',
    modelVersion: '1-aaaaaa',
    history: { items: 1, version: 4 },
    items: [{ id: 'last+2+2001', score: 0.5 }],
    origin: { answer: answerOf(2) },
  });
});

test('a last list of a withdrawn version is not shown', () => {
  const { of, lastLists } = ladder({ ...emptyPlan, withdrawn: ['1-aaaaaa'] });
  lastLists.remember(answerOf(2));
  expect(of(2)).toMatchObject({
    rung: 'demographic',
    modelVersion: '2-bbbbbb',
    items: [{ id: 'group+one+2001' }],
    origin: { group: 1 },
  });
});

test.each([
  ['of group 0', 1],
  ['whose group has no list', 3],
  ['whose group does not exist', 4],
  ['past the end of the table', 2_000_000],
])('a user %s gets the popular list', (_what, userId) => {
  expect(ladder().of(userId)).toMatchObject({ rung: 'popular', items: lists.popular, origin: { group: 0 } });
});

test('without any list there is no answer, rather than an empty one', () => {
  expect(ladder(emptyPlan, null).of(1)).toBeNull();
});

test('last lists are bounded: the user longest unchanged goes', () => {
  const { of, lastLists } = ladder();
  for (const userId of [1, 2, 1, 3]) lastLists.remember(answerOf(userId));
  expect([1, 2, 3].map((userId) => of(userId)?.rung)).toEqual(['last', 'demographic', 'last']);
});

const noRules = { offset: 0, exclude: [], genres: [], includeSeen: false };
test.each<[string, Wishes, string, string[]]>([
  ['a shorter list', { count: 1 }, 'demographic', ['group+one+2001']],
  [
    'excluded ids',
    { count: 20, rules: { ...noRules, exclude: ['group+one+2001'] } },
    'popular',
    ['popular+2001', 'second+2001', 'third+2001'],
  ],
  ['an offset', { count: 1, rules: { ...noRules, offset: 1 } }, 'popular', ['second+2001']],
  ['a genre', { count: 20, rules: { ...noRules, genres: ['Comedy'] } }, 'popular', ['third+2001']],
  ['an age', { count: 20, rules: { ...noRules, maxAge: 12 } }, 'demographic', ['group+one+2001']],
  [
    'an age of which the group has nothing',
    { count: 20, rules: { ...noRules, maxAge: 17, exclude: ['group+one+2001'] } },
    'popular',
    ['second+2001'],
  ],
  [
    'an age and a genre',
    { count: 20, rules: { ...noRules, maxAge: 120, genres: ['drama'] } },
    'popular',
    ['popular+2001'],
  ],
  ['a genre that nothing has', { count: 20, rules: { ...noRules, genres: ['western'] } }, 'empty', []],
])('%s: the first rung of which something is left', (_what, wishes, rung, ids) => {
  const list = ladder().of(2, wishes);
  expect([list?.rung, list?.items.map(({ id }) => id)]).toEqual([rung, ids]);
});

test('a part of a list is no ready list of its version any more', () => {
  expect(ladder().of(2, { count: 1, rules: { ...noRules, offset: 1 } })?.origin).toEqual({ picked: true });
});

/** Of a list, what is above the age or not rated; `of` makes the lists. */
function unsuitable(of: ReturnType<typeof ladder>['of'], minAges = lists.minAges): string[] {
  const asked = [1, 2, 3, 4].flatMap((userId) => [0, 6, 12, 17, 18, 120].map((maxAge) => ({ userId, maxAge })));
  return asked.flatMap(({ userId, maxAge }) =>
    (of(userId, { count: 20, rules: { ...noRules, maxAge } })?.items ?? [])
      .map(({ id }) => id)
      .filter((id) => !((minAges.get(id) ?? Infinity) <= maxAge)),
  );
}

test('no rung shows what is above the age, nor what is not rated, the last list of the user included', () => {
  const { of, lastLists } = ladder();
  lastLists.remember(answerOf(2));
  expect(of(2, { count: 20, rules: { ...noRules, maxAge: 120 } })?.rung).toBe('demographic');
  expect(unsuitable(of)).toEqual([]);
  expect(unsuitable(ladder(emptyPlan, { ...lists, minAges: new Map() }).of)).toEqual([]);
});

test('planted: lists that take what is not rated for suitable are found out', () => {
  const ages = new Map(lists.popular.map(({ id }) => [id, lists.minAges.get(id) ?? 0]));
  expect(unsuitable(ladder(emptyPlan, { ...lists, minAges: ages }).of)).toContain('third+2001');
  expect(unsuitable((userId) => ladder().of(userId))).toContain('popular+2001');
});
