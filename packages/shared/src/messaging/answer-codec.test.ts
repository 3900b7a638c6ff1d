import { expect, test } from 'vitest';
import type { Answer } from '../contracts/index.ts';
import { decodeAnswer, encodeAnswer } from './answer-codec.ts';

const whole: Answer = {
  requestId: '019a5b3c-0000-7000-8000-000000000001',
  userId: 42,
  modelVersion: '1-aaaaaa',
  history: { items: 3, version: 9 },
  items: [
    { id: 'the+„first“+1999', score: 0.1 + 0.2 },
    { id: 'second+2001', score: -1e-300 },
  ],
  trace: 'AAEC',
};

test('an answer comes back as it was, to the last bit of its scores', () => {
  for (const answer of [
    whole,
    { ...whole, trace: undefined },
    { ...whole, items: [], problem: 'HISTORY_LOST' as const },
    { ...whole, reasons: [['jaws+1975'], []] },
    { ...whole, told: { kind: 'vector' as const, vector: [0.1, -2] } },
  ]) {
    expect(decodeAnswer(encodeAnswer(answer))).toEqual(answer);
  }
});

test('what an earlier release wrote is read', () => {
  expect(decodeAnswer(JSON.stringify(whole))).toEqual(whole);
});

test('a text that is no answer counts as nothing', () => {
  const text = encodeAnswer(whole);
  const packed = JSON.parse(text) as unknown[];
  const changed = (at: number, value: unknown) => JSON.stringify(packed.with(at, value));
  const damaged = ['', '{}', '[]', '7', text.slice(0, -1), changed(1, '42'), changed(5, ['one']), changed(5, [1, 2])];
  expect(damaged.map(decodeAnswer)).toEqual(damaged.map(() => null));
  const notANumber = { ...whole, items: [{ id: 'a', score: Number.NaN }] };
  expect(decodeAnswer(encodeAnswer(notANumber))).toBeNull();
});
