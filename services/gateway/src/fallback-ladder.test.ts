import { emptyPlan, type Answer, type Plan } from '@reelay/shared/contracts';
import { expect, test } from 'vitest';
import { fallbackList } from './fallback-ladder.ts';
import { createLastLists } from './last-lists.ts';
import type { ReadyLists } from './load-ready-lists.ts';

const lists: ReadyLists = {
  version: '2-bbbbbb',
  popular: ['popular+2001'],
  groups: [['popular+2001'], ['group+one+2001'], []],
  groupOfUser: Uint8Array.from([0, 0, 1, 2, 9]),
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
  return { lastLists, of: (userId: number) => fallbackList(userId, { lastLists, ready: { plan, lists: ready } }) };
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
  expect(ladder().of(userId)).toMatchObject({ rung: 'popular', items: [{ id: 'popular+2001' }], origin: { group: 0 } });
});

test('without any list there is no answer, rather than an empty one', () => {
  expect(ladder(emptyPlan, null).of(1)).toBeNull();
});

test('last lists are bounded: the user longest unchanged goes', () => {
  const { of, lastLists } = ladder();
  for (const userId of [1, 2, 1, 3]) lastLists.remember(answerOf(userId));
  expect([1, 2, 3].map((userId) => of(userId)?.rung)).toEqual(['last', 'demographic', 'last']);
});
