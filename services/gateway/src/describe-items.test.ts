import { encodeReceiptBody, type Answer, type RecommendResponse } from '@reelay/shared/contracts';
import { aReceiptBody } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { describeItems } from './describe-items.ts';

const items = ['heat+1995', 'alien+1979', 'toy+story+1995'].map((id, at) => ({ id, score: 3 - at }));
const response: RecommendResponse = {
  requestId: 'r1',
  userId: 42,
  outcome: 'model',
  modelVersion: '1-aaaaaa',
  history: { items: 2, version: 7 },
  items,
};
const sources = ['factors', 'neighbours', 'exploration'] as const;
const body = {
  ...aReceiptBody(),
  list: { form: 'indices' as const, items: sources.map((source, index) => ({ index, score: 1, source })) },
};
const answer: Answer = {
  ...response,
  history: { items: 2, version: 7 },
  modelVersion: '1-aaaaaa',
  trace: Buffer.from(encodeReceiptBody(body)).toString('base64'),
};
const shown = (origin: Parameters<typeof describeItems>[0]['origin'], of = response) =>
  describeItems({ response: of, origin }).items;

test('items of a worker say what its trace says, also where fewer are shown', () => {
  expect(shown({ answer })).toEqual(items.map((item, at) => ({ ...item, source: sources[at] })));
  expect(shown({ answer }, { ...response, items: items.slice(0, 1) })).toEqual([{ ...items[0], source: 'factors' }]);
});

test('reasons come along where the worker gave them', () => {
  const reasons = [['dune+2021'], [], ['jaws+1975', 'dune+2021']];
  expect(shown({ answer: { ...answer, reasons } }).map((item) => item.reasons)).toEqual(reasons);
});

test('ready lists are popular, or the prior of a group', () => {
  expect(shown({ group: 0 }).map(({ source }) => source)).toEqual(['popular', 'popular', 'popular']);
  expect(shown({ group: 3 }).map(({ source }) => source)).toEqual(['prior', 'prior', 'prior']);
});

test('where nothing tells, nothing is said', () => {
  expect(shown({ picked: true })).toEqual(items);
  expect(shown({ answer: { ...answer, trace: undefined } })).toEqual(items);
  expect(shown({ answer: { ...answer, trace: 'no trace' } })).toEqual(items);
});
